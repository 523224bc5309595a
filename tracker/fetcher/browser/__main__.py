"""The child that shows a page: an order as JSON on standard input, what is shown on the output."""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.fetcher.browser.parts import Part, Parts, browser_headers
from tracker.fetcher.browser.scripts import LENGTH, MORE, OPEN, SCROLL, WRITE
from tracker.fetcher.client import Fetcher
from tracker.fetcher.limits import Limits
from tracker.model import Outcome

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright, Route

#: Milliseconds: for the page to begin, for a declared selector, and between two looks at it.
_BEGIN, _SELECTOR, _LOOK = 20_000, 15_000, 400
#: Looks that agree, seconds for that, and rounds of opening up what says there is more.
_STILL, _FILLING, _ROUNDS = 3, 15, 10
_SYSTEM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# No network of its own: a name resolves to nothing, and the proxy is a port that nobody serves.
_FLAGS = """--host-resolver-rules=MAP+*+~NOTFOUND --disable-quic --no-first-run --disable-gpu
    --disable-background-networking --disable-component-update --disable-sync --mute-audio
    --disable-default-apps --disable-domain-reliability --no-pings --dns-prefetch-disable
    --force-webrtc-ip-handling-policy=disable_non_proxied_udp
    --blink-settings=imagesEnabled=false --js-flags=--max-old-space-size=512""".split()
_NOWHERE: Any = {"server": "http://127.0.0.1:9", "bypass": "<-loopback>"}


def main() -> None:
    told = _told(json.load(sys.stdin))
    sys.stdout.write(json.dumps(told))


def _told(order: dict[str, Any]) -> dict[str, Any]:
    from playwright.sync_api import Error, sync_playwright

    limits = Limits(
        decoded_bytes=order["longest"], attempts=1, polite_seconds=0.0, total_seconds=20.0
    )
    with (
        Fetcher(
            user_agent=order["user_agent"],
            allow_hosts=order["allow_hosts"],
            obey_robots=order["obey_robots"],
            limits=limits,
        ) as fetcher,
        sync_playwright() as playwright,
    ):
        headers = browser_headers(tuple((n, v) for n, v in order["headers"]))
        page = Part(200, headers, base64.b64decode(order["body"]))
        parts = Parts(fetcher, datetime.now(UTC), page, order["url"])
        try:
            with _browser(playwright) as browser:
                html = _shown(browser, order, parts)
                version = browser.version
        except Error as error:
            return _problem(Outcome.UNREACHABLE, str(error).partition("\n")[0][:200])
    if len(html) > order["longest"]:
        return _problem(Outcome.TOO_LARGE, "it is larger than any text of terms")
    return {"html": html, "version": version, "asked": parts.asked, "refused": parts.refused}


def _problem(outcome: Outcome, said: str) -> dict[str, Any]:
    return {"problem": said.rstrip("."), "outcome": outcome.value}


def _browser(playwright: Playwright) -> Browser:
    """Start Playwright's own Chromium, or the one of the system."""
    own = playwright.chromium.executable_path
    found = None if Path(own).exists() else next(filter(None, map(shutil.which, _SYSTEM)), None)
    return playwright.chromium.launch(
        executable_path=found,
        args=[flag.replace("+", " ") for flag in _FLAGS],
        proxy=_NOWHERE,
        # The browser's own sandbox cannot be made by root.
        chromium_sandbox=os.geteuid() != 0,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )


def _shown(browser: Browser, order: dict[str, Any], parts: Parts) -> str:
    context = browser.new_context(
        user_agent=order["user_agent"], service_workers="block", accept_downloads=False,
        locale="en", timezone_id="UTC", viewport={"width": 1280, "height": 2000},
    )  # fmt: skip
    context.route("**/*", lambda route: _answer(route, parts))
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.goto(order["url"], wait_until="domcontentloaded", timeout=_BEGIN)
    _fill(page, order["selectors"])
    return str(page.evaluate(WRITE))


def _answer(route: Route, parts: Parts) -> None:
    request = route.request
    part = parts.part(
        request.url, request.resource_type, request.method, request.headers,
        request.post_data_buffer,
    )  # fmt: skip
    if part is None:
        route.abort()
    else:
        route.fulfill(status=part.status, headers=dict(part.headers), body=part.body)


def _fill(page: Page, selectors: list[str]) -> None:
    """Wait for what is declared, and until the page no longer grows, opened up to its end."""
    from playwright.sync_api import TimeoutError as Late

    for selector in selectors:
        try:
            page.wait_for_selector(f"css={selector}", state="attached", timeout=_SELECTOR)
        except Late:  # judged where the page is read
            break
    _settle(page)
    for _ in range(_ROUNDS):
        length = page.evaluate(LENGTH)
        page.evaluate(SCROLL)
        clicked = page.evaluate(OPEN, MORE)
        if page.evaluate(LENGTH) == length and not clicked:
            page.wait_for_timeout(_LOOK)
        _settle(page)
        if page.evaluate(LENGTH) == length:
            return


def _settle(page: Page) -> None:
    end, seen = time.monotonic() + _FILLING, [-1]
    while time.monotonic() < end and len(set(seen[-_STILL:])) + (len(seen) < _STILL) > 1:
        page.wait_for_timeout(_LOOK)
        seen.append(page.evaluate(LENGTH))


if __name__ == "__main__":
    main()
