"""A guard before an MCP server that is an ASGI application, as those of the Python SDK are."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .remote_keys import MAX_WAITING
from .strict_json import JsonLimits, MalformedJson, parse_strict
from .verifier import ABSENT, ExpectedCall, Rejection, TokenVerifier

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Arguments nest at most 64 deep and are two containers deep in a message.
_LIMITS = JsonLimits(depth=66, length=2 * 1024 * 1024)
_THREADS = 2 * MAX_WAITING
_RUNNING_NOTHING = {
    "initialize",
    "ping",
    "server/discover",
    "tools/list",
    "resources/list",
    "resources/templates/list",
    "prompts/list",
    "subscriptions/listen",
    "logging/setLevel",
}
# Decided like a tool of the method's name, whose arguments are the parameters.
_BOUND = {"resources/read", "prompts/get", "completion/complete"}
# No tool may be named like these: a token for the one would fit the other.
_METHOD_NAMES = _BOUND | {"resources/subscribe"}
_REQUEST = {"jsonrpc", "id", "method", "params"}
_CALLING = {"name", "arguments"}
_BESIDES = {"inputResponses", "requestState", "_meta"}
_TOOL = re.compile(r"[A-Za-z0-9_./-]{1,128}")
_JSON_TYPE = re.compile(
    rb'application/json\s*(?:;\s*charset\s*=\s*(?:utf-8|"utf-8")\s*)?', re.IGNORECASE
)
_BEARER = re.compile(rb"bearer +(.*)", re.IGNORECASE | re.DOTALL)
_log = logging.getLogger(__name__)


class _Refusal(Exception):
    def __init__(self, status: int, reason: str, id: object = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.id = id


class ToolCallGuard:
    """Decides about each JSON-RPC message that an MCP server receives, before the server sees it.

    A `tools/call` passes with a token for this server, this tool and exactly these arguments, once;
    `resources/read`, `prompts/get` and `completion/complete` with one for the method and exactly
    these parameters, once. Without a token pass requests that run nothing: the handshake, lists,
    `subscriptions/listen`, `logging/setLevel` and `notifications/…`. Everything else is refused:
    other methods, tools that are named like a method, answers to a server's own requests, batches,
    messages that could be taken for a request or an answer, text that two parsers could read
    differently, and parameters of a call that no token covers. Of these `_meta` alone is let
    through; a server must not act on it. The server gets the very bytes that were verified.
    """

    def __init__(
        self, app: App, verifier: TokenVerifier, audience: str, limits: JsonLimits = _LIMITS
    ) -> None:
        """:param audience: the server's own canonical URI, as tokens name it
        :param limits: how deep and how long a message may be
        """
        if limits.depth < 1 or limits.length < 1:
            raise ValueError(f"the limits of a message are at least 1, got {limits}")
        self._app = app
        self._verifier = verifier
        self._audience = audience
        self._limits = limits
        # More than can wait for a key, so that calls with a known one go on meanwhile.
        self._threads = ThreadPoolExecutor(_THREADS, "tool-call-guard")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            if scope["type"] != "http":
                raise _Refusal(405, "HTTP_METHOD_NOT_SERVED")
            body = await self._decided(scope, receive)
        except _Refusal as refusal:
            _log.info("refused a message: %s", refusal.reason)
            await _answer(send, refusal)
            return
        await self._app(scope, _replaying(body, receive), send)

    async def _decided(self, scope: Scope, receive: Receive) -> bytes:
        if scope["method"] in ("GET", "DELETE"):
            return b""
        if scope["method"] != "POST":
            raise _Refusal(405, "HTTP_METHOD_NOT_SERVED")
        types = _values(scope, b"content-type")
        codings = [coding.strip().lower() for coding in _values(scope, b"content-encoding")]
        if len(types) != 1 or not _JSON_TYPE.fullmatch(types[0].strip()):
            raise _Refusal(415, "NOT_PLAIN_JSON")
        if any(coding != b"identity" for coding in codings):
            raise _Refusal(415, "NOT_PLAIN_JSON")
        body = await _read(receive, self._limits.length)
        await self._decide(body, _values(scope, b"authorization"))
        return body

    async def _decide(self, body: bytes, authorization: list[bytes]) -> None:
        try:
            message = parse_strict(body, self._limits)
        except MalformedJson as e:
            raise _Refusal(400, "UNREADABLE_MESSAGE") from e
        if not isinstance(message, dict):
            raise _Refusal(400, "NOT_ONE_MESSAGE")
        given = message.get("id")
        id = given if isinstance(given, (str, int, float)) else None
        if "method" not in message:
            raise _Refusal(401, "METHOD_NEEDS_A_TOKEN", id)
        # Libraries try one shape of a message after the other, and take for an answer what fits
        # that.
        if not (message.keys() <= _REQUEST and isinstance(message.get("params", {}), dict)):
            raise _Refusal(400, "NOT_A_REQUEST", id)
        method = message["method"]
        if isinstance(method, str) and (
            method in _RUNNING_NOTHING or method.startswith("notifications/")
        ):
            return
        if not isinstance(method, str) or method not in _BOUND | {"tools/call"}:
            raise _Refusal(401, "METHOD_NEEDS_A_TOKEN", id)
        call = self._expected(method, message.get("params"), id)
        if len(authorization) > 1:
            raise _Refusal(401, "SEVERAL_CREDENTIALS", id)
        verdict = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._verifier.verify, _bearer(authorization), call
        )
        if isinstance(verdict, Rejection):
            raise _Refusal(401, verdict.reason.value, id)

    def _expected(self, method: str, params: Any, id: object) -> ExpectedCall:
        if not isinstance(params, dict):
            raise _Refusal(400, "NAME_OR_ARGUMENTS_NOT_VALID", id)
        steering = {name: value for name, value in params.items() if name not in _BESIDES}
        tool, arguments = method, steering
        if method == "tools/call":
            tool, arguments = steering.get("name"), steering.get("arguments")
            if not isinstance(tool, str) or not _TOOL.fullmatch(tool) or tool in _METHOD_NAMES:
                raise _Refusal(400, "NAME_OR_ARGUMENTS_NOT_VALID", id)
            if not (arguments is None or isinstance(arguments, dict)):
                raise _Refusal(400, "NAME_OR_ARGUMENTS_NOT_VALID", id)
            if not steering.keys() <= _CALLING:
                raise _Refusal(400, "PARAMETER_NOT_COVERED", id)
        return ExpectedCall(
            self._audience,
            tool,
            arguments,
            params.get("inputResponses", ABSENT),
            params.get("requestState", ABSENT),
        )


def _values(scope: Scope, wanted: bytes) -> list[bytes]:
    return [bytes(value) for name, value in scope["headers"] if name.lower() == wanted]


def _bearer(authorization: list[bytes]) -> str | None:
    match = _BEARER.fullmatch(authorization[0]) if authorization else None
    return match[1].strip().decode("latin-1") if match else None


async def _read(receive: Receive, most: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise _Refusal(400, "UNREADABLE_MESSAGE")
        body += message.get("body", b"")
        if len(body) > most:
            raise _Refusal(413, "MESSAGE_TOO_LONG")
        if not message.get("more_body", False):
            return bytes(body)


def _replaying(body: bytes, receive: Receive) -> Receive:
    """Hands out the body once, whatever else the client sends, and then waits for its end."""
    handed_out = False

    async def replay() -> Message:
        nonlocal handed_out
        if not handed_out:
            handed_out = True
            return {"type": "http.request", "body": body, "more_body": False}
        while (message := await receive())["type"] != "http.disconnect":
            pass
        return message

    return replay


async def _answer(send: Send, refusal: _Refusal) -> None:
    unauthorized = refusal.status == 401
    error = (
        {"code": 1401, "message": "token refused"}
        if unauthorized
        else {"code": -32600, "message": "message refused"}
    )
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    if unauthorized:
        missing = refusal.reason == "MISSING"
        challenge = b"Bearer" if missing else b'Bearer error="invalid_token"'
        headers.append((b"www-authenticate", challenge))
    body = json.dumps({"jsonrpc": "2.0", "id": refusal.id, "error": error}).encode()
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
