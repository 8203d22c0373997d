"""Reads documents from standard input, each as its length in four bytes (big-endian) and its bytes,
and prints a line for each: the SHA-256 of its canonical form, or `refused`."""

from __future__ import annotations

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from tool_call_verifier import JsonLimits, MalformedJson, digest, parse_strict  # noqa: E402

LIMITS = JsonLimits(depth=64, length=2 * 1024 * 1024)


def verdict(text: bytes) -> str:
    try:
        value = parse_strict(text, LIMITS)
    except MalformedJson:
        return "refused"
    return digest(value) if isinstance(value, dict) else "refused"


while length := sys.stdin.buffer.read(4):
    print(verdict(sys.stdin.buffer.read(int.from_bytes(length, "big"))))
