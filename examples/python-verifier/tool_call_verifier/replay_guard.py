"""Guards that remember which tokens were used, for as long as they could be used again."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol


class Use(Enum):
    """What a guard knows about an id."""

    FIRST_USE = auto()
    """Never seen before, and remembered from now on."""
    REPLAYED = auto()
    """Seen before, or its time is over."""
    FULL = auto()
    """Never seen before, and there is no room to remember it."""
    UNCERTAIN = auto()
    """Not known, but its life began before this guard's memory did."""


class ReplayGuard(Protocol):
    """Of any number of concurrent calls with one id, at most one answers `FIRST_USE`.

    Replicas of one server need one guard between them: implement this on a store they share.
    """

    def use(self, id: str, since: float, until: float) -> Use:
        """Records the use of a token whose other checks have all passed.

        :param id: the token's `jti`
        :param since: the first instant at which it can have been used, seconds since 1970
        :param until: the first instant at which it is refused for its age alone
        """


class InMemoryReplayGuard:
    """A guard in this process's memory, which begins with it.

    Tokens that may have been used before are `UNCERTAIN`, so that a restart forgives no replay. It
    refuses when it is full. Thread-safe.
    """

    def __init__(
        self,
        capacity: int = 100_000,
        now: Callable[[], float] = time.time,
        began: float | None = None,
    ) -> None:
        """:param began: no token for this audience was used before, seconds since 1970"""
        if capacity < 1:
            raise ValueError(f"a replay guard remembers at least 1 id, got {capacity}")
        self._capacity = capacity
        self._now = now
        self._began = now() if began is None else began
        self._used: set[str] = set()
        self._by_second: dict[int, list[str]] = {}
        self._forgotten = -math.inf
        self._lock = threading.Lock()

    def use(self, id: str, since: float, until: float) -> Use:
        second = math.ceil(until)
        with self._lock:
            self._forget_until(math.floor(self._now()))
            if second <= self._forgotten or id in self._used:
                return Use.REPLAYED
            if since < self._began:
                return Use.UNCERTAIN
            if len(self._used) >= self._capacity:
                return Use.FULL
            self._used.add(id)
            self._by_second.setdefault(second, []).append(id)
            return Use.FIRST_USE

    def _forget_until(self, now: int) -> None:
        """What was forgotten stays so when the clock is set back."""
        if now <= self._forgotten:
            return
        self._forgotten = now
        for second in [second for second in self._by_second if second <= now]:
            self._used.difference_update(self._by_second.pop(second))
