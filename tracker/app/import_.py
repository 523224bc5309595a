"""Imports of what others archived: repositories, the Internet Archive, WARC files, saved pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import chain
from pathlib import Path

from tracker._support.cache import DerivedCache
from tracker._support.containment import Failed
from tracker.app.app import App, watched
from tracker.app.ingest import (
    Found,
    Looking,
    Wanted,
    import_pages,
    import_records,
    is_within,
    look,
    owners,
)
from tracker.app.internet_archive import PublicArchive, import_captures
from tracker.app.network import asking, fetcher
from tracker.app.readings import remembered
from tracker.app.workers import Workers, lost_worker
from tracker.errors import ImportFailed, UsageError
from tracker.extractor import PageFacts, foreign_format, way_out
from tracker.fetcher import Limits
from tracker.importer import Record, Refusal, Undated, opened, saved_page, shown, warc_records
from tracker.importer.wayback import IndexEntry, collapsed
from tracker.model import Capture, Document, Source

#: A public archive is a library: we wait as long as it asks, within reason.
_PATIENT = Limits(total_seconds=900.0, attempts=6, longest_wait=300.0)


@dataclass(frozen=True, slots=True)
class Incoming:
    """Records on their way into the archive, for as long as the block of an import lasts.

    `items` yields a capture once it is on disk, None where it was there, a Refusal of what is not
    taken, and a sentence about what could not be fetched; `number` is how many to expect, where
    that is known. `refused` is known beforehand.
    """

    items: Iterator[Capture | Refusal | str | None]
    number: int | None = None
    refused: tuple[Refusal, ...] = ()


@contextmanager
def import_repository(
    app: App,
    repository: str,
    wanted: Wanted,
    others: Workers | None = None,
    received: Callable[[int], None] = lambda _size: None,
) -> Iterator[Incoming]:
    """Import an Open Terms Archive repository: a folder, a git bundle or a URL.

    `received` is told how many bytes have come; bodies are read by `others`, or else here. Raises
    ImportFailed where the repository has no such records.
    """
    workspace = app.workspace
    with opened(repository, partial(asking, app), received) as found:
        entries = [e for e in found.entries if wanted.includes(e)]
        refused = tuple(_undated(u) for u in found.undated if wanted.is_of(u))
        if not entries and not refused:
            services = ", ".join(sorted({e.service for e in found.entries})) or "none"
            raise ImportFailed(
                f"{shown(repository)} has no such records to import; the services in it are: "
                f"{services}."
            )
        # What others read is not at hand here, and is read again when it is asked for.
        path = workspace.cache if others is None else None
        with (
            workspace.open_archive(write=True) as archive,
            DerivedCache(path, write=True) as cache,
        ):
            brought = import_records(
                *(found, entries, wanted.edition, archive, workspace.declared.documents),
                *(_looking(others), app.now),
            )
            kept = remembered(brought, archive.readable, cache) if others is None else brought
            yield Incoming(kept, len(entries), refused)


def _undated(found: Undated) -> Refusal:
    name = f"Commit {found.commit} of {found.service} {found.type}"
    return Refusal(name, f"is dated {found.said}, which is no time that a page can be of")


@contextmanager
def import_wayback(
    app: App,
    document: Document,
    since: date | None = None,
    until: date | None = None,
    *,
    daily: bool = False,
    address: str = "",
    hosts: Sequence[str] = (),
) -> Iterator[Incoming]:
    """Import the Wayback Machine's captures of a declared document, or of its former `address`.

    Raises ImportFailed where it has none of these days, of any of its pages.
    """
    sources = (_page(document, address),) if address else document.sources
    with (
        app.workspace.open_archive(write=True) as archive,
        fetcher(app, hosts, _PATIENT) as patient,
    ):
        public = PublicArchive(patient, app.workspace.settings.wayback_url, app.now)
        found: list[tuple[Source, tuple[IndexEntry, ...]]] = []
        for source in sources:
            listed = tuple(public.index(source.url, since, until))
            marks = collapsed(listed, daily=daily)
            if not marks:
                raise ImportFailed(f"{public.base} has no capture of {source.url} in these days.")
            app.progress.say(f"{len(listed)} captures of {source.url}, {len(marks)} to import")
            found.append((source, marks))
        brought = (import_captures(m, document, s, public, archive) for s, m in found)
        yield Incoming(chain.from_iterable(brought), sum(len(marks) for _, marks in found))


@contextmanager
def import_warc(
    app: App,
    files: Iterable[Path],
    documents: Sequence[Document],
    since: date | None = None,
    until: date | None = None,
    others: Workers | None = None,
) -> Iterator[Incoming]:
    """Import pages of `documents` from WARC files; a file that cannot be read is refused."""

    def is_wanted(url: str) -> bool:
        return any(True for _ in owners(documents, url))

    within = (
        one
        for one in _records(files, is_wanted)
        if isinstance(one, Refusal) or is_within(one.time.date(), since, until)
    )
    with app.workspace.open_archive(write=True) as archive:
        yield Incoming(import_pages(within, documents, archive, _looking(others), app.now))


def _records(files: Iterable[Path], is_wanted: Callable[[str], bool]) -> Iterator[Record | Refusal]:
    """Read the records of all files; one that cannot be read keeps none of the others."""
    for file in files:
        try:
            yield from warc_records(file, is_wanted)
        except ImportFailed as error:
            yield Refusal("WARC file", str(error))


@contextmanager
def import_file(app: App, page: Path, document: str, time: datetime) -> Iterator[Incoming | None]:
    """Import a saved page of a declared document, named or known by the address in the page.

    Gives None where the declaration of the named document is refused, which is named. Raises
    UsageError where no single document is meant.
    """
    record = saved_page(page, time)
    if name := foreign_format(record.body):
        raise UsageError(f"{page}: {way_out(name)}")
    documents = declared(app, document)
    owning = [d for d, _ in owners(documents, record.url or "")]
    if document and not documents:
        yield None
        return
    if document and not owning:
        record, owning = replace(record, url=_page(documents[0], "").url), documents
    if len(owning) != 1:
        raise UsageError(f"{page} does not say which declared document it is; name it.")
    with app.workspace.open_archive(write=True) as archive:
        yield Incoming(import_pages([record], owning, archive, None, app.now))


def declared(app: App, document: str) -> list[Document]:
    """Return the declared document of this name, or all of them without a name."""
    return watched(app, [document]) if document else list(app.workspace.declared.documents)


def _page(document: Document, address: str) -> Source:
    """Return the one page a document is read from, or the `address` where it stood before."""
    if len(document.sources) != 1:
        raise UsageError(
            f"{document.id} is made of {len(document.sources)} pages: which of them is meant "
            "cannot be said; declare it as a document of its own and import that."
        )
    (source,) = document.sources
    return Source(address, source.select, source.remove) if address else source


def _looking(others: Workers | None) -> Looking | None:
    """Let bodies be read by others where there are any; only this process appends."""
    if others is None:
        return None

    def looking(
        found: Iterable[Found], is_there: Callable[[Found], bool]
    ) -> Iterator[tuple[Found, PageFacts | Failed | None]]:
        def work(one: Found) -> tuple[str, bytes, str, Source | None] | None:
            page = one.record.body, one.record.media, one.source
            return None if is_there(one) else (one.document.id, *page)

        return others.each(look, found, work, lambda one: lost_worker(one.document.id))

    return looking
