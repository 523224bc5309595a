"""Rules of robots.txt (RFC 9309), from the response to it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from protego import Protego

from tracker.fetcher.politeness import TOKEN
from tracker.fetcher.response_check import GOOD, ResponseHead, Verdict, host_of
from tracker.model import Outcome

LONGEST = 512 * 1024  # bytes; RFC 9309 section 2.5 asks for at least 500 KiB
_NOTE = '`robots = "note"` in data/settings.toml'
_WAYS_ON = (
    f"to read it all the same, set {_NOTE}, "
    "or import what a public archive holds of it: `tracker import versions REPOSITORY`"
)


@dataclass(frozen=True, slots=True)
class RobotsVerdict:
    """The permission to read a page, in a sentence, with its grounds.

    `outcome` is that of a visit which obeys it: good, refused, or the outcome of robots.txt itself.
    `status` is that of the response to robots.txt, None without one; `text` is the file as read;
    `crawl_delay` is in seconds, None if the file asks for none.
    """

    allowed: bool
    reason: str
    outcome: Outcome
    status: int | None = None
    text: str = ""
    crawl_delay: float | None = None


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """The response to the request for one host's robots.txt."""

    host: str
    status: int | None
    verdict: Verdict
    text: str


def address_of(url: str) -> str:
    """Return the address of the robots.txt for a page."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def robots_file(url: str, head: ResponseHead, verdict: Verdict, body: bytes) -> RobotsFile:
    """Return the file for the host of `url`, from the answer to its address."""
    return RobotsFile(host_of(url), head.status, verdict, body.decode("utf-8-sig", "replace"))


def permission(file: RobotsFile, url: str) -> RobotsVerdict:
    """Return the permission of the file for `url` and our token.

    A missing file (4xx, or lost in redirects) closes nothing; an unavailable one (5xx, 999, no
    answer) closes everything (RFC 9309 section 2.3.1).
    """
    if file.verdict == GOOD:
        return _by_rules(file, url)
    if file.verdict.outcome is Outcome.REDIRECTED or 400 <= (file.status or 0) < 500:
        reason = f"{file.host} has no robots.txt, so nothing is closed."
        return RobotsVerdict(True, reason, Outcome.GOOD, file.status)
    if file.status not in (None, 200):
        reason = (
            f"{file.host}/robots.txt answered {file.status}, which counts as a no (RFC 9309), so "
            f"the page was not asked for; the next run tries again; {_WAYS_ON}."
        )
        return RobotsVerdict(False, reason, Outcome.REFUSED, file.status)
    if file.status is None and file.verdict.outcome is Outcome.UNREACHABLE:
        return RobotsVerdict(False, file.verdict.reason, file.verdict.outcome)
    reason = (
        f"{file.verdict.reason.removesuffix('.')}; that was robots.txt, which has to be read "
        f"before a page (RFC 9309) unless you set {_NOTE}."
    )
    return RobotsVerdict(False, reason, file.verdict.outcome, file.status)


@lru_cache(maxsize=16)  # asked for each page, and each step that leads to one
def _rules(text: str) -> Protego:
    return Protego.parse(text)


def _by_rules(file: RobotsFile, url: str) -> RobotsVerdict:
    rules = _rules(file.text)
    crawl_delay = rules.crawl_delay(TOKEN)
    if rules.can_fetch(url, TOKEN):
        reason = f"{file.host}/robots.txt allows this page."
        return RobotsVerdict(True, reason, Outcome.GOOD, file.status, file.text, crawl_delay)
    reason = f"{file.host}/robots.txt closes this page to us, so it was not asked for; {_WAYS_ON}."
    return RobotsVerdict(False, reason, Outcome.REFUSED, file.status, file.text, crawl_delay)
