"""Runs the public vectors: `vectors.py FILE`. Prints one line a disagreement and the number of cases."""

from __future__ import annotations

import base64
import json
import pathlib
import sys
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from tool_call_verifier import (  # noqa: E402
    ABSENT,
    ExpectedCall,
    InMemoryReplayGuard,
    JsonLimits,
    Rejection,
    TokenVerifier,
    canonical,
    digest,
    parse_keys,
    parse_strict,
)

ARGUMENTS = JsonLimits(depth=64, length=2 * 1024 * 1024)
disagreements = 0


def expect_equal(id: str, found: object, expected: object) -> None:
    global disagreements
    if found != expected:
        disagreements += 1
        print(f"DISAGREES {id}: {found!r} instead of {expected!r}")


def received(call: dict[str, str]) -> ExpectedCall:
    def parsed(name: str, otherwise: object) -> Any:
        text = call.get(name)
        return otherwise if text is None else parse_strict(text.encode(), ARGUMENTS)

    return ExpectedCall(
        call["aud"],
        call["tool"],
        parsed("arguments", None),
        parsed("inputResponses", ABSENT),
        parsed("requestState", ABSENT),
    )


class Keys:
    def __init__(self, file: dict[str, Any], available: bool) -> None:
        self._keys = parse_keys(json.dumps(file["jwks"]).encode())
        self._available = available

    def find(self, kid: str) -> Any:
        if not self._available:
            raise RuntimeError("unavailable")
        return self._keys.get(kid)


class NoGuard:
    def use(self, id: str, since: float, until: float) -> Any:
        raise RuntimeError("unavailable")


def present(file: dict[str, Any], by_id: dict[str, Any], case: dict[str, Any]) -> None:
    now = [0.0]
    unavailable = case.get("unavailable")
    began = case["guard"]["since_ms"] / 1000
    guard = InMemoryReplayGuard(case["guard"]["capacity"], lambda: now[0], began)
    verifier = TokenVerifier(
        file["issuer"],
        Keys(file, unavailable != "keys"),
        NoGuard() if unavailable == "guard" else guard,
        case["leeway"],
        case["max_lifetime"],
        lambda: now[0],
    )
    for each in [*(by_id[id] for id in case.get("after", [])), case]:
        now[0] = each["now_ms"] / 1000
        verdict = verifier.verify(each.get("token"), received(each["call"]))
        found = verdict.reason.value if isinstance(verdict, Rejection) else "accept"
        expect_equal(f"{case['id']} ({each['id']})", found, each.get("reason", "accept"))


def read_arguments(case: dict[str, Any]) -> None:
    text = case["text"].encode() if "text" in case else base64.b64decode(case["base64"])
    found = None
    try:
        value = parse_strict(text, ARGUMENTS)
        if isinstance(value, dict):
            found = (canonical(value).decode(), digest(value))
    except ValueError:
        pass
    accepted = case["expect"] == "accept"
    expect_equal(case["id"], found, (case["canonical"], case["sha256"]) if accepted else None)


def read_keys(case: dict[str, Any]) -> None:
    try:
        kids = list(parse_keys(case["text"].encode()))
    except ValueError:
        kids = None
    expect_equal(case["id"], kids, case.get("kids"))


def main(path: str) -> int:
    with open(path, encoding="utf-8") as stream:
        file = json.load(stream)
    by_id = {case["id"]: case for case in file["tokens"]}
    for case in file["tokens"]:
        present(file, by_id, case)
    for case in file["arguments"]:
        read_arguments(case)
    for case in file["key_sets"]:
        read_keys(case)
    counts = ", ".join(f"{len(file[name])} {name}" for name in ("tokens", "arguments", "key_sets"))
    print(f"{counts}, {disagreements} disagreements")
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
