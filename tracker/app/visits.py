"""Visits: what the site itself serves, recorded page by page, unless manners forbid to ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, zip_longest
from urllib.parse import urlsplit

from tracker._support.containment import unexpected
from tracker.app.catching_up import ArchiveRun, Caught
from tracker.app.outcomes import FACTS, classified
from tracker.archive.store import Archive
from tracker.config.sources import INTERNET_ARCHIVE, KINDS, PAGE
from tracker.errors import ArchiveError, TrackerError
from tracker.extractor import Classification
from tracker.fetcher import Fetcher, browser
from tracker.importer import Refusal
from tracker.model import (
    CLOSED,
    LIVE,
    PREVIEW,
    Answer,
    Capture,
    Document,
    Outcome,
    Source,
    Standing,
    digest,
)
from tracker.policy import APART

#: Manners: two visits a day, well apart, and none for a day where we were turned away. A timer
#: with a random delay calls a little early at times: that is the same hour of the next day.
_VISITS = 2
_DAY = timedelta(hours=23, minutes=15)
_TURNED_AWAY = {Outcome.REFUSED, Outcome.WALL, Outcome.CHALLENGE}


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of a document in one run, source by source.

    `captures` are those of its own pages, `skipped` says why they were not asked for, else empty
    (then `captures` are those of the last time). `caught` is what the Internet Archive had of the
    page and of its preview, where it was asked; `standing` is how the document stands then.
    """

    document: Document
    captures: tuple[Capture, ...]
    skipped: str
    caught: tuple[Caught, ...] = ()
    standing: Standing | None = None

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """The records that cannot be true."""
        return tuple(refusal for one in self.caught for refusal in one.refused)

    @property
    def failed(self) -> bool:
        """Return whether the text is not as fresh as it should be.

        Where that is not known yet: whether its own pages were not read, now or (if skipped) the
        last time. That there is no preview is the normal state.
        """
        if self.standing:
            return self.standing.is_alarming
        return not self.is_read

    @property
    def is_read(self) -> bool:
        """Return whether its own pages were read, now or (if skipped) the last time."""
        return bool(self.captures) and not any(
            c.outcome is not Outcome.GOOD for c in self.captures if not c.is_preview
        )


def visit(
    document: Document,
    fetcher: Fetcher,
    archive: Archive,
    now: datetime,
    *,
    force: bool,
    public: ArchiveRun | None = None,
    ranks: Sequence[str] = KINDS,
) -> Visit:
    """Ask the sources of `document` by rank, each as its manners permit (or `force`), and record.

    What comes of each page is one transaction, and on disk when this returns or raises. The
    `public` archive is asked where the pages themselves did not give the text.
    """
    visited = Visit(document, (), "")
    for kind in ranks:
        if kind == PAGE and not _has_come(visited.caught):
            with archive.together():
                asked = _visit_pages(document, fetcher, archive, now, force=force)
            visited = replace(asked, caught=visited.caught)
        if kind == INTERNET_ARCHIVE and public and not visited.is_read:
            with archive.together():
                visited = replace(visited, caught=tuple(_caught(document, public)))
    return visited


def _has_come(caught: Sequence[Caught]) -> bool:
    return any(c.outcome is Outcome.GOOD for one in caught for c in one.captures)


def _caught(document: Document, public: ArchiveRun) -> Iterator[Caught]:
    """Catch up with what the archive has of a document's pages, and of its preview."""
    for source in document.sources:
        if found := public.catch_up(document, source):
            yield found
    if document.preview and (shown := public.catch_up(document, document.preview, is_preview=True)):
        yield shown


def _visit_pages(
    document: Document, fetcher: Fetcher, archive: Archive, now: datetime, *, force: bool
) -> Visit:
    """Fetch, judge and record every page of `document`, unless manners forbid (or `force`)."""
    earlier = {s.key: archive.earlier(document.id, s, now) for s in document.sources}
    looks = sorted(
        (c for rows in earlier.values() for c in _lately(rows, now)), key=lambda c: c.time
    )
    reason = "" if force else reason_to_skip(looks, now)
    if reason:
        last = tuple(c for c in looks if c.time == looks[-1].time)
        return Visit(document, last, reason)
    archive.introduce(document)
    captures = tuple(
        _visit_page(document, source, earlier[source.key], fetcher, archive, now)
        for source in document.sources
    )
    if document.preview and captures[0].outcome is Outcome.GOOD:
        shown = archive.earlier(document.id, document.preview, now)
        captures += (_visit_page(document, document.preview, shown, fetcher, archive, now),)
    return Visit(document, captures, "")


def _lately(captures: Sequence[Capture], now: datetime) -> Iterator[Capture]:
    """Yield a page's live captures of the last day, and the last one whenever it was."""
    live = (c for c in reversed(captures) if c.via == LIVE)
    for place, capture in enumerate(live):
        if place and now - capture.time >= _DAY:
            return
        yield capture


def interleaved(documents: Sequence[Document]) -> list[Document]:
    """Order documents with those of one host far apart: each host once, then each again.

    A host is left alone for a while after every request; meanwhile others are asked.
    """
    hosts: dict[str, list[Document]] = {}
    for document in documents:
        hosts.setdefault(urlsplit(document.sources[0].url).netloc, []).append(document)
    rounds = zip_longest(*hosts.values())
    return [document for each in rounds for document in each if document is not None]


