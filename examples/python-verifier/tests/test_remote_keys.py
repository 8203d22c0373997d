"""A key set over HTTP: how long it is used, and what is refused."""

import pathlib
import sys
import threading
import time
import unittest
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from tool_call_verifier import RemoteKeys  # noqa: E402
from tool_call_verifier.remote_keys import MAX_WAITING, KeysUnavailable  # noqa: E402

KEY = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"NAME"}'


def key_set(kid: str) -> str:
    return f'{{"keys":[{KEY.replace("NAME", kid)}]}}'


class RemoteKeysTest(unittest.TestCase):
    def setUp(self) -> None:
        test = self
        self.requests = 0
        self.asked_with: str | None = None
        self.answer: tuple[int, dict[str, str], str] = (200, {}, key_set("a"))

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                test.requests += 1
                test.asked_with = self.headers["Cache-Control"]
                status, headers, body = test.answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks.json"
        self.now = 0.0

    def keys(self) -> RemoteKeys:
        return RemoteKeys(self.url, self.clock())

    def clock(self) -> Callable[[], float]:
        return lambda: self.now

    def test_a_set_is_used_as_long_as_it_says_and_at_most_a_minute(self) -> None:
        for headers, seconds in (
            ({}, 60),
            ({"Cache-Control": "public, max-age=7"}, 7),
            ({"Cache-Control": "max-age=3600"}, 60),
            ({"Cache-Control": "max-age=0"}, 1),
            ({"Cache-Control": 'public, Max-Age = "7"'}, 7),
            ({"Cache-Control": "max-age=40, max-age=20"}, 20),
            ({"Cache-Control": "no-cache"}, 1),
            ({"Cache-Control": "max-age=60, no-store"}, 1),
            ({"Cache-Control": "x-max-age=5"}, 60),
            ({"Cache-Control": "max-age=60", "Age": "50"}, 10),
            ({"Cache-Control": "max-age=60", "Age": "60"}, 1),
            ({"Cache-Control": "max-age=60", "Age": "soon"}, 1),
            ({"Age": "20"}, 40),
        ):
            self.requests, self.now = 0, 0
            self.answer = (200, headers, key_set("a"))
            keys = self.keys()
            for self.now, requests in ((0, 1), (seconds - 0.001, 1), (seconds, 2)):
                self.assertIsNotNone(keys.find("a"))
                self.assertEqual(self.requests, requests, headers)
        self.assertEqual(self.asked_with, "no-cache")

    def test_a_name_that_is_not_there_is_looked_up_at_once_a_few_times(self) -> None:
        keys = self.keys()
        keys.find("a")
        self.answer = (200, {}, key_set("b"))
        self.now = 0.1
        self.assertIsNotNone(keys.find("b"))
        for i in range(20):
            self.now += 0.001
            self.assertIsNone(keys.find(f"nobody-{i}"))
        self.assertEqual(self.requests, 5)

    def test_many_who_ask_at_once_cause_one_request(self) -> None:
        keys = self.keys()
        with ThreadPoolExecutor(20) as pool:
            found = list(pool.map(keys.find, ["a"] * 20))
        self.assertNotIn(None, found)
        self.assertEqual(self.requests, 1)

    def test_without_a_fresh_set_nobody_gets_a_key(self) -> None:
        keys = self.keys()
        keys.find("a")
        self.answer = (503, {}, "")
        self.now = 60
        with self.assertRaises(KeysUnavailable):
            keys.find("a")

    def test_redirects_long_and_unreadable_answers_are_refused(self) -> None:
        for answer in (
            (302, {"Location": self.url + "?other"}, ""),
            (200, {}, key_set("a") + " " * 64 * 1024),
            (200, {}, '{"keys":[],"keys":[]}'),
            (200, {}, key_set("a").replace('"kid"', '"d":"AA","kid"')),
        ):
            self.requests = 0
            self.answer = answer
            with self.assertRaises(KeysUnavailable):
                self.keys().find("a")
            self.assertEqual(self.requests, 1)

    def test_the_url_is_https_or_http_to_this_machine_and_carries_no_credentials(self) -> None:
        for bad in ("file:///etc/passwd", "ftp://a/b", "https://u:p@a/b", "https:///x", "http:a"):
            for insecure_http in (False, True):
                with self.assertRaises(ValueError):
                    RemoteKeys(bad, insecure_http=insecure_http)
        for host in ("a", "10.0.0.1", "localhost.example", "127.0.0.1.example", "[::2]", "0"):
            with self.assertRaises(ValueError):
                RemoteKeys(f"http://{host}/b")
            RemoteKeys(f"http://{host}/b", insecure_http=True)
        for host in ("localhost:1", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]:80"):
            RemoteKeys(f"http://{host}/b")


class StallTest(unittest.TestCase):
    """A server that sends a byte now and then, and never all of it."""

    def setUp(self) -> None:
        test = self
        self.dripping = ""
        self.begun = threading.Semaphore(0)
        self.over = threading.Event()
        self.requests = 0

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                test.requests += 1
                if test.dripping == "body":
                    self.send_response(200)
                    self.end_headers()
                elif test.dripping == "headers":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
                else:
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(key_set("a").encode())
                    return
                test.begun.release()
                try:
                    while not test.over.wait(0.1):
                        self.wfile.write(b" ")
                except OSError:
                    pass

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.addCleanup(self.over.set)
        self.keys = RemoteKeys(f"http://127.0.0.1:{self.server.server_port}/jwks.json")

    def test_a_fetch_takes_two_seconds_at_most_and_the_next_one_begins_anew(self) -> None:
        for self.dripping in ("headers", "body"):
            began = time.monotonic()
            with self.assertRaises(KeysUnavailable):
                self.keys.find("a")
            self.assertLess(time.monotonic() - began, 5)
        self.dripping = ""
        self.assertIsNotNone(self.keys.find("a"))

    def test_who_asks_for_a_known_key_does_not_wait_and_few_others_may(self) -> None:
        self.keys.find("a")
        self.dripping = "body"
        with ThreadPoolExecutor(MAX_WAITING + 8) as pool:
            strangers = [pool.submit(self.keys.find, f"x{i}") for i in range(MAX_WAITING + 8)]
            self.begun.acquire()
            for _ in range(100):
                self.assertIsNotNone(self.keys.find("a"))
            refused = [each for each in strangers if each.exception() is not None]
            self.assertGreaterEqual(len(refused), 8)
            self.assertLess(len(refused), MAX_WAITING + 8)
            self.assertTrue(all(each.exception() or each.result() is None for each in strangers))


if __name__ == "__main__":
    unittest.main()
