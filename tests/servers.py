"""A real HTTP server on loopback that says exactly what a test tells it to, byte for byte."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

Talk = Callable[[socket.socket, threading.Event], None]
Reply = bytes | Talk
HTML = "Content-Type: text/html; charset=utf-8"


def answer(status: int | str, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    """An HTTP/1.1 answer. `length` overrides Content-Length, -1 leaves it out."""
    lines = [f"HTTP/1.1 {status} Said", *headers]
    if length != -1:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def page(body: bytes = b"<main>These are the terms.</main>", *headers: str) -> bytes:
    """A good answer."""
    return answer(200, body, HTML, *headers)


def redirect(target: str, status: int = 302) -> bytes:
    return answer(status, b"", f"Location: {target}")


def say(*parts: bytes) -> Talk:
    """Sends some bytes, then keeps silent for as long as the test lasts."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        for part in parts:
            connection.sendall(part)
        over.wait(30)

    return talk


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of those who hang up on it: a test reads what our program says."""


class Loopback:
    """An HTTP server on loopback while a block lasts; `answer` says what it answers."""

    def __init__(self) -> None:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                loopback.answer(self)

            do_POST = do_GET  # noqa: N815 - the name is Python's

            def log_message(self, *args: object) -> None:
                """Keeps the tests quiet."""

        self._http = _Quiet(("127.0.0.1", 0), Handler)
        self.entry = f"127.0.0.1:{self._http.server_port}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a request."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()


def send(
    handler: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    """Answer with these headers and the length of the body."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    with suppress(OSError):  # an answer that is too long is not listened to
        handler.wfile.write(body)


class Server:
    """Serves `pages` (path to reply, or to replies in turn, the last one repeated).

    What is not in `pages` is a 404. `requests` are the heads received, in order.
    """

    def __init__(
        self,
        pages: Mapping[str, Reply | Sequence[Reply]],
        family: int = socket.AF_INET,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.pages: dict[str, list[Reply]] = {
            path: [reply] if isinstance(reply, bytes) or callable(reply) else list(reply)
            for path, reply in pages.items()
        }
        self.requests: list[str] = []
        self._tls = tls
        self._over = threading.Event()
        self._socket = socket.socket(socket.AddressFamily(family))
        self._socket.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        self._socket.listen(16)
        self.port: int = self._socket.getsockname()[1]
        host = "[::1]" if family == socket.AF_INET6 else "127.0.0.1"
        self.entry = f"{host}:{self.port}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def url(self, path: str = "/terms") -> str:
        return f"http://{self.entry}{path}"

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.split(" ")[1] for request in self.requests]

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), self._wrapped(connection) as connection:
            head = b""
            while b"\r\n\r\n" not in head:
                received = connection.recv(65536)
                if not received or received.startswith(b"\x16"):  # TLS, not meant for us
                    return
                head += received
            self.requests.append(head.decode("latin-1"))
            reply = self._next(self.paths[-1])
            if isinstance(reply, bytes):
                connection.sendall(reply)
            else:
                reply(connection, self._over)
            connection.shutdown(socket.SHUT_WR)

    def _wrapped(self, connection: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection

    def _next(self, path: str) -> Reply:
        replies = self.pages.get(path, [answer(404, b"no such page", HTML)])
        return replies.pop(0) if len(replies) > 1 else replies[0]