def with_preview(document: Document, previews: Mapping[str, str]) -> Document:
    """Return the document with its preview page (read as the document is) where one is set.

    Only on a host of the document's own: a setting that was left behind must not send a visit
    to somebody else.
    """
    first, url = document.sources[0], previews.get(document.id, "")
    if not url or urlsplit(url).netloc != urlsplit(first.url).netloc:
        return document
    return replace(document, preview=Source(url, first.select, first.remove, first.scripts))


def reason_to_skip(looks: Sequence[Capture], now: datetime) -> str:
    """Say why manners forbid another visit now; empty when they do not.

    `looks` are the live captures of a document up to `now`, oldest first.
    """
    times = [time for time, _ in groupby(c.time for c in looks)]
    if not times:
        return ""
    last, since = [c for c in looks if c.time == times[-1]], now - times[-1]
    if since < _DAY and any(c.outcome in _TURNED_AWAY for c in last):
        return f"turned away at {times[-1]:%Y-%m-%d %H:%M} UTC, asked again after a day"
    if since < APART and all(c.outcome is Outcome.GOOD for c in last):
        return f"visited at {times[-1]:%Y-%m-%d %H:%M} UTC, twice a day is enough"
    if sum(now - time < _DAY for time in times) >= _VISITS:
        return f"visited {_VISITS} times within a day"
    return ""


def _visit_page(
    document: Document,
    source: Source,
    earlier: Sequence[Capture],
    fetcher: Fetcher,
    archive: Archive,
    now: datetime,
) -> Capture:
    live = (c for c in reversed(earlier) if c.via in {LIVE, PREVIEW})
    last = next((c for c in live if c.outcome is Outcome.GOOD), None)
    known = dict(last.headers) if last else {}
    answer = fetcher.fetch(
        source, now=now, etag=known.get("etag"), modified=known.get("last-modified")
    )
    if answer.status == 304 and answer.outcome is Outcome.GOOD and last:
        capture, body = _unchanged(document, answer, last), None
    else:
        capture, body = _answered(document, answer, earlier, archive), answer.body or None
    if source == document.preview:
        capture = replace(capture, via=PREVIEW)
    capture = _with_robots(capture, fetcher, archive, now)
    archive.add(capture, body)
    return capture


def _with_robots(capture: Capture, fetcher: Fetcher, archive: Archive, now: datetime) -> Capture:
    """Record what robots.txt said; a page that was read regardless says so for good."""
    url = capture.asked_url or ""
    said = fetcher.robots(url, now=now)
    archive.note_robots(urlsplit(url).netloc, now, allowed=said.allowed, reason=said.reason)
    if said.allowed:
        return capture
    if capture.outcome is not Outcome.GOOD:
        is_closed = said.status == 200 and capture.status is None
        closed = ((CLOSED, urlsplit(url).netloc),) if is_closed else ()
        return replace(capture, facts=tuple(sorted({*capture.facts, *closed})))
    note = f"Read although {urlsplit(url).netloc}/robots.txt closes it, as settings.toml says."
    return replace(capture, reason=note)


def _unchanged(document: Document, answer: Answer, last: Capture) -> Capture:
    """Record that a page is as it was, by its own word; the full answer's validators stay known."""
    found = Classification(Outcome.GOOD, "", last.text, last.length, last.language)
    headers = tuple(sorted((dict(last.headers) | dict(answer.headers)).items()))
    return replace(
        _live(document, answer, found), headers=headers, body=last.body, media=last.media
    )


def _answered(
    document: Document, answer: Answer, earlier: Sequence[Capture], archive: Archive
) -> Capture:
    if answer.outcome is not Outcome.GOOD:
        return _live(document, answer, Classification(answer.outcome, answer.reason, None, 0, None))
    time = answer.requested_at
    try:
        page = answer.source
        found = classified(
            archive, answer.body, _media(answer), page, earlier, time, None, document
        )
    except ArchiveError:
        raise
    except TrackerError as error:
        found = Classification(Outcome.NOT_TEXT, str(error), None, 0, None)
    except Exception as error:  # noqa: BLE001 (what was served is recorded whatever it does to us)
        reason = f"It could not be read: {unexpected(error)}."
        found = Classification(Outcome.NOT_TEXT, reason, None, 0, None)
    if found.outcome is not Outcome.GOOD and answer.source.scripts and not browser.is_installed():
        found = replace(found, reason=f"{found.reason} {_NO_BROWSER}")
    return _live(document, answer, found)


_NO_BROWSER = (
    "Its declaration asks for a browser (executeClientScripts): "
    f"`pip install '{browser.EXTRA}'` allows one."
)


def _media(answer: Answer) -> str:
    return dict(answer.headers).get("content-type", "text/html")


def _live(document: Document, answer: Answer, found: Classification) -> Capture:
    return Capture(
        document=document.id,
        source=answer.source,
        asked_url=answer.source.url,
        final_url=answer.final_url,
        time=answer.requested_at,
        status=answer.status,
        headers=answer.headers,
        outcome=found.outcome,
        reason=found.reason,
        body=digest(answer.body) if answer.body else None,
        text=found.text,
        length=found.length,
        language=found.language,
        media=_media(answer),
        via=LIVE,
        archive_url=None,
        facts=tuple(sorted({*FACTS, *answer.facts})),
    )
