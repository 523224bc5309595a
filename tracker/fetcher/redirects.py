"""Where a redirect leads, and whether we go there. Pure; addresses are checked on connecting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import httpx

from tracker._support.refresh import refresh_address, sent_on
from tracker.fetcher.response_check import REDIRECTS, ResponseHead, Verdict, plain
from tracker.model import Outcome


@lru_cache(maxsize=256)  # asked for a page, and again for what robots.txt says of it
def web_address(text: str) -> httpx.URL | None:
    """Return an http or https URL with a host, without credentials and fragment; None for
    others.
    """
    try:
        url = httpx.URL(text)
        if url.scheme not in ("http", "https") or not url.host:
            return None
        is_bare = not url.userinfo and "#" not in text
        return url if is_bare else url.copy_with(userinfo=b"", fragment=None)
    except (httpx.InvalidURL, ValueError):
        return None


def redirects(head: ResponseHead) -> bool:
    """Return whether an answer sends us elsewhere."""
    return head.status in REDIRECTS and bool(head.get("location"))


def by_itself(head: ResponseHead, body: bytes) -> ResponseHead | None:
    """Return a response as a redirect if its page sends readers on almost at once; else None.

    A page that only reloads itself is read as any other.
    """
    target = refresh_address(head.get("refresh")) or sent_on(body.decode("latin-1"))
    if not target:
        return None
    sent = replace(head, headers=(*head.headers, ("location", target)))
    return None if next_stop(sent, (), 0) == web_address(head.url) else sent


def next_stop(head: ResponseHead, visited: Sequence[str], longest: int) -> httpx.URL | Verdict:
    """Return the URL a redirect leads to, or why it is not followed.

    `visited` are the URLs asked for so far, `longest` the number of redirects allowed.
    """
    try:
        joined = str(httpx.URL(head.url).join(head.get("location")))
    except (httpx.InvalidURL, ValueError):
        joined = ""
    target = web_address(joined)
    if target is None:
        where = plain(head.get("location"))
        return _astray(head, f"redirects to {where}, which is no web page")
    if str(target) in visited:
        return _astray(head, "redirects in a circle")
    if len(visited) > longest:
        return _astray(head, f"redirects more than {longest} times")
    return target


def _astray(head: ResponseHead, problem: str) -> Verdict:
    reason = (
        f"{head.host} {problem}; look up the document's address and correct it in the declaration."
    )
    return Verdict(Outcome.REDIRECTED, reason)
