"""The issuer's key set over HTTP."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .key_set_client import Answer, Fetch, KeySetClient

MAX_WAITING = 32
"""Callers beyond these are refused at once. A server has more threads than these."""

_BURST = 5


class KeysUnavailable(Exception):
    """There is no fresh key set, or too many wait for one."""


class RemoteKeys:
    """Keys from one URL and no other: redirects and proxies of the environment are not followed.

    A set is used for as long as its `max-age` says, less its `Age`, 1 to 60 s; 60 s where nothing
    is said. A name that it does not have is looked up again at once, at most five times in a row
    and then once a second, and one fetch at a time. Without a fresh set nobody gets a key.

    Who asks for a key of a fresh set never waits. The others wait for at most 4 s, which is two
    fetches, and at most 32 of them. Thread-safe.
    """

    def __init__(
        self,
        url: str,
        now: Callable[[], float] = time.monotonic,
        *,
        insecure_http: bool = False,
    ) -> None:
        """:param url: `https:`, or `http:` to this machine
        :param now: a clock that is never set back, seconds
        :param insecure_http: trusts whoever answers on the way to an `http:` URL elsewhere, for
            networks that protect it by other means
        """
        self._url = url
        self._now = now
        self._client = KeySetClient(url, insecure_http)
        self._set: tuple[Mapping[str, Ed25519PublicKey], float] = ({}, -math.inf)
        self._places = threading.BoundedSemaphore(MAX_WAITING)
        # Nothing waits while it holds the lock, which is for what follows.
        self._lock = threading.Lock()
        self._latest: Fetch | None = None
        self._permits: float = _BURST
        self._permits_at = now()

    def find(self, kid: str) -> Ed25519PublicKey | None:
        """:raises KeysUnavailable: if it cannot say"""
        key = self._known(kid)
        if key is not None:
            return key
        if not self._places.acquire(blocking=False):
            raise KeysUnavailable(f"too many wait for {self._url}")
        try:
            return self._look_up(kid)
        finally:
            self._places.release()

    def _look_up(self, kid: str) -> Ed25519PublicKey | None:
        # What runs now may have begun before a key was published that was new when it was asked
        # for; what begins after it has not.
        running = self._latest
        if running is not None:
            running.wait()
        if self._known(kid) is None:
            fetch = self._one_after(running)
            if fetch is not None:
                fetch.wait()
        keys, fresh_until = self._set
        if self._now() >= fresh_until:
            raise KeysUnavailable(self._url)
        return keys.get(kid)

    def _known(self, kid: str) -> Ed25519PublicKey | None:
        keys, fresh_until = self._set
        return keys.get(kid) if self._now() < fresh_until else None

    def _one_after(self, earlier: Fetch | None) -> Fetch | None:
        """A later fetch, perhaps over; None if none may begin."""
        with self._lock:
            if self._latest is not earlier:
                return self._latest
            if (earlier is not None and not earlier.is_over()) or not self._has_permit():
                return None
            begun = self._now()

            def arrived(answer: Answer) -> None:
                self._set = (answer.keys, begun + answer.lifetime)

            self._latest = Fetch(self._client, arrived)
            return self._latest

    def _has_permit(self) -> bool:
        """A bucket of five permits that gains one a second."""
        now = self._now()
        self._permits = min(_BURST, self._permits + now - self._permits_at)
        self._permits_at = now
        if self._permits < 1:
            return False
        self._permits -= 1
        return True
