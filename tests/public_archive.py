"""A Wayback Machine on loopback: an index in pages and a replay, as the real one documents them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from tests.servers import Loopback, send

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


class PublicArchive(Loopback):
    """Serves `kept`, at most `rows` lines of the index at once.

    `faults` are (status, headers) given instead of the next replays; `lost` are stamps for which
    another capture is shown; `on_replay` is told the number of each replay before it is answered.
    """

    def __init__(self, kept: Sequence[Kept], rows: int = 50) -> None:
        super().__init__()
        self.kept = sorted(kept, key=lambda k: k.stamp)
        self.rows = rows
        self.faults: list[tuple[int, dict[str, str]]] = []
        self.lost: set[str] = set()
        self.on_replay: Callable[[int], None] = lambda _: None
        self.index_requests: list[dict[str, str]] = []
        self.replays: list[str] = []
        self.url = f"http://{self.entry}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        if parts.path == "/cdx/search/cdx":
            asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            self.index_requests.append(asked)
            body = json.dumps(self.index(asked)).encode()
            send(handler, 200, {"Content-Type": "application/json"}, body)
        elif parts.path.startswith("/web/"):
            self._replay(handler, handler.path)
        else:
            send(handler, 404, {}, b"no such page")

    def index(self, asked: dict[str, str]) -> list[Sequence[str]]:
        found = [
            k.row
            for k in self.kept
            if k.url == asked["url"]
            and ("statuscode:" + k.status) in asked.get("filter", "statuscode:" + k.status)
            and k.stamp[:8] >= asked.get("from", "")
            and k.stamp[:8] <= asked.get("to", "99999999")
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
            send(handler, status, headers, b"not now")
            return
        if stamp in self.lost:
            other = next(k for k in self.kept if k.url == url and k.stamp not in self.lost)
            send(handler, 302, {"Location": f"/web/{other.stamp}id_/{url}"}, b"")
            return
        found = next((k for k in self.kept if (k.stamp, k.url) == (stamp, url)), None)
        if found is None:
            send(handler, 404, {}, b"not archived")
            return
        headers = {
            "Content-Type": "text/html",
            "x-archive-orig-content-type": "text/html; charset=utf-8",
            "x-archive-orig-etag": f'"{stamp}"',
            "x-archive-orig-set-cookie": "id=secret",
        }
        send(handler, 200, headers, found.body)
