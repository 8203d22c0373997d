"""Decides whether a token authorizes the call that a tool server received (docs/token.md)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .base64url import decode_base64url
from .claims import MalformedClaims, TokenClaims, read_claims
from .ed25519 import is_small_order
from .jwk_set import KEY_NAME
from .replay_guard import ReplayGuard, Use
from .strict_json import JsonLimits, JsonValue, MalformedJson, parse_strict


class Reason(Enum):
    """Why a token was refused, in the order in which a verifier looks. For logs and tests only."""

    MISSING = "MISSING"
    MALFORMED = "MALFORMED"
    WRONG_ALGORITHM = "WRONG_ALGORITHM"
    WRONG_TYPE = "WRONG_TYPE"
    FORBIDDEN_HEADER = "FORBIDDEN_HEADER"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    KEYS_UNAVAILABLE = "KEYS_UNAVAILABLE"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    WRONG_ISSUER = "WRONG_ISSUER"
    WRONG_AUDIENCE = "WRONG_AUDIENCE"
    NOT_YET_VALID = "NOT_YET_VALID"
    EXPIRED = "EXPIRED"
    LIFETIME_TOO_LONG = "LIFETIME_TOO_LONG"
    WRONG_TOOL = "WRONG_TOOL"
    WRONG_ARGUMENTS = "WRONG_ARGUMENTS"
    WRONG_REQUEST = "WRONG_REQUEST"
    REPLAYED = "REPLAYED"
    REPLAY_UNCERTAIN = "REPLAY_UNCERTAIN"
    REPLAY_GUARD_FULL = "REPLAY_GUARD_FULL"
    REPLAY_GUARD_UNAVAILABLE = "REPLAY_GUARD_UNAVAILABLE"


@dataclass(frozen=True)
class VerifiedToken:
    claims: TokenClaims


@dataclass(frozen=True)
class Rejection:
    reason: Reason


Verification = VerifiedToken | Rejection


class Absent(Enum):
    """What a call does not carry; None is JSON's null, which is a value."""

    ABSENT = "ABSENT"


ABSENT = Absent.ABSENT


@dataclass(frozen=True)
class ExpectedCall:
    """The call that a tool server received and is about to execute.

    `audience` is the server's own canonical URI. The other parts are as received, parsed strictly;
    arguments that are absent or null are `{}`.
    """

    audience: str
    tool: str
    arguments: JsonValue = None
    input_responses: JsonValue = ABSENT
    request_state: JsonValue = ABSENT


class KeySource(Protocol):
    """Where the issuer's keys come from."""

    def find(self, kid: str) -> Ed25519PublicKey | None:
        """:raises Exception: if it cannot say"""


