"""What strict verification of Ed25519 asks of a point besides the equation of RFC 8032.

OpenSSL checks the equation without the cofactor and that `S` is below the group's order; that a
point is canonical and not of small order is checked here.
"""

from __future__ import annotations

P = 2**255 - 19
_D = -121665 * pow(121666, -1, P) % P

_SMALL_ORDER = frozenset(
    {
        0,
        1,
        P - 1,
        P,
        P + 1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
    }
)
"""The y coordinates of the eight points of small order, also in non-canonical encodings."""


def is_small_order(point: bytes) -> bool:
    """Looks at the first 32 bytes."""
    return _y(point) in _SMALL_ORDER


def is_strict_point(point: bytes) -> bool:
    """A point of the curve as RFC 8032 §5.1.2 writes it, and not of small order."""
    if len(point) != 32 or is_small_order(point):
        return False
    y = _y(point)
    return y < P and _is_on_curve(y)


def _y(point: bytes) -> int:
    return int.from_bytes(point[:32], "little") & (2**255 - 1)


def _is_on_curve(y: int) -> bool:
    # x² = (y² - 1) / (dy² + 1) has a root exactly if the product of the two is a square.
    product = (y * y - 1) * (_D * y * y + 1)
    return pow(product, (P - 1) // 2, P) == 1
