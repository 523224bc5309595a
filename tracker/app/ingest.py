"""Foreign records, judged as an answer of the day would have been, and appended.

What is there already is passed over, so an import that was stopped is simply run again.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from tracker._support.containment import Failed, tried
from tracker.app.outcomes import FACTS, classified
from tracker.archive.store import Archive
from tracker.config.declarations import document_id
from tracker.errors import ImportFailed
from tracker.extractor import Classification, PageFacts, examine
from tracker.fetcher import public_headers
from tracker.importer import Record, Refusal, doubt, same_page
from tracker.model import Capture, Document, Outcome, Source, digest, service_of

if TYPE_CHECKING:
    from tracker.importer import Entry, Repository, Undated


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records of a repository to import; empty `service` means all, dates are inclusive."""

    media: str | tuple[str, ...]
    service: str = ""
    edition: str = "global"
    since: date | None = None
    until: date | None = None

    def includes(self, entry: Entry) -> bool:
        return self.is_of(entry) and is_within(entry.time.date(), self.since, self.until)

    def is_of(self, entry: Entry | Undated) -> bool:
        """Return whether it is of this kind and service, whenever it was."""
        is_of_service = self.service.casefold() in {"", entry.service.casefold()}
        return is_of_service and entry.media.startswith(self.media)


def is_within(day: date, since: date | None, until: date | None) -> bool:
    """Return whether a day is in a span of days, both ends included; None is an open end."""
    return (since is None or since <= day) and (until is None or day <= until)


@dataclass(frozen=True, slots=True)
class Found:
    """A record, the document it is of, and how it is read."""

    document: Document
    source: Source | None
    record: Record


#: Looks at many bodies elsewhere: each record with the impression of it, or why there can be none,
#: in the order given; None where the predicate says that the record is there already.
Looking = Callable[
    [Iterable[Found], Callable[[Found], bool]], Iterator[tuple[Found, PageFacts | Failed | None]]
]


def look(work: tuple[str, bytes, str, Source | None] | None) -> PageFacts | Failed | None:
    """Examine a body in a worker process: the document, the body, its media type and its source."""
    if work is None:
        return None
    document, body, media, source = work
    return tried(document, partial(examine, body, media, source))


@dataclass(slots=True)
class Keeper:
    """Appends records to an archive, knowing what was captured of their pages before."""

    archive: Archive
    _known: dict[str, dict[str | None, list[Capture]]] = field(default_factory=dict)
    _copies: dict[str, set[str]] = field(default_factory=dict)

    def has(self, found: Found) -> bool:
        """Return whether this very record is there already."""
        record = found.record
        return self.archive.has(found.document.id, record.time, digest(record.body))

    def keep(self, found: Found, seen: PageFacts | None = None) -> Capture | None:
        """Judge and append one record; on return it is on disk. None where it was there.

        `seen` is the impression of its body, where somebody looked at it already.
        """
        if self.has(found):
            return None
        document, record = found.document, found.record
        capture = self._judged(document, found.source, record, seen)
        self.archive.introduce(document)
        self.archive.add(capture, record.body)
        pages = self.pages(document.id)
        # What it was served with judges nothing, and would fill the memory.
        insort(pages.setdefault(capture.page_key, []), replace(capture, headers=()), key=_time)
        return capture

    def pages(self, document: str) -> dict[str | None, list[Capture]]:
        """Return the known captures of each page of a document, oldest first."""
        if document not in self._known:
            pages: dict[str | None, list[Capture]] = {}
            every = self.archive.captures(document)
            self._copies[document] = {c.archive_url for c in every if c.archive_url}
            for capture in sorted(self.archive.verdicts.applied(every), key=_time):
                pages.setdefault(capture.page_key, []).append(capture)
            self._known[document] = pages
        return self._known[document]

    def copies(self, document: str) -> set[str]:
        """Return where public copies of its captures are, also of those that were revoked."""
        self.pages(document)
        return self._copies[document]

    def _judged(
        self, document: Document, source: Source | None, record: Record, seen: PageFacts | None
    ) -> Capture:
        """Judge by the declared selectors, or by structure where they match nothing of then."""
        found = self._judge(document, source, record, seen)
        selected = found.outcome is not Outcome.SELECTOR
        if not selected and source and self._is_new(document.id, source, record):
            plain = Source(source.url)
            by_structure = self._judge(document, plain, record)
            if by_structure.outcome is Outcome.GOOD:
                return _capture(
                    document.id, plain, record, replace(by_structure, reason=_BY_STRUCTURE)
                )
        return _capture(document.id, source, record, found)

    def _is_new(self, document: str, source: Source, record: Record) -> bool:
        """Return whether the selectors never matched before; if they did, this page is another."""
        known = self.pages(document).get(source.key, [])
        return not any(c.outcome is Outcome.GOOD and c.time <= record.time for c in known)

    def _judge(
        self,
        document: Document,
        source: Source | None,
        record: Record,
        seen: PageFacts | None = None,
    ) -> Classification:
        known = self.pages(document.id).get(source.key if source else None, [])
        past = known[: bisect_right(known, record.time, key=_time)]
        body, media = record.body, record.media
        return classified(self.archive, body, media, source, past, record.time, seen, document)


