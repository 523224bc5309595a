"""A Wayback Machine on loopback: an index in pages and a replay, as the real one documents them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

Row = tuple[str, str, str, str, str]
HEADER = ("timestamp", "original", "statuscode", "digest", "mimetype")


@dataclass(frozen=True, slots=True)
class Kept:
    """One capture: `stamp` is its time in 14 digits."""

    stamp: str
    url: str
    body: bytes
    status: str = "200"
    digest: str = ""

    @property
    def row(self) -> Row:
        name = self.digest or f"{abs(hash(self.body)):032X}"[:32]
        return self.stamp, self.url, self.status, name, "text/html"


class PublicArchive:
    """Serves `kept`, at most `rows` lines of the index at once.

    `faults` are (status, headers) given instead of the next replays; `lost` are stamps for which
    another capture is shown; `on_replay` is told the number of each replay before it is answered.
    """

    def __init__(self, kept: Sequence[Kept], rows: int = 50) -> None:
        self.kept = sorted(kept, key=lambda k: k.stamp)
        self.rows = rows
        self.faults: list[tuple[int, dict[str, str]]] = []
        self.lost: set[str] = set()
        self.on_replay: Callable[[int], None] = lambda _: None
        self.index_requests: list[dict[str, str]] = []
        self.replays: list[str] = []
        archive = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                archive.answer(self)

            def log_message(self, *args: object) -> None:
                """Keeps the tests quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.entry = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.entry}"

    def __enter__(self) -> PublicArchive:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        if parts.path == "/cdx/search/cdx":
            asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            self.index_requests.append(asked)
            body = json.dumps(self.index(asked)).encode()
            _send(handler, 200, {"Content-Type": "application/json"}, body)
        elif parts.path.startswith("/web/"):
            self._replay(handler, handler.path)
        else:
            _send(handler, 404, {}, b"no such page")

    def index(self, asked: dict[str, str]) -> list[Sequence[str]]:
        found = [
            k.row
            for k in self.kept
            if k.url == asked["url"]
            and ("statuscode:" + k.status) in asked.get("filter", "statuscode:" + k.status)
            and k.stamp[:8] >= asked.get("from", "")
            and k.stamp[:8] <= asked.get("to", "9")
            and k.stamp > asked.get("resumeKey", "")
        ]
        limit = int(asked.get("limit", "0"))
        if limit < 0:
            return [HEADER, *found[limit:]] if found else []
        page = found[: min(limit, self.rows)]
        more = len(page) < len(found)
        return [HEADER, *page, *([[], [page[-1][0]]] if more else [])] if page else []

    def _replay(self, handler: BaseHTTPRequestHandler, path: str) -> None:
        stamp, _, url = path.removeprefix("/web/").partition("id_/")
        self.replays.append(stamp)
        self.on_replay(len(self.replays))
        if self.faults:
            status, headers = self.faults.pop(0)
            _send(handler, status, headers, b"not now")
            return
        if stamp in self.lost:
            other = next(k for k in self.kept if k.url == url and k.stamp not in self.lost)
            _send(handler, 302, {"Location": f"/web/{other.stamp}id_/{url}"}, b"")
            return
        found = next((k for k in self.kept if (k.stamp, k.url) == (stamp, url)), None)
        if found is None:
            _send(handler, 404, {}, b"not archived")
            return
        headers = {
            "Content-Type": "text/html",
            "x-archive-orig-content-type": "text/html; charset=utf-8",
            "x-archive-orig-etag": f'"{stamp}"',
            "x-archive-orig-set-cookie": "id=secret",
        }
        _send(handler, 200, headers, found.body)


def _send(
    handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes
) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
