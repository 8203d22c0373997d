"""The claims of a token (docs/token.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TokenClaims:
    """What a token says: who may make which call where, and until when."""

    issuer: str
    session: str
    customer: str | None
    audience: str
    issued_at: int
    """Seconds since 1970, as are the next two."""
    not_before: int
    expires_at: int
    id: str
    tool: str
    arguments_digest: str
    request_digest: str | None
    definition_digest: str | None
    policy_digest: str | None
    decision: str | None


class MalformedClaims(ValueError):
    """A claim is absent or not what it should be."""


_SHORT_TEXT = re.compile(r"[\x21-\x7e]{1,128}")
_CUSTOMER = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SCOPE = re.compile(r"tool:[A-Za-z0-9_./-]{1,128}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ANY = re.compile(r".*", re.DOTALL)

_MAX_SECOND = 253_402_300_799
"""The last second of the year 9999."""


def read_claims(payload: dict[str, Any]) -> TokenClaims:
    return TokenClaims(
        issuer=_required(payload, "iss", _ANY),
        session=_required(payload, "sub", _SHORT_TEXT),
        customer=_optional(payload, "client_id", _CUSTOMER),
        audience=_required(payload, "aud", _ANY),
        issued_at=_second(payload, "iat"),
        not_before=_second(payload, "nbf"),
        expires_at=_second(payload, "exp"),
        id=_required(payload, "jti", _SHORT_TEXT),
        tool=_required(payload, "scope", _SCOPE).removeprefix("tool:"),
        arguments_digest=_required(payload, "p_hash", _DIGEST),
        request_digest=_optional(payload, "r_hash", _DIGEST),
        definition_digest=_optional(payload, "tool_hash", _DIGEST),
        policy_digest=_optional(payload, "policy", _DIGEST),
        decision=_optional(payload, "decision", _SHORT_TEXT),
    )


def _optional(payload: dict[str, Any], name: str, syntax: re.Pattern[str]) -> str | None:
    if name not in payload:
        return None
    value = payload[name]
    if not isinstance(value, str) or syntax.fullmatch(value) is None:
        raise MalformedClaims(name)
    return value


def _required(payload: dict[str, Any], name: str, syntax: re.Pattern[str]) -> str:
    value = _optional(payload, name, syntax)
    if value is None:
        raise MalformedClaims(name)
    return value


def _second(payload: dict[str, Any], name: str) -> int:
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise MalformedClaims(name)
    if not 0 <= value <= _MAX_SECOND or value != int(value):
        raise MalformedClaims(name)
    return int(value)