_BY_STRUCTURE = (
    "The declared selectors match nothing on this page of an older layout; it was read by its "
    "structure."
)


def _time(capture: Capture) -> datetime:
    return capture.time


def _capture(
    document: str, source: Source | None, record: Record, found: Classification
) -> Capture:
    return Capture(
        document=document,
        source=source,
        asked_url=record.url,
        final_url=None,
        time=record.time,
        status=record.status,
        headers=public_headers(list(record.headers)),
        outcome=found.outcome,
        reason=found.reason,
        body=digest(record.body),
        text=found.text,
        length=found.length,
        language=found.language,
        media=record.media,
        via=record.via,
        archive_url=record.archive_url,
        facts=tuple(sorted({*FACTS, *record.facts})),
    )


_LAST = datetime.max.replace(tzinfo=UTC)


def import_records(
    repository: Repository,
    entries: Sequence[Entry],
    edition: str,
    archive: Archive,
    declared: Sequence[Document] = (),
    looking: Looking | None = None,
    now: datetime = _LAST,
) -> Iterator[Capture | Refusal | None]:
    """Import `entries`, oldest first; yields each capture once it is on disk, None if it was there.

    A page is read as it is `declared`, where its address is. What is larger than a page, cannot
    have been seen by `now`, or whose service or type cannot be made a document's name, is refused
    at the end, and all else goes on.
    """
    refused: list[Refusal] = []
    unnamed: dict[tuple[str, str], Refusal] = {}

    def found() -> Iterator[Found]:
        for entry in _as_declared(entries, edition, declared):
            try:
                name = document_id(entry.service, entry.type, edition)
                body = body_of(repository, entry, now)
            except ValueError as error:
                what = entry.service, entry.type
                unnamed[what] = Refusal(" ".join(what), f"cannot be a document: {error}")
            except Unfit as error:
                refused.append(
                    Refusal(f"Commit {entry.commit} of {entry.service} {entry.type}", str(error))
                )
            else:
                document = Document(name, entry.service, entry.type, edition, ())
                yield Found(document, _source(entry, document, declared), _of_entry(entry, body))

    yield from kept(found(), archive, looking)
    yield from refused
    yield from unnamed.values()


class Unfit(Exception):
    """A record is not taken; the text says why."""


def body_of(repository: Repository, entry: Entry, now: datetime) -> bytes:
    """Return the bytes of an entry. Raises Unfit where it is not taken."""
    if reason := doubt(entry.time, now):
        raise Unfit(reason)
    try:
        return repository.body(entry)
    except ImportFailed as error:
        raise Unfit(f"is not read: {str(error).rstrip('.')}") from error


