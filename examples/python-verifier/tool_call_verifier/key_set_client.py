"""One fetch of a key set: one URL, no redirects, at most 64 KiB, at most 2 s."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .jwk_set import parse_keys

TIMEOUT_SECONDS = 2.0
_MAX_BYTES = 64 * 1024
_MAX_AGE_SECONDS = 60
_DIRECTIVE = re.compile(
    r'(?:^|,)\s*(?:no-store|no-cache|max-age\s*=\s*"?([0-9]{1,9})"?)\s*(?=,|$)', re.IGNORECASE
)


@dataclass(frozen=True)
class Answer:
    """`lifetime` is how long the set may be used, in seconds from before it was asked for."""

    keys: Mapping[str, Ed25519PublicKey]
    lifetime: int


class KeySetClient:
    """Proxies of the environment are not asked."""

    def __init__(self, url: str, insecure_http: bool) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_local = insecure_http or _is_loopback(host)
        allowed = parts.scheme == "https" or (parts.scheme == "http" and is_local)
        if not (allowed and host) or "@" in parts.netloc:
            raise ValueError(
                "the URL of the keys is https without user info, or http to localhost;"
                " insecure_http allows http elsewhere"
            )
        self._host = host
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None

    def connection(self) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=TIMEOUT_SECONDS, context=self._tls
        )

    def exchange(self, connection: http.client.HTTPConnection) -> Answer:
        """:raises Exception: saying why there is no set"""
        headers = {"Accept": "application/json", "Cache-Control": "no-cache", "Connection": "close"}
        connection.request("GET", self._path, headers=headers)
        with connection.getresponse() as response:
            if response.status != 200:
                raise ValueError(f"the keys answered {response.status}")
            text = response.read(_MAX_BYTES + 1)
            return Answer(parse_keys(text), lifetime(response.headers.get_all))


class Fetch:
    """A fetch in a thread of its own, which is cut off when its time is over.

    A socket's own time limit is one for each byte, so that a server that drips would go on.
    """

    def __init__(self, client: KeySetClient, arrived: Callable[[Answer], None]) -> None:
        """:param arrived: gets the set, if there is one, before `wait` returns"""
        self._client = client
        self._arrived = arrived
        self._ends = time.monotonic() + TIMEOUT_SECONDS
        self._ended = threading.Event()
        self._socket: socket.socket | None = None
        self._is_cut_off = False
        threading.Thread(target=self._run, name="key-set", daemon=True).start()

    def is_over(self) -> bool:
        return self._ended.is_set() or self._is_cut_off

    def wait(self) -> None:
        """Returns when the fetch has ended or its time is over."""
        if not self._ended.wait(max(0.0, self._ends - time.monotonic())):
            self._cut_off()

    def _cut_off(self) -> None:
        connected = self._socket
        if connected is not None:
            with contextlib.suppress(OSError):
                # That of ssl.SSLSocket would have the thread read on without TLS.
                socket.socket.shutdown(connected, socket.SHUT_RDWR)
            self._is_cut_off = True

    def _run(self) -> None:
        try:
            with contextlib.closing(self._client.connection()) as connection:
                connection.connect()
                self._socket = connection.sock
                if self._is_in_time():
                    answer = self._client.exchange(connection)
                    if self._is_in_time():
                        self._arrived(answer)
        except (OSError, ValueError, http.client.HTTPException):
            pass  # Whoever asked sees whether a set is still fresh.
        finally:
            self._ended.set()

    def _is_in_time(self) -> bool:
        return time.monotonic() < self._ends


def lifetime(values: Callable[[str], list[str] | None]) -> int:
    """The shortest of what `Cache-Control` allows, less the `Age` that a cache on the way reports
    (RFC 9111 §4.2, §5.1), between 1 s and 60 s; 60 s where it says nothing.
    """
    seconds = _MAX_AGE_SECONDS
    for age in _DIRECTIVE.findall(",".join(values("Cache-Control") or [])):
        seconds = min(seconds, int(age or 0))
    for age in values("Age") or []:
        seconds -= int(age) if re.fullmatch("[0-9]{1,9}", age) else seconds
    return max(seconds, 1)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
