"""Politeness: an honest name, and a pause between two requests to a host."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from tracker import __version__
from tracker.fetcher.ssrf_guard import is_loopback

TOKEN = "TermsTracker"  # noqa: S105 (the product token robots.txt files can name, no secret)
LONGEST_CRAWL_DELAY = 30.0


def user_agent(contact: str) -> str:
    """Return the honest User-Agent. `contact` is a URL or a mail address of the operator."""
    safe = re.sub(r"[^\x21-\x27\x2a-\x7e]+", " ", contact).strip()
    about = f"+{safe}" if safe else "a reader of published terms; its operator gave no contact"
    return f"{TOKEN}/{__version__} ({about})"


def delay(host: str, polite: float, crawl_delay: float | None) -> float:
    """Return the seconds between two requests to `host`: ours, or its own if longer (capped).

    On loopback, ours are zero.
    """
    ours = 0.0 if is_loopback(host) else polite
    return max(ours, min(crawl_delay or 0.0, LONGEST_CRAWL_DELAY))


class HostThrottle:
    """Throttle that remembers the time of the last request to each host."""

    def __init__(self, pause: Callable[[float], None], monotonic: Callable[[], float]) -> None:
        self._pause = pause
        self._monotonic = monotonic
        self._last: dict[str, float] = {}

    def take(self, url: str, seconds: float) -> float:
        """Wait until `seconds` have passed since the last request to a host; return how long."""
        host = urlsplit(url).hostname or ""
        last = self._last.get(host)
        wait = 0.0 if last is None else max(0.0, last + seconds - self._monotonic())
        if wait:
            self._pause(wait)
        self._last[host] = self._monotonic()
        return wait
