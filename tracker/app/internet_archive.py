"""A public archive's captures of a page: all of them, or the newest in place of a live one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from urllib.parse import urlsplit

from tracker._support.containment import Failed, tried
from tracker.app.ingest import Found, Keeper, unjudged
from tracker.archive.store import Archive
from tracker.errors import ImportFailed
from tracker.fetcher import Fetcher, is_loopback
from tracker.importer import Refusal, doubt, wayback
from tracker.importer.wayback import IndexEntry
from tracker.model import Answer, Capture, Document, Outcome, Source

#: What says that the archive wants no more of us now, rather than something about one capture.
_NOT_NOW = {Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.CHALLENGE}
_MOST_FAILURES = 3  # in a row: then it is the archive, not the captures
_MOST_PAGES = 1000
#: Bytes of one page of the index, of which a thousand lines are asked for, and of all of them.
_LONGEST_PAGE, _LONGEST_INDEX = 2 * 2**20, 32 * 2**20


@dataclass(frozen=True, slots=True)
class PublicArchive:
    """An archive at `base`, asked through `fetcher` at the time `now`."""

    fetcher: Fetcher
    base: str
    now: datetime

    def index(self, page: str, since: date | None, until: date | None) -> Iterator[IndexEntry]:
        """Yield every capture of a page between two days. Raises ImportFailed without an index."""
        key, size = "", 0
        for _ in range(_MOST_PAGES):
            address = wayback.index_address(self.base, page, since, until, key)
            marks, following, length = self._lines(address)
            size += length
            if size > _LONGEST_INDEX:
                raise ImportFailed(
                    f"The archive lists more captures of {page} than fit in memory; "
                    "ask for fewer days with --since and --until."
                )
            yield from marks
            if not following or following == key:
                return
            key = following

    def newest(self, page: str, until: date | None = None) -> IndexEntry | None:
        """Return the newest capture of a page up to a day, or None where there is none."""
        marks, _, _ = self._lines(wayback.newest_address(self.base, page, until))
        return max(marks, key=lambda m: m.stamp, default=None)

    def _lines(self, address: str) -> tuple[tuple[IndexEntry, ...], str, int]:
        """Return the captures on a page of the index, the key of the next page, and its size."""
        answer = self.fetcher.ask(address, now=self.now)
        if answer.outcome is Outcome.EMPTY:
            return (), "", 0
        if answer.outcome is not Outcome.GOOD:
            raise ImportFailed(f"The archive's index could not be had: {answer.reason}")
        if len(answer.body) > _LONGEST_PAGE:
            raise ImportFailed("The archive's index sent far more lines than were asked for.")
        return *wayback.parse_index(answer.body), len(answer.body)

    def replay(self, mark: IndexEntry) -> Answer:
        """Fetch a capture as the archive shows it; missing where it shows another."""
        return self.fetcher.fetch(Source(wayback.replay_address(self.base, mark)), now=self.now)


def import_captures(
    marks: Sequence[IndexEntry],
    document: Document,
    source: Source,
    public: PublicArchive,
    archive: Archive,
) -> Iterator[Capture | Refusal | str | None]:
    """Import the captures `marks` of one page of `document`, in their order.

    Yields each capture once it is on disk, None where it was there, or why it did not come;
    one that cannot have been seen by now is refused.
    Raises ImportFailed where the archive gives nothing any more; what came before is kept, and
    the same call goes on from there.
    """
    keeper, failures = Keeper(archive), 0
    known = {c.archive_url for c in archive.captures(document.id)}
    for mark in marks:
        if wayback.copy_address(public.base, mark) in known:
            yield None
            continue
        if refusal := _refusal(mark, public):
            yield refusal
            continue
        found = _brought(mark, document, source, public, keeper)
        failures = failures + 1 if isinstance(found, str) else 0
        if failures >= _MOST_FAILURES:
            raise ImportFailed(f"The archive answers no more: {found}")
        yield found


def _refusal(mark: IndexEntry, public: PublicArchive) -> Refusal | None:
    reason = doubt(mark.time, public.now)
    return Refusal(wayback.copy_address(public.base, mark), reason) if reason else None


def _brought(
    mark: IndexEntry, document: Document, source: Source, public: PublicArchive, keeper: Keeper
) -> Capture | Refusal | str | None:
    answer = public.replay(mark)
    if answer.outcome in _NOT_NOW:
        raise ImportFailed(f"The archive answers no more: {answer.reason}")
    if answer.outcome is not Outcome.GOOD:
        return f"{mark.time:%Y-%m-%d %H:%M}: {answer.reason}"
    if not wayback.is_replay_of(mark, answer.final_url):
        return f"{mark.time:%Y-%m-%d %H:%M}: the archive shows another capture in its place."
    record = wayback.replayed(public.base, mark, answer.headers, answer.body)
    kept = tried(document.id, partial(keeper.keep, Found(document, source, record)))
    return unjudged(record, kept) if isinstance(kept, Failed) else kept


def stand_in(
    document: Document, source: Source, public: PublicArchive, archive: Archive
) -> tuple[Capture | Refusal, ...]:
    """Record the newest public capture of a page that was refused to us, and return it.

    Nothing where the archive has none, cannot be asked, or shows nothing newer than we saw. One
    that cannot have been seen by now is refused, for it would hide for good that the page is not
    read; then the newest one up to today takes its place.
    """
    if is_loopback(_host(source.url)) and not is_loopback(_host(public.base)):
        return ()  # a page of this machine is in no public archive
    refused: tuple[Refusal, ...] = ()
    try:
        mark = public.newest(source.url)
        if mark and (refusal := _refusal(mark, public)):
            refused = (refusal,)
            mark = public.newest(source.url, public.now.date())
        if mark is None or _refusal(mark, public) or not _is_news(mark, document, public, archive):
            return refused
        found = _brought(mark, document, source, public, Keeper(archive))
    except ImportFailed:
        return refused
    return (*refused, found) if isinstance(found, Capture | Refusal) else refused


def _is_news(mark: IndexEntry, document: Document, public: PublicArchive, archive: Archive) -> bool:
    captures = archive.captures(document.id)
    good = [c.time for c in captures if c.outcome is Outcome.GOOD]
    copies = {c.archive_url for c in captures}
    return wayback.copy_address(public.base, mark) not in copies and mark.time > max(
        good, default=datetime.min.replace(tzinfo=mark.time.tzinfo)
    )


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
