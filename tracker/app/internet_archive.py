"""A public archive's captures of a page: their index, their replay, and the import of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from tracker._support.containment import Failed, tried
from tracker.app.ingest import Found, Keeper, unjudged
from tracker.app.looks import Facts
from tracker.archive.store import Archive
from tracker.errors import ImportFailed, without_advice
from tracker.fetcher import Fetcher
from tracker.importer import Refusal, doubt, wayback
from tracker.importer.wayback import IndexEntry
from tracker.model import Answer, Capture, Document, Outcome, Source

#: What says that the archive wants no more of us now, rather than something about one capture.
NOT_NOW = {Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.CHALLENGE}
_MOST_FAILURES = 3  # in a row: then it is the archive, not the captures
_MOST_PAGES = 1000
#: Statuses that nobody's archive gives of itself: the page answered so when it was captured.
_OF_CAPTURES = {401, 403, 404, 410, 451, 999}
#: Bytes of one page of the index, of which a thousand lines are asked for, and of all of them.
_LONGEST_PAGE, _LONGEST_INDEX = 2 * 2**20, 32 * 2**20


class NoAnswer(ImportFailed):
    """Error that says the archive wants no more of us now, by its `outcome` and `reason`."""

    def __init__(self, answer: Answer, what: str = "The archive answers no more") -> None:
        super().__init__(f"{what}: {answer.reason}")
        self.outcome = answer.outcome
        self.reason = without_advice(answer.reason)


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

    def newest(self, page: str, until: date) -> tuple[IndexEntry, ...]:
        """Return the newest capture of a page up to a day, if there is one."""
        return self._lines(wayback.newest_address(self.base, page, until))[0]

    def _lines(self, address: str) -> tuple[tuple[IndexEntry, ...], str, int]:
        """Return the captures on a page of the index, the key of the next page, and its size."""
        answer = self.fetcher.ask(address, now=self.now)
        if answer.outcome is Outcome.EMPTY:
            return (), "", 0
        if answer.outcome is not Outcome.GOOD:
            raise NoAnswer(answer, "The archive's index could not be read")
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
    known = keeper.copies(document.id)
    for mark in marks:
        if wayback.copy_address(public.base, mark) in known:
            yield None
            continue
        if refusal := refusal_of(mark, public):
            yield refusal
            continue
        answer = public.replay(mark)
        lost = lost_of(mark, answer)
        if lost is None and answer.outcome in NOT_NOW:
            raise NoAnswer(answer)
        is_failure = lost is None and answer.outcome is not Outcome.GOOD
        failures = failures + 1 if is_failure else 0
        if failures >= _MOST_FAILURES:
            raise NoAnswer(answer)
        yield (
            f"{mark.time:%Y-%m-%d %H:%M}: {lost[1] if lost else answer.reason}"
            if lost or is_failure
            else keep(mark, answer, document, source, public, keeper)
        )


def refusal_of(mark: IndexEntry, public: PublicArchive) -> Refusal | None:
    reason = doubt(mark.time, public.now)
    return Refusal(wayback.copy_address(public.base, mark), reason) if reason else None


def keep(
    mark: IndexEntry,
    answer: Answer,
    document: Document,
    source: Source,
    public: PublicArchive,
    keeper: Keeper,
    facts: Facts = (),
) -> Capture | Refusal | None:
    """Judge a replay and append it; None where it was there, or why it cannot be judged."""
    record = wayback.replayed(public.base, mark, answer.headers, answer.body)
    found = Found(document, source, replace(record, facts=facts))
    kept = tried(document.id, partial(keeper.keep, found))
    return unjudged(record, kept) if isinstance(kept, Failed) else kept


def lost_of(mark: IndexEntry, answer: Answer) -> tuple[Outcome, str] | None:
    """Say why a capture shows nothing that ever will be seen; None where it is not the capture's.

    A replay carries the status that the page answered with, and leads to another capture where
    its own is lost.
    """
    if not wayback.is_replay_of(mark, answer.final_url):
        return Outcome.MISSING, "The archive shows another capture in its place."
    is_archived = answer.status in _OF_CAPTURES or "memento-datetime" in dict(answer.headers)
    if answer.outcome is not Outcome.GOOD and is_archived:
        return answer.outcome, f"The page answered {answer.status} when it was captured."
    return None
