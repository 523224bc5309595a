"""A real Chromium, a folder served on loopback, and the samples' site in it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync""".split()
#: The marks of a module that drives a browser.
BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}"),
]
POLICY = "documents/heron/privacy-policy@global/"
REVISION = "changes/heron/privacy-policy@global/20250311T083000Z/"
#: Shows all that a page folds away.
UNFOLD = """document.querySelectorAll('details').forEach(d => d.open = true);
    document.querySelector('#show-whole')?.click()"""


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which a folder is served on loopback."""
    handler = functools.partial(_Silent, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class Witness:
    """A page, and what went on behind it."""

    page: Page
    said: list[str]
    asked: list[str]


def opened(context: BrowserContext, address: str) -> Witness:
    page = context.new_page()
    found = Witness(page, [], [])
    page.on("console", lambda message: found.said.append(message.text))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    page.on("request", lambda request: found.asked.append(request.url))
    page.goto(address)
    return found


def violations(page: Page, scheme: str, width: int) -> str:
    """What axe finds in a page in a colour scheme at a width; empty where it finds nothing."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    )
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 800})
    found = axe.Axe().run(page)
    return str(found.generate_report()) if found.violations_count else ""
