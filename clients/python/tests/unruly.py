"""A real HTTP server before a site that misbehaves as it is told, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    key: str | None
    body: bytes
    at: float


Behaviour = Callable[["Handler", Asked], None]


class Unruly:
    """Behaves once in each way of `script`, in turn, then as `always` says."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target).netloc
        self.script: deque[Behaviour] = deque()
        self.always: Behaviour = forward
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"unruly": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    unruly: Unruly

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:  # the client was killed
            self.close_connection = True

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(self.command, self.path, self.headers.get("Idempotency-Key"), body, time.monotonic())
        self.unruly.asked.append(asked)
        behaviour = self.unruly.script.popleft() if self.unruly.script else self.unruly.always
        behaviour(self, asked)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

    def pass_on_stream(self, asked: Asked, end: Callable[[Handler], None], at: int) -> None:
        """Passes on what the site tells as it comes, until the middle of the data of the message with this number."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        self.close_connection = True
        with contextlib.closing(http.client.HTTPConnection(self.unruly.target)) as connection:
            connection.request(asked.method, asked.path, asked.body, headers)
            told = connection.getresponse()
            self.send_response_only(told.status)
            self.send_header("Content-Type", told.headers["Content-Type"])
            self.end_headers()
            for line in told:
                at -= line.startswith(b"data:")
                if at == 0:
                    self.wfile.write(line[: len(line) // 2])
                    return end(self)
                self.wfile.write(line)

    def pass_on(self, asked: Asked) -> tuple[int, list[tuple[str, str]], bytes]:
        """Asks the site."""
        connection = http.client.HTTPConnection(self.unruly.target)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        connection.request(asked.method, asked.path, asked.body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), content

    def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answers."""
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def forward(handler: Handler, asked: Asked) -> None:
    """As it should be."""
    handler.answer(*handler.pass_on(asked))


def reset(handler: Handler, _: Asked) -> None:
    """The connection is reset before anything was done."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def cut(handler: Handler, asked: Asked) -> None:
    """The site does it, and the answer gets lost."""
    handler.pass_on(asked)
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def cut_short(handler: Handler, asked: Asked) -> None:
    """The site does it, and half of the answer gets lost."""
    status, _, body = handler.pass_on(asked)
    handler.send_response_only(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def ends(handler: Handler) -> None:
    """The connection is closed as if all had been said."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def breaks(handler: Handler) -> None:
    """The connection is reset."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def stream(end: Callable[[Handler], None] = ends, at: int = -1) -> Behaviour:
    """A stream of the site, to its end, or to the middle of the message with this number, where this happens."""
    return lambda handler, asked: handler.pass_on_stream(asked, end, at)


def telling(*messages: dict[str, Any]) -> Behaviour:
    """A stream that tells this and ends."""
    text = "".join(f"data: {json.dumps(message)}\n\n" for message in messages)

    def behave(handler: Handler, _: Asked) -> None:
        handler.answer(200, [("Content-Type", "text/event-stream")], text.encode())

    return behave


def problem(status: int, slug: str, **headers: str) -> Behaviour:
    """The API answers with a problem."""
    body = {"type": f"/problems/{slug}", "title": slug, "status": status, "instance": "/", "request_id": "test"}

    def behave(handler: Handler, _: Asked) -> None:
        sent = [("Content-Type", "application/problem+json"), *((n.replace("_", "-"), v) for n, v in headers.items())]
        handler.answer(status, sent, json.dumps(body).encode())

    return behave


def page(status: int, kind: str = "text/html", content: bytes = b"<h1>not the API</h1>") -> Behaviour:
    """Something before the API answers."""

    def behave(handler: Handler, _: Asked) -> None:
        handler.answer(status, [("Content-Type", kind)], content)

    return behave


def silent(release: threading.Event) -> Behaviour:
    """No answer until it is released."""

    def behave(handler: Handler, _: Asked) -> None:
        release.wait(30)
        handler.close_connection = True

    return behave
