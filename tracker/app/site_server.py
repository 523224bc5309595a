"""A server that shows the published site on this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tracker.app.workspace import settings_of
from tracker.errors import TrackerError
from tracker.publisher.feeds.formats import JSON

HOST = "127.0.0.1"
#: By what names this machine may be asked: whoever reaches it by another one was led here.
_NAMES = frozenset({HOST, "localhost", "::1"})
_LONGEST = 4096  # characters of a path
_TYPES = {
    "": "text/plain; charset=utf-8",
    ".atom": "application/xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".diff": "text/plain; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".opml": "text/x-opml; charset=utf-8",
    ".png": "image/png",
    ".sqlite": "application/vnd.sqlite3",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
    # A browser shows a feed by its style sheet only where it comes as plain XML.
    ".xml": "application/xml; charset=utf-8",
}
_FEED_TYPES = {".json": JSON.media_type}


class SiteHandler(SimpleHTTPRequestHandler):
    """Serves a published folder as a static host would: no listing, 404.html, 304 if unchanged."""

    server_version = "tracker"
    sys_version = ""
    timeout = 60

    def __init__(self, *arguments: Any, names: frozenset[str] = _NAMES, **more: Any) -> None:
        self._names = names
        super().__init__(*arguments, **more)

    def send_head(self) -> Any:
        if problem := self._misled():
            self.send_error(*problem)
            return None
        if not _is_plain(self.path):
            self.send_error(404)
            return None
        return super().send_head()

    def _misled(self) -> tuple[int, str, str] | None:
        """Say why a request is not for this server: a browser may be led here by a foreign name."""
        hosts = self.headers.get_all("Host", [])
        if len(hosts) > 1 or not (hosts or self.request_version == "HTTP/1.0"):
            return 400, "Bad Request", "A request must name one host."
        if not self.path.startswith("/"):
            return 400, "Bad Request", "A request must name a path of this server."
        if any(_name_of(host) not in self._names for host in hosts):
            names = ", ".join(sorted(self._names))
            return 421, "Misdirected Request", f"This server is asked by these names: {names}."
        return None

    def guess_type(self, path: Any) -> str:
        file = Path(path)
        types = _TYPES | _FEED_TYPES if _is_feed(file) else _TYPES
        return types.get(file.suffix, "application/octet-stream")

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def list_directory(self, path: Any) -> None:  # noqa: ARG002 - its signature there
        self.send_error(404)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", _TYPES[".html"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Say nothing: a page has dozens of files, and the terminal is for people."""


class SiteServer(ThreadingHTTPServer):
    """A server that says nothing of readers who leave in the middle; `note` is told the rest."""

    def __init__(self, *arguments: Any, note: Callable[[str], None]) -> None:
        self.note = note
        super().__init__(*arguments)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - as there
        error = sys.exception()
        if not isinstance(error, OSError):
            self.note(f"a request could not be answered ({error}).")


def _is_plain(path: str) -> bool:
    """Return whether a path can be one of a published file."""
    try:
        plain = unquote(urlsplit(path).path, errors="strict")
    except ValueError:
        return False
    is_odd = len(plain) > _LONGEST or "\\" in plain or not {".", ".."}.isdisjoint(plain.split("/"))
    return not is_odd and not any(letter < " " or letter == "\x7f" for letter in plain)


def _name_of(host: str) -> str:
    """Return the name in a Host header, without its port; empty where there is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_feed(file: Path) -> bool:
    """Return whether a file stands beside the same feed as Atom."""
    # status.json was there first: it tells how every document stands, and is no feed.
    stem = file.name.removesuffix(file.suffix).removesuffix(".feed")
    return file.name != "status.json" and file.with_name(f"{stem}.atom").is_file()


def site_server(
    folder: Path, port: int, site_url: str = "", note: Callable[[str], None] = lambda _text: None
) -> SiteServer:
    """Make a server of `folder` on loopback, not yet running; port 0 takes any that is free.

    It answers to the names of this machine, and to that in `site_url`; `note` is told its errors.
    """
    names = _NAMES | {_name_of(urlsplit(site_url).netloc)} - {""}
    handler = partial(SiteHandler, directory=str(folder), names=names)
    return SiteServer((HOST, port), handler, note=note)


def site_url_of(root: Path) -> str:
    with suppress(TrackerError):  # what was published is shown, whatever the settings are now
        return settings_of(root).site_url
    return ""
