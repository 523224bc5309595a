"""Serves the sample pages over real HTTP on the loopback interface."""

from __future__ import annotations

import secrets
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from tracker.demo import STATES, page

_ROBOTS = "User-agent: *\nDisallow: /search\nDisallow: /settings\nAllow: /legal/\n"


class DemoService:
    """The sample service while it runs: `with DemoService() as service: ... service.url ...`.

    Set `state` to the time whose pages it is to show. The port is any that is free.
    """

    def __init__(self) -> None:
        self.state: datetime = STATES[0]

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> DemoService:
        service = self

        class Handler(_Handler):
            def answer(self, path: str, nonce: str) -> str | None:
                return page(path, service.state, nonce)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # The default of half a second is how long leaving would take.
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    server_version = "Harbour"
    sys_version = ""

    def answer(self, path: str, nonce: str) -> str | None:
        """Return the page to show, None where there is none."""
        raise NotImplementedError

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        nonce = secrets.token_urlsafe(12)
        if path == "/robots.txt":
            self._send(200, "text/plain", _ROBOTS, nonce)
        elif (html := self.answer(path, nonce)) is not None:
            self._send(200, "text/html", html, nonce)
        else:
            self._send(404, "text/html", "<!DOCTYPE html><title>Not found</title>", nonce)

    def _send(self, status: int, media: str, text: str, nonce: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{media}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", f"script-src 'nonce-{nonce}'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing: standard error belongs to the command."""