def _as_declared(
    entries: Sequence[Entry], edition: str, declared: Sequence[Document]
) -> Iterator[Entry]:
    """Yield the entries; of a text's pages at one time only those declared, where all are there.

    A page that is no longer part of a text stays in its repository as it last was.
    """
    for _, look in groupby(entries, key=lambda e: (e.commit, e.service, e.type, e.media)):
        pages = tuple(look)
        if len(pages) > 1:
            pages = _declared_pages(pages, edition, declared)
        yield from pages


def _declared_pages(
    pages: tuple[Entry, ...], edition: str, declared: Sequence[Document]
) -> tuple[Entry, ...]:
    is_of = (pages[0].service, pages[0].type, edition)
    for document in declared:
        if (document.service, document.type, document.edition) == is_of:
            kept = tuple(e for e in pages if any(owners([document], e.location or "")))
            return kept if kept and len(kept) >= len(document.sources) else pages
    return pages


def kept(
    found: Iterable[Found], archive: Archive, looking: Looking | None
) -> Iterator[Capture | Refusal | None]:
    """Keep what is found; a record that cannot be judged is refused by itself."""
    keeper = Keeper(archive)
    looked = ((one, None) for one in found) if looking is None else looking(found, keeper.has)
    for one, seen in looked:
        done = tried(one.document.id, partial(_keep, keeper, one, seen))
        yield unjudged(one.record, done) if isinstance(done, Failed) else done


def unjudged(record: Record, failed: Failed) -> Refusal:
    """Refuse a record by itself, over which the program failed."""
    return Refusal(
        f"{record.via}, of {record.time:%Y-%m-%d %H:%M:%S}",
        f"cannot be judged: {failed.reason.rstrip('.')}",
    )


def _keep(keeper: Keeper, found: Found, seen: PageFacts | Failed | None) -> Capture | Failed | None:
    return seen if isinstance(seen, Failed) else keeper.keep(found, seen)


def _source(entry: Entry, document: Document, declared: Sequence[Document]) -> Source | None:
    """Find how to read a page of an archive; a text has been read already."""
    if not entry.location or entry.media.startswith("text/markdown"):
        return Source(entry.location) if entry.location else None
    mine = [d for d in declared if _owner(d) == _owner(document)]
    found = (source for _, source in owners(mine, entry.location))
    return next(found, Source(entry.location))


def _owner(document: Document) -> tuple[str, str]:
    return service_of(document.id), document.edition


def _of_entry(entry: Entry, body: bytes) -> Record:
    via = f"Open Terms Archive, commit {entry.commit}"
    return Record(entry.location, entry.time, body, entry.media, via, archive_url=entry.archive_url)


def import_pages(
    records: Iterable[Record | Refusal],
    documents: Sequence[Document],
    archive: Archive,
    looking: Looking | None = None,
    now: datetime = _LAST,
) -> Iterator[Capture | Refusal | None]:
    """Import pages as they come to whichever of `documents` has their address.

    Yields each capture once it is on disk, None if it was there. Records that cannot have been
    seen by `now` are refused, as are those refused before, and all else goes on.
    """
    refused: list[Refusal] = []

    def found() -> Iterator[Found]:
        for record in records:
            if isinstance(record, Refusal):
                refused.append(record)
            elif reason := doubt(record.time, now):
                refused.append(Refusal(record.via, reason))
            else:
                for document, source in owners(documents, record.url or ""):
                    yield Found(document, source, record)

    for capture in kept(found(), archive, looking):
        while refused:
            yield refused.pop(0)
        yield capture
    yield from refused


def owners(documents: Iterable[Document], url: str) -> Iterator[tuple[Document, Source]]:
    """Yield the documents, with their source, that are read from the page at `url`."""
    for document in documents:
        for source in document.sources:
            if same_page(source.url, url):
                yield document, source
