"""Checks of a response's head. Pure; every reason is one sentence with a way out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from tracker.model import Outcome

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFUSALS = {
    401: "it wants a login",
    403: "forbidden",
    429: "too many requests",
    451: "withheld for legal reasons",
    999: "no standard code, used to turn automated readers away",
}
_ARCHIVE = (
    "a public archive may have it: `tracker import versions REPOSITORY` or "
    "`tracker import wayback DOCUMENT`"
)
_NEXT_RUN = "the next run tries again"

# Names under which sites keep sign-up walls and checks; they must be whole path segments.
_WALLS = frozenset("authwall checkpoint log-in login sign-in sign-up signin signup uas".split())
#: What is read besides `text/`; of what has no type of its own the first bytes decide.
_READ = frozenset(
    {
        *("", "application/xhtml+xml", "application/pdf", "application/x-pdf"),
        *("application/octet-stream", "binary/octet-stream"),
        *("multipart/related", "message/rfc822", "application/x-mimearchive"),
    }
)
_PRIVATE = re.compile(r"authori[sz]ation|authenticat|cookie|token|secret|session|api-?key")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a visit, the reason, and whether asking again at once may help."""

    outcome: Outcome
    reason: str
    again: bool = False


class Stopped(Exception):
    """Error that ends an exchange early; never leaves this package."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """A response without its body. `status` is None if none came; names are in lower case."""

    url: str
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        """Return all values of a header, joined after RFC 9110 section 5.3; empty if absent."""
        return ", ".join(value for key, value in self.headers if key == name)

    @property
    def host(self) -> str:
        return host_of(self.url)


GOOD = Verdict(Outcome.GOOD, "")


def host_of(url: str) -> str:
    """Return the host and port of a URL as people write it, safe to show."""
    return plain(urlsplit(url).netloc.rpartition("@")[2]) or "the address"


def plain(foreign: str, longest: int = 100) -> str:
    """Make a server's words safe for a sentence: printable ASCII, not too long."""
    words = re.sub(r"[^\x20-\x7e]+", "?", foreign)
    return words if len(words) <= longest else words[:longest] + "…"


def public_headers(headers: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the headers worth keeping as evidence: no cookies, nothing like a credential."""
    lowered = ((name.lower(), value) for name, value in headers)
    return tuple((name, value) for name, value in lowered if not _PRIVATE.search(name))


def judge_page(head: ResponseHead, asked: str, conditional: bool) -> Verdict | None:
    """Judge the head of a response to `asked`; None if the body is worth reading.

    `conditional` tells whether validators were sent; only then may a 304 be believed.
    """
    if head.get("cf-mitigated").strip().lower() == "challenge":
        reason = f"{head.host} wants a challenge solved before it shows the page; {_ARCHIVE}."
        return Verdict(Outcome.CHALLENGE, reason)
    if head.status == 304 and conditional:
        return GOOD
    if head.status != 200:
        return judge_status(head)
    return judge_place(head, asked) or judge_media(head)


def judge_data(head: ResponseHead) -> Verdict | None:
    """Judge a response of any media type; None if the body is worth reading."""
    return None if head.status == 200 else judge_status(head)


def judge_reply(head: ResponseHead) -> Verdict | None:
    """Judge a response to a POST, of any media type; None if the body is worth reading."""
    if head.status in (200, 202, 204):
        return None
    again = head.status == 429 or 500 <= (head.status or 0) < 600
    reason = f"{head.host} answered {head.status} to what was asked; {_NEXT_RUN}."
    return Verdict(Outcome.SERVER_ERROR, reason, again)


def judge_status(head: ResponseHead) -> Verdict:
    """Judge any status but 200 (RFC 9110 section 15, and 999, which is in no standard)."""
    said = f"{head.host} answered {head.status}"
    if (why := _REFUSALS.get(head.status or 0)) is not None:
        reason = f"{said} ({why}); {_ARCHIVE}."
        return Verdict(Outcome.REFUSED, reason, again=head.status == 429)
    if head.status in (404, 410):
        reason = f"{said}: no such page; if it moved, correct its address in the declaration."
        return Verdict(Outcome.MISSING, reason)
    if head.status == 304:
        reason = f"{said} (not modified) although nothing was known before; {_NEXT_RUN}."
        return Verdict(Outcome.SERVER_ERROR, reason)
    fault = 500 <= (head.status or 0) < 600
    reason = f"{said}, {'a fault on its side' if fault else 'which is not the page'}; {_NEXT_RUN}."
    return Verdict(Outcome.SERVER_ERROR, reason, again=fault)


def judge_place(head: ResponseHead, asked: str) -> Verdict | None:
    """Judge the address where redirects ended; None if the document can be there."""
    there, wanted = _segments(head.url), _segments(asked)
    if any(name in _WALLS and name not in wanted for name in there):
        where = plain(urlsplit(head.url).path)
        reason = f"{head.host} led to its sign-up wall ({where}) instead of the page; {_ARCHIVE}."
        return Verdict(Outcome.WALL, reason)
    if wanted and not there:
        reason = (
            f"{head.host} led to its front page instead of the document; "
            "look up the document's address and correct it in the declaration."
        )
        return Verdict(Outcome.REDIRECTED, reason)
    return None


def judge_media(head: ResponseHead) -> Verdict | None:
    """Judge the media type; None if we read it: HTML, any text, PDF, MHTML, or none given."""
    media = re.split("[;,]", head.get("content-type"))[0].strip().lower()
    if media in _READ or media.startswith("text/") or "markdown" in media:
        return None
    reason = (
        f"{head.host} sent {plain(media)}, which is neither HTML nor text nor PDF; "
        "declare a page that shows the document as text."
    )
    return Verdict(Outcome.NOT_TEXT, reason)


def _segments(url: str) -> list[str]:
    """Return the segments of a path, in lower case, without `.php` and the like."""
    path = urlsplit(url).path.lower()
    return [part.partition(".")[0] for part in path.split("/") if part]
