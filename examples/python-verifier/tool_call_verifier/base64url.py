"""Base64url as JOSE writes it: no padding, unused bits zero (RFC 7515 §2, RFC 4648 §3.5)."""

from __future__ import annotations

import base64
import re

_SYNTAX = re.compile(r"[A-Za-z0-9_-]*")


def decode_base64url(text: str) -> bytes | None:
    """The bytes, or None if the text is not their one spelling."""
    if _SYNTAX.fullmatch(text) is None or len(text) % 4 == 1:
        return None
    decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    spelled = base64.urlsafe_b64encode(decoded).rstrip(b"=").decode("ascii")
    return decoded if spelled == text else None