class _Refused(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


_MAX_LENGTH = 8192
_HEADER_LIMITS = JsonLimits(depth=4, length=1024)
_PAYLOAD_LIMITS = JsonLimits(depth=8, length=_MAX_LENGTH)
_USES = {
    Use.REPLAYED: Reason.REPLAYED,
    Use.UNCERTAIN: Reason.REPLAY_UNCERTAIN,
    Use.FULL: Reason.REPLAY_GUARD_FULL,
}


class TokenVerifier:
    """A value for every token, never an exception; each token accepted at most once.

    The token chooses neither algorithm nor key source. Thread-safe if its collaborators are.
    """

    def __init__(
        self,
        issuer: str,
        keys: KeySource,
        guard: ReplayGuard,
        leeway_seconds: int = 1,
        max_lifetime_seconds: int = 60,
        now: Callable[[], float] = time.time,
    ) -> None:
        """:param leeway_seconds: how far the issuer's clock may differ, 0 to 2
        :param max_lifetime_seconds: the most that may lie between `iat` and `exp`, 1 to 60
        """
        if not 0 <= leeway_seconds <= 2:
            raise ValueError(f"leeway must be 0 to 2 seconds, got {leeway_seconds}")
        if not 1 <= max_lifetime_seconds <= 60:
            raise ValueError(f"maximum lifetime must be 1 to 60 s, got {max_lifetime_seconds}")
        self._issuer = issuer
        self._keys = keys
        self._guard = guard
        self._leeway = leeway_seconds
        self._max_lifetime = max_lifetime_seconds
        self._now = now

    def verify(self, token: str | None, call: ExpectedCall) -> Verification:
        """Verifies a token, without `Bearer`, and uses it up."""
        try:
            return VerifiedToken(self._accept(token, call))
        except _Refused as e:
            return Rejection(e.reason)
        except (MalformedJson, MalformedClaims):
            return Rejection(Reason.MALFORMED)
        except Exception:
            return Rejection(Reason.MALFORMED)

    def _accept(self, token: str | None, call: ExpectedCall) -> TokenClaims:
        if not token:
            raise _Refused(Reason.MISSING)
        segments = token.split(".", 3) if len(token) <= _MAX_LENGTH else []
        decoded = [decode_base64url(segment) for segment in segments]
        if len(decoded) != 3 or None in decoded:
            raise _Refused(Reason.MALFORMED)
        header, payload, signature = (part or b"" for part in decoded)
        kid = _check_header(_object(header, _HEADER_LIMITS))
        self._check_signature(token.rpartition(".")[0], kid, signature)
        claims = read_claims(_object(payload, _PAYLOAD_LIMITS))
        self._check_claims(claims, call)
        self._use_up(claims)
        return claims

    def _check_signature(self, signed: str, kid: str, signature: bytes) -> None:
        try:
            key = self._keys.find(kid)
        except Exception as e:
            raise _Refused(Reason.KEYS_UNAVAILABLE) from e
        if key is None:
            raise _Refused(Reason.UNKNOWN_KEY)
        if len(signature) != 64 or is_small_order(signature):
            raise _Refused(Reason.BAD_SIGNATURE)
        try:
            key.verify(signature, signed.encode("ascii"))
        except InvalidSignature as e:
            raise _Refused(Reason.BAD_SIGNATURE) from e

    def _check_claims(self, claims: TokenClaims, call: ExpectedCall) -> None:
        now = self._now()
        life = claims.expires_at - claims.issued_at
        checks = (
            (claims.issuer == self._issuer, Reason.WRONG_ISSUER),
            (claims.audience == call.audience, Reason.WRONG_AUDIENCE),
            (now >= self._start(claims), Reason.NOT_YET_VALID),
            (now < self._end(claims), Reason.EXPIRED),
            (life <= self._max_lifetime, Reason.LIFETIME_TOO_LONG),
            (claims.tool == call.tool, Reason.WRONG_TOOL),
            (claims.arguments_digest == _arguments_digest(call), Reason.WRONG_ARGUMENTS),
            (claims.request_digest == _request_digest(call), Reason.WRONG_REQUEST),
        )
        for passed, reason in checks:
            if not passed:
                raise _Refused(reason)

    def _use_up(self, claims: TokenClaims) -> None:
        try:
            use = self._guard.use(claims.id, self._start(claims), self._end(claims))
        except Exception as e:
            raise _Refused(Reason.REPLAY_GUARD_UNAVAILABLE) from e
        if use is not Use.FIRST_USE:
            raise _Refused(_USES.get(use, Reason.REPLAY_GUARD_UNAVAILABLE))

    def _start(self, claims: TokenClaims) -> int:
        """The first instant at which the token is good here."""
        return max(claims.issued_at, claims.not_before) - self._leeway

    def _end(self, claims: TokenClaims) -> int:
        """The first instant at which it no longer is."""
        return claims.expires_at + self._leeway


def digest(value: JsonValue) -> str:
    """SHA-256 of the RFC 8785 form, as 64 lower-case hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def canonical(value: JsonValue) -> bytes:
    """The RFC 8785 form of a value that passed the strict gate."""
    return rfc8785.dumps(value)


def _arguments_digest(call: ExpectedCall) -> str:
    return digest({} if call.arguments is None else call.arguments)


def _request_digest(call: ExpectedCall) -> str | None:
    carried: dict[str, Any] = {}
    if call.input_responses is not ABSENT:
        carried["inputResponses"] = call.input_responses
    if call.request_state is not ABSENT:
        carried["requestState"] = call.request_state
    return digest(carried) if carried else None


def _object(text: bytes, limits: JsonLimits) -> dict[str, Any]:
    value = parse_strict(text, limits)
    if not isinstance(value, dict):
        raise _Refused(Reason.MALFORMED)
    return value


def _check_header(header: dict[str, Any]) -> str:
    """:returns: the key's name"""
    if header.get("alg") != "EdDSA":
        raise _Refused(Reason.WRONG_ALGORITHM)
    if header.get("typ") != "tool-call+jwt":
        raise _Refused(Reason.WRONG_TYPE)
    if not header.keys() <= {"alg", "typ", "kid"}:
        raise _Refused(Reason.FORBIDDEN_HEADER)
    kid = header.get("kid")
    if not isinstance(kid, str) or KEY_NAME.fullmatch(kid) is None:
        raise _Refused(Reason.UNKNOWN_KEY)
    return kid
