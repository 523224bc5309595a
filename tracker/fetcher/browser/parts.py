"""What a page in a browser asks for: our own client asks for it, and the browser for nothing.

So the same name, guard, robots.txt and bounds hold for every request of the page as for the page.
Pictures, films and fonts are not asked for at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urldefrag, urlsplit

from tracker.fetcher.client import Fetcher
from tracker.fetcher.response_check import plain
from tracker.model import Answer, Outcome

#: Of one page: requests, and bytes of all answers.
MOST, ROOM = 300, 48 * 2**20
_NEEDLESS = {"image", "media", "font", "texttrack", "manifest", "ping", "cspviolationreport"}
#: Headers of a page's own request that go with it: neither cookies nor anything of a login.
_KEPT = ("accept", "content-type", "origin", "referer", "x-requested-with")
_DROPPED = {
    *("content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"),
    *("strict-transport-security", "alt-svc", "refresh"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """An answer as the browser gets it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Parts:
    """All that one page asks for; `refused` says what it did not get."""

    fetcher: Fetcher
    now: datetime
    page: Part
    url: str
    asked: int = 0
    room: int = ROOM
    refused: list[str] = field(default_factory=list)
    _is_shown: bool = False

    def part(
        self, url: str, kind: str, method: str, headers: Mapping[str, str], content: bytes | None
    ) -> Part | None:
        """Return what the page gets for a request; None if nothing."""
        if kind in _NEEDLESS:
            return None
        if kind == "document":
            return self._document(url)
        if urlsplit(url).scheme not in ("http", "https") or method not in ("GET", "POST", "HEAD"):
            return self._refuse(url, "no request of a reader")
        if self.asked >= MOST or self.room <= 0:
            return self._refuse(url, "too much for one page")
        self.asked += 1
        kept = {name.title(): headers[name] for name in _KEPT if name in headers}
        body = (content or b"") if method == "POST" else None
        answer = self.fetcher.part(url, now=self.now, headers=kept, content=body)
        self.room -= len(answer.body)
        return self._given(url, answer)

    def _document(self, url: str) -> Part | None:
        """Return the page itself; no page that it sends its readers on to, and no frame."""
        if not self._is_shown and urldefrag(url)[0] == urldefrag(self.url)[0]:
            self._is_shown = True
            return self.page
        return self._refuse(url, "another page")

    def _given(self, url: str, answer: Answer) -> Part | None:
        if answer.status is None or answer.outcome not in (Outcome.GOOD, Outcome.EMPTY):
            return self._refuse(url, answer.reason.partition(";")[0].rstrip("."))
        return Part(answer.status, browser_headers(answer.headers), answer.body)

    def _refuse(self, url: str, why: str) -> Part | None:
        self.refused.append(plain(f"{url} ({why})", 300))
        return None


def browser_headers(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return the headers that are true of a body as we hand it on."""
    return {name: value for name, value in headers if name not in _DROPPED}
