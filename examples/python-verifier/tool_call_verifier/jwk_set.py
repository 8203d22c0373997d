"""Public Ed25519 keys by name, as a JWK Set (RFC 7517, RFC 8037)."""

from __future__ import annotations

import re
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .base64url import decode_base64url
from .ed25519 import is_strict_point
from .strict_json import JsonLimits, parse_strict

KEY_NAME = re.compile(r"[\x21-\x7e]{1,128}")

_LIMITS = JsonLimits(depth=8, length=64 * 1024)


def parse_keys(text: bytes) -> dict[str, Ed25519PublicKey]:
    """Reads a set in which every key is a public Ed25519 signature key with a name of its own.

    :raises ValueError: if the set, or one key of it, is anything else
    """
    keys_member = _member(parse_strict(text, _LIMITS), "keys")
    if not isinstance(keys_member, list):
        raise ValueError("a JWK set is an object with an array named `keys`")
    keys: dict[str, Ed25519PublicKey] = {}
    for index, jwk in enumerate(keys_member):
        try:
            kid, key = _parse_key(jwk)
        except ValueError as e:
            raise ValueError(f"key {index} of the set {e}") from e
        if kid in keys:
            raise ValueError(f"key {index} of the set has the name of another")
        keys[kid] = key
    return keys


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _parse_key(jwk: Any) -> tuple[str, Ed25519PublicKey]:
    if _member(jwk, "kty") != "OKP" or _member(jwk, "crv") != "Ed25519":
        raise ValueError("is not an OKP key on Ed25519")
    if "d" in jwk:
        raise ValueError("is a private key")
    kid = jwk.get("kid")
    if not isinstance(kid, str) or KEY_NAME.fullmatch(kid) is None:
        raise ValueError("has no `kid` of 1-128 visible ASCII characters")
    if not _is_for_verifying(jwk):
        raise ValueError("is not for EdDSA signatures")
    x = jwk.get("x")
    point = decode_base64url(x) if isinstance(x, str) else None
    if point is None or not is_strict_point(point):
        raise ValueError("is not 32 bytes, canonical, on the curve and not of small order")
    return kid, Ed25519PublicKey.from_public_bytes(point)


def _is_for_verifying(jwk: dict[str, Any]) -> bool:
    operations = jwk.get("key_ops", ["verify"])
    return (
        jwk.get("use", "sig") == "sig"
        and jwk.get("alg", "EdDSA") == "EdDSA"
        and isinstance(operations, list)
        and "verify" in operations
    )
