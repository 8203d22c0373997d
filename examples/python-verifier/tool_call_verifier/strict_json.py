"""JSON text (RFC 8259) that every parser reads alike becomes a value; all other text is refused.

Refused are: invalid UTF-8, a byte order mark, lone surrogates, member names that occur twice, data
after the value, text beyond the limits, and numbers that their double does not hold: a number is
accepted if its double, written the ECMAScript way, has the very value of the literal. Integers
reach to 2^53-1; integral values from there up to 10^21 are refused in every spelling.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

JsonValue = Any
"""None, bool, int, float, str, or a list or dict of these."""


class MalformedJson(ValueError):
    """The text is refused."""


@dataclass(frozen=True)
class JsonLimits:
    """`depth` counts the containers around the innermost value, `length` is in bytes."""

    depth: int
    length: int


_MAX_SAFE_INTEGER = 2**53 - 1
_LITERAL = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")
_SURROGATE = re.compile("[\ud800-\udfff]")
# The closing quote may be missing, so that no text makes the expression try twice.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)


def parse_strict(text: bytes, limits: JsonLimits) -> JsonValue:
    if len(text) > limits.length:
        raise MalformedJson(f"text is longer than {limits.length} bytes")
    try:
        decoded = text.decode("utf-8")
        _require_depth(decoded, limits.depth)
        value = json.loads(
            decoded,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_fraction,
            parse_constant=_constant,
        )
    except MalformedJson:
        raise
    except (ValueError, RecursionError) as e:
        raise MalformedJson("text is not JSON in UTF-8") from e
    _require_unicode(value)
    return value


def _require_depth(text: str, most: int) -> None:
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub('""', text)):
        depth += 1 if bracket in "[{" else -1
        if depth > most:
            raise MalformedJson(f"nested deeper than {most} levels")


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedJson("duplicate member name")
    return members


def _constant(name: str) -> NoReturn:
    raise MalformedJson(f"{name} is not JSON")


def _integer(literal: str) -> int:
    if len(literal) > 17 or abs(int(literal)) > _MAX_SAFE_INTEGER:
        raise MalformedJson("integer beyond 2^53-1")
    return int(literal)


def _fraction(literal: str) -> float:
    value = float(literal)
    magnitude = abs(value)
    beyond = _MAX_SAFE_INTEGER < magnitude < 1e21 or math.isinf(magnitude)
    if beyond or _decimal(literal) != _decimal(repr(value)):
        raise MalformedJson("number does not fit an IEEE 754 double exactly")
    return value


def _decimal(literal: str) -> tuple[str, int] | None:
    """The significant digits of a literal and their exponent; the sign is left out."""
    match = _LITERAL.fullmatch(literal)
    if match is None:
        return None
    whole, fraction, exponent = match[1], match[2] or "", match[3] or "0"
    digits = (whole + fraction).lstrip("0")
    significant = digits.rstrip("0")
    if not significant:
        return ("", 0)
    if len(exponent.lstrip("+-0")) > 10:
        return None
    return (significant, int(exponent) - len(fraction) + len(digits) - len(significant))


def _require_unicode(value: JsonValue) -> None:
    for text in _texts(value):
        if _SURROGATE.search(text):
            raise MalformedJson("lone surrogate in a string")


def _texts(root: JsonValue) -> Iterator[str]:
    pending = [root]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            yield from value
            pending.extend(value.values())
