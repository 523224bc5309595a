"""What is new in a public archive since its captures of a page were last listed.

In each run the index of a page is asked once, from a week before the last capture that is known,
since captures turn up late. Of what is new the newest are taken until one is good. Where its text
is another than the one before, those in between are halved until the first sight is as early as
the archive can show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from tracker.app.ingest import Keeper
from tracker.app.internet_archive import NOT_NOW, NoAnswer, PublicArchive, keep, lost_of, refusal_of
from tracker.app.looks import Facts, facts_of, look
from tracker.archive.store import Archive
from tracker.config.sources import INTERNET_ARCHIVE
from tracker.errors import ImportFailed, without_advice
from tracker.fetcher import is_loopback
from tracker.history import in_order, judged
from tracker.importer import Refusal, wayback
from tracker.importer.wayback import IndexEntry
from tracker.model import SOURCE, Capture, Document, Outcome, Source
from tracker.policy import APART

_LATE = timedelta(days=7)  # for so long captures may turn up
_AGO = timedelta(days=90)  # a preview that is older than this is of another change
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web, whatever was recorded
_MOST_REPLAYS = 12  # of a page and run; what is left is for the next
_MOST_SILENT = 2  # pages without an answer: then it is the archive, not the page


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
        if error.outcome in NOT_NOW or self._silent >= _MOST_SILENT:
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
        if last is None or last.outcome is not Outcome.ANSWERED:
            return False
        return self.public.now - last.time < APART

    def caught(self) -> Caught:
        since = self._since()
        marks = tuple(self.public.index(self.page.url, since, None))
        if not self._possible(marks) and not self.is_preview and not self._sights():
            marks += self.public.newest(self.page.url, self.public.now.date())
        wrong = {m: r for m in marks if (r := refusal_of(m, self.public))}
        copies = {wayback.copy_address(self.public.base, m): m for m in marks if m not in wrong}
        if not marks and (lost := self._were_listed(since)):
            return self.failed(Outcome.EMPTY, lost)
        known = self.keeper.copies(self.document.id)
        new = sorted((m for copy, m in copies.items() if copy not in known), key=_stamp)
        self._newest(new)
        open_since = self._narrow(new)
        return self._told("", Outcome.ANSWERED, tuple(wrong.values()), open_since)

    def _possible(self, marks: Sequence[IndexEntry]) -> bool:
        return any(refusal_of(mark, self.public) is None for mark in marks)

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
        host = wayback.via(self.public.base)
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
        told = [c.fact(_OPEN) for c in self._looks()[-1:]]
        return datetime.fromisoformat(told[0]) if any(told) else None

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
        lost = lost_of(mark, answer)
        if lost is None and answer.outcome in NOT_NOW | {Outcome.SERVER_ERROR, Outcome.TOO_SLOW}:
            raise NoAnswer(answer)
        if lost is None and answer.outcome is not Outcome.GOOD:
            lost = answer.outcome, without_advice(answer.reason)
        given = self.document, self.page, self.public, self.keeper, self.facts
        found = keep(mark, answer, *given) if lost is None else None
        if not isinstance(found, Capture):
            found = self._showing_nothing(mark, answer.status, lost or _UNREAD)
        self.captures.append(found)
        return found

    def _showing_nothing(
        self, mark: IndexEntry, status: int | None, lost: tuple[Outcome, str]
    ) -> Capture:
        """Record a capture that is lost or no page, so that it is not asked for again."""
        copy = wayback.copy_address(self.public.base, mark)
        via = wayback.via(self.public.base)
        row = look(self.document, self.page, via, mark.url, mark.time, self.facts, *lost)
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


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
