"""Who we say we are, and how long a host is left in peace between two requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from tracker import __version__
from tracker.fetcher.ssrf_guard import is_loopback

TOKEN = "TermsTracker"  # noqa: S105 (the product token robots.txt files can name, no secret)
LONGEST_CRAWL_DELAY = 30.0


def user_agent(contact: str) -> str:
    """The honest User-Agent. `contact` is a URL or a mail address of whoever runs this."""
    safe = re.sub(r"[^\x21-\x27\x2a-\x7e]+", " ", contact).strip()
    about = f"+{safe}" if safe else "a reader of published terms; its operator gave no contact"
    return f"{TOKEN}/{__version__} ({about})"


def delay(host: str, polite: float, crawl_delay: float | None) -> float:
    """Seconds between two requests to `host`: ours, or its own wish (capped) where longer.

    Loopback needs none of ours.
    """
    ours = 0.0 if is_loopback(host) else polite
    return max(ours, min(crawl_delay or 0.0, LONGEST_CRAWL_DELAY))


class HostThrottle:
    """Remembers when each host was last asked."""

    def __init__(self, pause: Callable[[float], None], monotonic: Callable[[], float]) -> None:
        self._pause = pause
        self._monotonic = monotonic
        self._last: dict[str, float] = {}

    def take(self, url: str, seconds: float) -> float:
        """Waits until `seconds` have passed since the last request to this host; says how long."""
        host = urlsplit(url).hostname or ""
        last = self._last.get(host)
        wait = 0.0 if last is None else max(0.0, last + seconds - self._monotonic())
        if wait:
            self._pause(wait)
        self._last[host] = self._monotonic()
        return wait
