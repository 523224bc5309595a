"""A public archive's captures of a page: all of them, or what is new since they were last listed.

In each run the index of a page is asked once, from a week before the last capture that is known,
since captures turn up late. Of what is new the newest are taken until one is good. Where its text
is another than the one before, those in between are halved until the first sight is as early as
the archive can show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from urllib.parse import urlsplit

from tracker._support.containment import Failed, tried
from tracker.app.ingest import Found, Keeper, unjudged
from tracker.app.looks import Facts, facts_of, look
from tracker.archive.store import Archive
from tracker.config.sources import INTERNET_ARCHIVE
from tracker.errors import ImportFailed, without_advice
from tracker.fetcher import Fetcher, is_loopback
from tracker.history import in_order, judged
from tracker.importer import Refusal, doubt, wayback
from tracker.importer.wayback import IndexEntry
from tracker.model import SOURCE, Answer, Capture, Document, Outcome, Source
from tracker.policy import APART

#: What says that the archive wants no more of us now, rather than something about one capture.
_NOT_NOW = {Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.CHALLENGE}
_MOST_FAILURES = 3  # in a row: then it is the archive, not the captures
_MOST_PAGES = 1000
#: Statuses that nobody's archive gives of itself: the page answered so when it was captured.
_OF_CAPTURES = {401, 403, 404, 410, 451, 999}
_LATE = timedelta(days=7)  # for so long captures may turn up
_AGO = timedelta(days=90)  # a preview that is older than this is of another change
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web, whatever was recorded
_MOST_REPLAYS = 12  # of a page and run; what is left is for the next
_MOST_SILENT = 2  # pages without an answer: then it is the archive, not the page
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
        if refusal := _refusal(mark, public):
            yield refusal
            continue
        answer = public.replay(mark)
        lost = _lost(mark, answer)
        if lost is None and answer.outcome in _NOT_NOW:
            raise NoAnswer(answer)
        is_failure = lost is None and answer.outcome is not Outcome.GOOD
        failures = failures + 1 if is_failure else 0
        if failures >= _MOST_FAILURES:
            raise NoAnswer(answer)
        yield (
            f"{mark.time:%Y-%m-%d %H:%M}: {lost[1] if lost else answer.reason}"
            if lost or is_failure
            else _kept(mark, answer, document, source, public, keeper)
        )


def _refusal(mark: IndexEntry, public: PublicArchive) -> Refusal | None:
    reason = doubt(mark.time, public.now)
    return Refusal(wayback.copy_address(public.base, mark), reason) if reason else None


def _kept(
    mark: IndexEntry,
    answer: Answer,
    document: Document,
    source: Source,
    public: PublicArchive,
    keeper: Keeper,
    facts: Facts = (),
) -> Capture | Refusal | None:
    record = wayback.replayed(public.base, mark, answer.headers, answer.body)
    found = Found(document, source, replace(record, facts=facts))
    kept = tried(document.id, partial(keeper.keep, found))
    return unjudged(record, kept) if isinstance(kept, Failed) else kept


def _lost(mark: IndexEntry, answer: Answer) -> tuple[Outcome, str] | None:
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


# ── what is new ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Caught:
    """Captures of a page that were new in the archive, good and bad, and those that cannot be true.

    `look` is how the archive answered, as it was recorded.
    """

    look: Capture
    captures: tuple[Capture, ...] = ()
    refused: tuple[Refusal, ...] = ()


@dataclass(slots=True)
class ArchiveRun:
    """The archive in one run: once it is found to be silent, no more is asked of it."""

    public: PublicArchive
    archive: Archive
    force: bool = False
    _silent: int = 0
    _trouble: NoAnswer | None = None
    _keepers: dict[str, Keeper] = field(default_factory=dict)

    def catch_up(
        self, document: Document, page: Source, *, is_preview: bool = False
    ) -> Caught | None:
        """Record what the archive has new of a page; None where it is not to be asked.

        It is asked twice a day at most, and never for a page of this machine.
        """
        if is_loopback(_host(page.url)) and not is_loopback(_host(self.public.base)):
            return None
        facts = facts_of(INTERNET_ARCHIVE, self.public.now, is_preview=is_preview)
        catch = _CatchUp(document, page, self.public, self._keeper(document), facts, is_preview)
        if not self.force and catch.was_asked_lately():
            return None
        try:
            if self._trouble:
                raise self._trouble
            return catch.caught()
        except NoAnswer as error:
            self._mind(error)
            return catch.failed(error.outcome, error.reason)
        except ImportFailed as error:
            return catch.failed(Outcome.SERVER_ERROR, str(error))

    def _keeper(self, document: Document) -> Keeper:
        """Return what keeps captures of a document, whose pages are asked for one after another."""
        if document.id not in self._keepers:
            self._keepers = {document.id: Keeper(self.archive)}
        return self._keepers[document.id]

    @property
    def trouble(self) -> str:
        """Why no more is asked of it in this run; empty while it answers."""
        if self._trouble is None:
            return ""
        host, reason = _host(self.public.base), self._trouble.reason
        return reason if host in reason else f"{host}: {reason}"

    def _mind(self, error: NoAnswer) -> None:
        self._silent += 1
        if error.outcome in _NOT_NOW or self._silent >= _MOST_SILENT:
            self._trouble = error


@dataclass(slots=True)
class _CatchUp:
    """One page, brought up to what the archive has."""

    document: Document
    page: Source
    public: PublicArchive
    keeper: Keeper
    facts: Facts
    is_preview: bool
    replays: int = 0
    captures: list[Capture] = field(default_factory=list)
    _known: tuple[Capture, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._known = tuple(self.keeper.pages(self.document.id).get(self.page.key, ()))

    def was_asked_lately(self) -> bool:
        """Return whether the archive answered about this page half a day ago."""
        last = next((c for c in reversed(self._looks()) if c.time <= self.public.now), None)
        answered = last is not None and last.outcome is Outcome.ANSWERED
        return answered and last is not None and self.public.now - last.time < APART

    def caught(self) -> Caught:
        since = self._since()
        marks = tuple(self.public.index(self.page.url, since, None))
        if not self._possible(marks) and not self.is_preview and not self._sights():
            marks += self.public.newest(self.page.url, self.public.now.date())
        wrong = {m: r for m in marks if (r := _refusal(m, self.public))}
        copies = {wayback.copy_address(self.public.base, m): m for m in marks if m not in wrong}
        if not marks and (lost := self._were_listed(since)):
            return self.failed(Outcome.EMPTY, lost)
        known = self.keeper.copies(self.document.id)
        new = sorted((m for copy, m in copies.items() if copy not in known), key=_stamp)
        self._newest(new)
        open_since = self._narrow(new)
        return self._told("", Outcome.ANSWERED, tuple(wrong.values()), open_since)

    def _possible(self, marks: Sequence[IndexEntry]) -> bool:
        return any(_refusal(mark, self.public) is None for mark in marks)

    def failed(self, outcome: Outcome, reason: str) -> Caught:
        """Record that the archive did not answer as it should; what came before is kept."""
        return self._told(reason, outcome)

    def _told(
        self,
        reason: str,
        outcome: Outcome,
        refused: tuple[Refusal, ...] = (),
        open_since: datetime | None = None,
    ) -> Caught:
        facts = self.facts
        if open_since or (open_since := self._left_open() if reason else None):
            facts = (*facts, (_OPEN, open_since.isoformat()))
        host = _via(self.public)
        url = wayback.calendar_address(self.public.base, self.page.url)
        row = look(self.document, self.page, host, url, self.public.now, facts, outcome, reason)
        self._add(row)
        return Caught(row, tuple(self.captures), refused)

    # Which days to ask for

    def _since(self) -> date:
        times = [c.time for c in self._known if c.archive_url or c.outcome is Outcome.GOOD]
        if not times:
            return (self.public.now - _LATE).date()
        left = self._left_open()
        known = max(min(max(times), self.public.now), _EARLIEST) - _LATE
        return min(known, left or known).date()

    def _left_open(self) -> datetime | None:
        """Return from when on captures were left for this run, if any were."""
        last = next(iter(self._looks()[-1:]), None)
        told = last.fact(_OPEN) if last else ""
        return datetime.fromisoformat(told) if told else None

    def _looks(self) -> list[Capture]:
        mine = (c for c in self._known if c.fact(SOURCE) == INTERNET_ARCHIVE)
        return [c for c in mine if c.archive_url is None]

    def _were_listed(self, since: date) -> str:
        """Say that captures are gone from the index which it listed before; empty if none are."""
        mine = (c for c in self._known if c.archive_url and c.time.date() >= since)
        copies = [c for c in mine if c.fact(SOURCE) == INTERNET_ARCHIVE]
        if not copies:
            return ""
        return (
            f"The index of {_host(self.public.base)} is empty for this page: it lists no capture, "
            f"not even that of {copies[-1].time:%Y-%m-%d %H:%M} UTC which it showed before."
        )

    # Which captures to take

    def _newest(self, new: list[IndexEntry]) -> None:
        """Take the newest captures until one is good; those taken are no longer `new`."""
        seen = max((c.time for c in self._sights()), default=None)
        for mark in reversed(list(new)):
            if (seen and mark.time <= seen) or self.replays >= _MOST_REPLAYS:
                return
            new.remove(mark)
            if self._take(mark).outcome is Outcome.GOOD:
                return

    def _narrow(self, new: list[IndexEntry]) -> datetime | None:
        """Halve the captures between two texts until none is left between them.

        Returns the time of the earlier sight where some are left for the next run.
        """
        while True:
            spans = [(a, b, m) for a, b in self._steps() if (m := _between(new, a, b))]
            if not spans:
                return None
            _, before, marks = spans[-1]
            if self.replays >= _MOST_REPLAYS:
                return max(min(a for a, _, _ in spans), before - _AGO)
            mark = marks[len(marks) // 2]
            new.remove(mark)
            self._take(mark)

    def _steps(self) -> list[tuple[datetime, datetime]]:
        """Return the times of sights that follow each other and show other texts.

        Before the first sight of a preview there was none to be seen.
        """
        sights: list[tuple[datetime, str | None]] = [(c.time, c.text) for c in self._sights()]
        if self.is_preview and sights:
            sights.insert(0, (max(sights[0][0], _EARLIEST) - _AGO, None))
        return [(a, b) for (a, one), (b, other) in pairwise(sights) if one != other]

    def _sights(self) -> list[Capture]:
        """Return the good captures of this page, by whomever, oldest first."""
        shown = in_order([*self._known, *self.captures], self.document)
        return [c for c in judged(shown, self.document) if c.outcome is Outcome.GOOD]

    def _take(self, mark: IndexEntry) -> Capture:
        self.replays += 1
        answer = self.public.replay(mark)
        lost = _lost(mark, answer)
        if lost is None and answer.outcome in _NOT_NOW | {Outcome.SERVER_ERROR, Outcome.TOO_SLOW}:
            raise NoAnswer(answer)
        if lost is None and answer.outcome is not Outcome.GOOD:
            lost = answer.outcome, without_advice(answer.reason)
        given = self.document, self.page, self.public, self.keeper, self.facts
        found = _kept(mark, answer, *given) if lost is None else None
        if not isinstance(found, Capture):
            found = self._showing_nothing(mark, answer.status, lost or _UNREAD)
        self.captures.append(found)
        return found

    def _showing_nothing(
        self, mark: IndexEntry, status: int | None, lost: tuple[Outcome, str]
    ) -> Capture:
        """Record a capture that is lost or no page, so that it is not asked for again."""
        copy = wayback.copy_address(self.public.base, mark)
        row = look(
            self.document, self.page, _via(self.public), mark.url, mark.time, self.facts, *lost
        )
        row = replace(row, status=status, archive_url=copy)
        self._add(row)
        return row

    def _add(self, row: Capture) -> None:
        self.keeper.archive.introduce(self.document)
        self.keeper.archive.add(row, None)


#: The name of the fact from when on captures were left for the next run.
_OPEN = "open"
_UNREAD = (Outcome.NOT_TEXT, "It could not be read, or was recorded before.")


def _between(marks: Sequence[IndexEntry], after: datetime, before: datetime) -> list[IndexEntry]:
    return [mark for mark in marks if after < mark.time < before]


def _stamp(mark: IndexEntry) -> str:
    return mark.stamp


def _via(public: PublicArchive) -> str:
    return wayback.via(public.base)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
