"""Verifies the tokens of the Sentinel Interceptor at a tool server."""

from .claims import TokenClaims
from .jwk_set import parse_keys
from .remote_keys import RemoteKeys
from .replay_guard import InMemoryReplayGuard, ReplayGuard, Use
from .strict_json import JsonLimits, JsonValue, MalformedJson, parse_strict
from .verifier import (
    ABSENT,
    ExpectedCall,
    Reason,
    Rejection,
    TokenVerifier,
    Verification,
    VerifiedToken,
    canonical,
    digest,
)

__all__ = [
    "ABSENT",
    "ExpectedCall",
    "InMemoryReplayGuard",
    "JsonLimits",
    "JsonValue",
    "MalformedJson",
    "Reason",
    "Rejection",
    "RemoteKeys",
    "ReplayGuard",
    "TokenClaims",
    "TokenVerifier",
    "Use",
    "Verification",
    "VerifiedToken",
    "canonical",
    "digest",
    "parse_keys",
    "parse_strict",
]
