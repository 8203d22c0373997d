"""What an attacker may try to lead around the guard."""

import asyncio
import base64
import json
import pathlib
import sys
import threading
import time
import unittest
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402

from tool_call_verifier import (  # noqa: E402
    InMemoryReplayGuard,
    JsonLimits,
    TokenVerifier,
    digest,
)
from tool_call_verifier.asgi import ToolCallGuard  # noqa: E402
from tool_call_verifier.remote_keys import MAX_WAITING  # noqa: E402

AUDIENCE = "https://mail.example/mcp"
KEY = Ed25519PrivateKey.generate()
GREET = {"name": "greet", "arguments": {"name": "ann"}}


class Keys:
    def find(self, kid: str) -> Any:
        return KEY.public_key()


def segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def token(tool: str, arguments: Any, jti: str, kid: str = "k", **more: Any) -> str:
    now = int(time.time())
    claims = {"iss": "sentinel-interceptor", "sub": "s", "aud": AUDIENCE, "iat": now, "nbf": now}
    claims |= {"exp": now + 5, "jti": jti, "scope": f"tool:{tool}", "p_hash": digest(arguments)}
    claims |= more
    header = {"alg": "EdDSA", "typ": "tool-call+jwt", "kid": kid}
    signed = ".".join(segment(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{segment(KEY.sign(signed.encode()))}"


def request(method: str, params: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()


def call(params: Any) -> bytes:
    return request("tools/call", params)


class GuardTest(unittest.TestCase):
    def setUp(self) -> None:
        self.executed: list[bytes] = []
        self.ids = 0

        async def app(scope: Any, receive: Any, send: Any) -> None:
            self.executed.append((await receive())["body"])
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        guard = InMemoryReplayGuard(began=0)
        self.app = app
        self.verifier = TokenVerifier("sentinel-interceptor", Keys(), guard)
        self.guarded = ToolCallGuard(app, self.verifier, AUDIENCE)

    def send(self, body: bytes, *headers: tuple[str, str], method: str = "POST") -> int:
        return asyncio.run(self.post(body, *headers, method=method))

    async def post(self, body: bytes, *headers: tuple[str, str], method: str = "POST") -> int:
        self.executed.clear()
        given = dict(headers)
        names = [("content-type", given.pop("content-type", "application/json"))]
        names += [pair for pair in headers if pair[0] != "content-type"]
        scope = {
            "type": "http",
            "method": method,
            "headers": [(name.encode(), value.encode()) for name, value in names],
        }
        half = len(body) // 2
        chunks = [
            {"type": "http.request", "body": body[:half], "more_body": True},
            {"type": "http.request", "body": body[half:], "more_body": False},
        ]
        status: list[int] = []

        async def receive() -> Any:
            return chunks.pop(0) if chunks else {"type": "http.disconnect"}

        async def answer(message: Any) -> None:
            status.append(message.get("status", 0))

        await self.guarded(scope, receive, answer)
        return status[0]

    def authorized(
        self, tool: str = "greet", arguments: Any = None, kid: str = "k", **more: Any
    ) -> tuple[str, str]:
        self.ids += 1
        given = GREET["arguments"] if arguments is None else arguments
        return "authorization", f"Bearer {token(tool, given, f'id-{self.ids}', kid, **more)}"

    def test_a_call_with_its_token_passes_once(self) -> None:
        header = self.authorized()
        self.assertEqual(self.send(call(GREET), header), 200)
        self.assertEqual(self.executed, [call(GREET)])
        self.assertEqual(self.send(call(GREET), header), 401)
        self.assertEqual(self.executed, [])

    def test_what_runs_nothing_passes_without_a_token(self) -> None:
        lists = ("tools/list", "resources/list", "resources/templates/list", "prompts/list")
        others = ("initialize", "ping", "server/discover", "subscriptions/listen")
        for method in (*lists, *others, "logging/setLevel", "notifications/initialized"):
            self.assertEqual(self.send(json.dumps({"method": method}).encode()), 200)
        self.assertEqual(self.send(b"", method="GET"), 200)

    def test_every_other_message_is_refused(self) -> None:
        for method in ("resources/subscribe", "resources/unsubscribe", "tasks/result", "Prompts/get"):
            header = self.authorized(method, {"uri": "a:b"})
            self.assertEqual(self.send(request(method, {"uri": "a:b"}), header), 401, method)
        for message in ({"result": {}}, {"method": ["ping"]}, {"method": ["resources/read"]}):
            self.assertEqual(self.send(json.dumps(message).encode(), self.authorized()), 401)
        self.assertEqual(self.send(call(GREET)), 401)
        self.assertEqual(self.send(call(GREET), method="PUT"), 405)

    def test_what_differs_from_the_token_is_refused(self) -> None:
        for params, status in (
            ({"name": "greet", "arguments": {"name": "bob"}}, 401),
            ({"name": "add", "arguments": {"name": "ann"}}, 401),
            (GREET | {"requestState": None}, 401),
            (GREET | {"task": {}}, 400),
            ({"name": "greet", "arguments": []}, 400),
            ([], 400),
        ):
            self.assertEqual(self.send(call(params), self.authorized()), status, params)
        self.assertEqual(self.send(call(GREET | {"_meta": {}}), self.authorized()), 200)

    def test_a_method_passes_once_with_the_token_for_its_parameters(self) -> None:
        ref = {"type": "ref/prompt", "name": "greet"}
        for method, params in (
            ("resources/read", {"uri": "file:///a"}),
            ("prompts/get", {"name": "greet", "arguments": {"who": "ann"}}),
            ("completion/complete", {"ref": ref, "argument": {"name": "who", "value": "a"}}),
        ):
            header = self.authorized(method, params)
            body = request(method, params | {"_meta": {"progressToken": 1}})
            self.assertEqual(self.send(body, header), 200, method)
            self.assertEqual(self.executed, [body])
            self.assertEqual(self.send(body, header), 401, method)
            self.assertEqual(self.send(body), 401, method)
            self.assertEqual(self.send(b"[" + body + b"]", self.authorized(method, params)), 400)
            alone = json.dumps({"id": 1, "method": method}).encode()
            self.assertEqual(self.send(alone, self.authorized(method, {})), 400)

    def test_a_method_that_differs_from_its_token_is_refused(self) -> None:
        given = {"uri": "a:b"}
        for method, params in (
            ("resources/read", {"uri": "a:c"}),
            ("resources/read", given | {"more": 1}),
            ("resources/read", {"arguments": given}),
            ("resources/read", given | {"requestState": None}),
            ("prompts/get", given),
            ("tools/call", {"name": "read", "arguments": given}),
        ):
            header = self.authorized("resources/read", given)
            self.assertEqual(self.send(request(method, params), header), 401, params)
            self.assertEqual(self.executed, [])
        bound = self.authorized("resources/read", given, r_hash=digest({"requestState": "s"}))
        body = request("resources/read", given | {"requestState": "s"})
        self.assertEqual(self.send(body, bound), 200)

    def test_a_tool_that_is_named_like_a_method_is_refused_with_the_token_of_that(self) -> None:
        for method in (
            "resources/read",
            "resources/subscribe",
            "prompts/get",
            "completion/complete",
        ):
            body = call({"name": method, "arguments": {"uri": "a:b"}})
            self.assertEqual(self.send(body, self.authorized(method, {"uri": "a:b"})), 400)
            self.assertEqual(self.executed, [])

    def test_what_a_library_could_take_for_an_answer_is_refused(self) -> None:
        for method in ("ping", "tools/call", "notifications/x", "resources/read"):
            for rest in (
                {"params": []},
                {"params": None},
                {"params": "x"},
                {"result": {}},
                {"error": {"code": 1, "message": ""}},
                {"params": [], "result": {}},
                {"extra": 1},
            ):
                message = {"jsonrpc": "2.0", "id": 1, "method": method} | rest
                self.assertEqual(self.send(json.dumps(message).encode(), self.authorized()), 400)
                self.assertEqual(self.executed, [])
        good = json.loads(call(GREET)) | {"result": {}}
        self.assertEqual(self.send(json.dumps(good).encode(), self.authorized()), 400)
        for answer in ({"result": {}}, {"error": {}}, {"result": {}, "params": []}):
            message = {"jsonrpc": "2.0", "id": 1} | answer
            self.assertEqual(self.send(json.dumps(message).encode()), 401)

    def test_two_readings_of_one_text_are_refused(self) -> None:
        good = call(GREET)
        for body in (
            b"[" + good + b"]",
            good + good,
            good.replace(b'"params"', b'"params": {}, "params"'),
            good.replace(b'"ann"', b'"\\ud800"'),
            good.replace(b'"ann"', b"NaN"),
            b"\xef\xbb\xbf" + good,
            good.decode().encode("utf-16"),
        ):
            self.assertEqual(self.send(body, self.authorized()), 400, body)

    def test_other_encodings_types_and_credentials_are_refused(self) -> None:
        body = call(GREET)
        for header in (("content-type", "text/plain"), ("content-encoding", "gzip")):
            self.assertEqual(self.send(body, self.authorized(), header), 415)
        self.assertEqual(self.send(body, self.authorized(), self.authorized()), 401)
        self.assertEqual(self.send(b" " * (2 * 1024 * 1024 + 1)), 413)

    def test_length_and_depth_have_limits_that_can_be_set(self) -> None:
        limits = JsonLimits(depth=2, length=100)
        self.guarded = ToolCallGuard(self.app, self.verifier, AUDIENCE, limits)
        for params, status in (({"a": 1}, 200), ({"a": []}, 400), ({"a": "x" * 60}, 413)):
            message = {"jsonrpc": "2.0", "method": "ping", "params": params}
            self.assertEqual(self.send(json.dumps(message).encode()), status, params)
        for bad in (JsonLimits(depth=0, length=1), JsonLimits(depth=1, length=0)):
            with self.assertRaises(ValueError):
                ToolCallGuard(self.app, self.verifier, AUDIENCE, bad)

    def test_calls_that_wait_for_keys_do_not_keep_others_waiting(self) -> None:
        released = threading.Event()

        class SlowKeys(Keys):
            def find(self, kid: str) -> Any:
                if kid == "slow":
                    released.wait(20)
                return super().find(kid)

        verifier = TokenVerifier("sentinel-interceptor", SlowKeys(), InMemoryReplayGuard(began=0))
        self.guarded = ToolCallGuard(self.app, verifier, AUDIENCE)

        async def run() -> int:
            slow = [
                asyncio.ensure_future(self.post(call(GREET), self.authorized(kid="slow")))
                for _ in range(MAX_WAITING)
            ]
            await asyncio.sleep(0)  # Each of them runs until it waits.
            status = await self.post(call(GREET), self.authorized())
            released.set()
            await asyncio.gather(*slow)
            return status

        self.assertEqual(asyncio.run(run()), 200)


if __name__ == "__main__":
    unittest.main()
