"""How fresh a document is: when its text was last seen, through which source, and what is expected.

A document is as fresh as the freshest of its sources. That one of them is closed, silent or slow is
shown; it is alarming only where the text is seen later than it should be, or where a source that
worked has failed for days. Nothing here follows from a clock: a document stands as it stood at its
last look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

from tracker.history.observations import each_look
from tracker.model import (
    CLOSED,
    COUNTED,
    LIVE,
    SOURCE,
    Capture,
    Document,
    Outcome,
    SourceState,
    Standing,
    State,
)
from tracker.policy import FAILING_TIME

#: A page that is read directly is read twice a day: one of the visits may fail in passing.
_DIRECT = timedelta(hours=18)
#: Of a source of others, what is expected before its usual gaps are known, and at the least.
_UNKNOWN, _FLOOR = timedelta(days=30), timedelta(days=4)
_ENOUGH = 8  # gaps to learn from
_LATELY = timedelta(days=90)  # in which they are counted
#: What passes by itself; anything else stands in the way until somebody looks after it.
_PASSING = {Outcome.UNREACHABLE, Outcome.SERVER_ERROR, Outcome.TOO_SLOW, Outcome.TRUNCATED}

PAGE = "page"
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Sight:
    """A good look: when the text was seen, where, and by which source it came here."""

    time: datetime
    source: str
    copy: str


@dataclass(slots=True)
class _Source:
    """What is known of a source so far."""

    asked: datetime | None = None
    answered: datetime | None = None
    seen: datetime | None = None
    trouble: Capture | None = None
    since: datetime | None = None
    is_closed: bool = False
    worked: bool = False
    title: str = ""


def standing(
    captures: Sequence[Capture],
    waits: str = "",
    expect: timedelta | None = None,
    pages: Sequence[str] = (),
) -> Standing:
    """Say how a document of these `pages` stands after its last look.

    `captures` are without previews.

    `waits` says of a new wording that it waits for agreement.
    """
    told = Telling(expect, pages)
    for look in by_record(captures):
        told.hear(look)
    return told.standing(waits)


def standing_of(
    document: Document,
    captures: Iterable[Capture],
    waits: str = "",
    expect: timedelta | None = None,
    counters: str = "",
) -> Standing:
    """Say how a document stands; one that is neither declared nor followed is not watched.

    `counters` is a sentence about what is new at every look.
    """
    usual = [c for c in captures if not c.is_preview]
    found = standing(usual, waits, expect, document.pages)
    if found.state is not State.OK:
        return found
    is_watched = document.sources or any(s.name != PAGE for s in found.sources)
    state = State.OK if is_watched or document.ended or document.became else State.IMPORTED
    return replace(found, state=state, reason=" ".join(filter(None, (found.reason, counters))))


def by_record(captures: Iterable[Capture]) -> Iterator[tuple[Capture, ...]]:
    """Yield the looks of each time at which something became known here, in that order."""
    ordered = sorted(captures, key=lambda c: c.recorded)
    for _, known in groupby(ordered, key=lambda c: c.recorded):
        yield tuple(sorted(known, key=lambda c: (c.time, c.number)))


def source_of(capture: Capture) -> str:
    """Name the watched source that gave a capture; empty where it was imported by hand."""
    return PAGE if capture.via == LIVE else capture.fact(SOURCE)


class Telling:
    """The state of a document while its looks are told in the order in which they were known."""

    def __init__(self, expect: timedelta | None, pages: Sequence[str] = ()) -> None:
        self._expect = expect
        self._pages = dict.fromkeys(pages, _NEVER)
        self._sources: dict[str, _Source] = {}
        self._sights: list[_Sight] = []
        self._last: _Sight | None = None
        self._is_watched = False
        self._is_sure = False  # whether its text was seen in its own language
        self._remark = ""
        self.time: datetime | None = None

    def hear(self, known: Sequence[Capture]) -> None:
        """Take in what became known at one time."""
        for met in each_look(known):
            look = met if self._is_sure else tuple(map(_in_its_day, met))
            name, good = source_of(look[0]), all(c.outcome is Outcome.GOOD for c in look)
            if good:
                self._is_sure |= look == met
                self._see(look, name)
            if name:
                self._is_watched = True
                source = self._sources.setdefault(name, _Source())
                source.title = look[0].via
                self._hear_of(source, look, good)
        if self._is_watched:
            self.time = known[0].recorded

    def _see(self, look: tuple[Capture, ...], name: str) -> None:
        sight = _Sight(self._time_of(look), name, look[0].archive_url or "")
        if sight.time == _NEVER:
            return
        if self._last is None or sight.time >= self._last.time:
            self._last = sight
        if name != PAGE:
            self._sights.append(sight)

    def _time_of(self, look: tuple[Capture, ...]) -> datetime:
        """Return when the whole was seen: of several pages, when the one seen longest ago was."""
        for capture in look:
            if capture.page_key in self._pages:
                seen = self._pages[capture.page_key]
                self._pages[capture.page_key] = max(seen, capture.time)
        if len(look) < len(self._pages) and look[0].page_key in self._pages:
            return min(self._pages.values())
        return max(c.time for c in look)

    def _hear_of(self, source: _Source, look: tuple[Capture, ...], good: bool) -> None:
        first = look[0]
        if first.via != LIVE and (first.archive_url or first.body):
            if good:
                source.seen = max(source.seen or first.time, first.time)
            return  # of a capture that others took, nothing follows about how they answer
        source.asked = first.recorded
        bad = next((c for c in look if c.outcome not in _ANSWERS), None)
        source.is_closed = bad is not None and _is_closed(bad)
        if bad is None:
            source.answered, source.trouble, source.since = first.recorded, None, None
            source.seen = first.time if good else source.seen
            source.worked = True
            self._remark = first.reason if first.via == LIVE else self._remark
        elif source.is_closed:
            source.trouble, source.since = bad, source.since or first.recorded
        else:
            begins = source.trouble is None or _is_closed(source.trouble)
            source.since = first.recorded if begins else source.since
            source.trouble = bad

    # ── what follows ──────────────────────────────────────────────────────────────

    @property
    def last_seen(self) -> datetime | None:
        return self._last.time if self._last else None

    @property
    def _page(self) -> _Source:
        return self._sources.get(PAGE) or _Source()

    @property
    def _is_alone(self) -> bool:
        """Return whether no other source than its own pages ever gave its text."""
        return not any(s.seen for name, s in self._sources.items() if name != PAGE)

    def limit(self) -> timedelta:
        """Return how long the text may go unseen."""
        if self._expect is not None:
            return self._expect
        if self._is_alone or (self._page.worked and self._page.trouble is None):
            return _DIRECT
        return self._learned()

    def _learned(self) -> timedelta:
        """Learn from the gaps of late, with a floor that keeps small ones silent."""
        newest = max(s.time for s in self._sights) if self._sights else None
        times = sorted({s.time for s in self._sights if newest and newest - s.time <= _LATELY})
        gaps = [b - a for a, b in pairwise(times)]
        floor = _FLOOR if len(gaps) >= _ENOUGH else _UNKNOWN
        return max(floor, 2 * max(gaps, default=timedelta()))

    def alarmed_since(self) -> datetime | None:
        """Return since when the document is not as it should be; None while it is."""
        begun = [time for time in (self._overdue(), self._failing()) if time]
        return self._blocked() or min(begun, default=None)

    def _blocked(self) -> datetime | None:
        """Return since when its page shows something else, and no other source has the text."""
        page = self._page
        if page.trouble is None or page.is_closed or not self._is_alone:
            return None
        passes = page.trouble.outcome in _PASSING
        is_late = self._last is None or self._overdue() is not None
        return page.since if is_late or not passes else None

    def _overdue(self) -> datetime | None:
        """Return since when the text should have been seen again; None while it is early."""
        if self.time is None:
            return None
        if self._last is None:  # every source was asked, and gave nothing
            return self.time
        return self._due if self._due and self.time > self._due else None

    @property
    def _due(self) -> datetime | None:
        """The time until which the text should be seen again."""
        return _after(self._last.time, self.limit()) if self._last and self.time else None

    def _failing(self) -> datetime | None:
        """Return since when a source that worked has failed for long enough to matter."""
        found = [
            _after(s.since, FAILING_TIME)
            for s in self._sources.values()
            if s.trouble and s.worked and s.since and not s.is_closed
        ]
        return min((due for due in found if self.time and self.time >= due), default=None)

    def grounds(self) -> tuple[Outcome, str]:
        """Return what stands in the way, first of all."""
        # First what worked before, last what is not ours to ask.
        for source in sorted(self._sources.values(), key=lambda s: (s.is_closed, not s.worked)):
            if source.trouble:
                return source.trouble.outcome, source.trouble.reason
        return Outcome.ANSWERED, "Its sources answer, and have nothing new of it."

    def standing(self, waits: str) -> Standing:
        """Return how the document stands; `waits` is about a wording that is held."""
        state, (outcome, reason) = self._state(waits), self.grounds()
        if not any(s.trouble for s in self._sources.values()):
            outcome, reason = Outcome.GOOD, self._remark
        if waits and not (state is State.HELD and self._blocked()):
            outcome = Outcome.GOOD if state is State.HELD else outcome
            reason = waits
        return Standing(
            state,
            self.last_seen,
            self.time,
            outcome if self.time else None,
            reason if self.time else _UNWATCHED if self._last else _UNREAD,
            sources=tuple(self._shown()),
            through=self._last.source if self._last else "",
            copy=self._last.copy if self._last else "",
            expected=self._due,
        )

    def _state(self, waits: str) -> State:
        if self._last is None:
            return State.FAILING if self._blocked() else State.NEVER_SEEN
        if not self._is_watched:
            return State.IMPORTED
        if self._blocked():
            trouble = self._page.trouble
            is_short = trouble is not None and trouble.outcome is Outcome.COLLAPSED
            return State.HELD if is_short else State.FAILING
        if self._overdue():
            return State.OVERDUE
        if self._failing():
            return State.FAILING
        return State.HELD if waits else State.OK

    def _shown(self) -> Iterator[SourceState]:
        for name, source in self._sources.items():
            yield SourceState(
                name=name,
                asked=source.asked,
                answered=source.answered,
                seen=source.seen,
                since=source.since if source.trouble else None,
                outcome=source.trouble.outcome if source.trouble else None,
                reason=source.trouble.reason if source.trouble else "",
                is_closed=source.is_closed,
                title=source.title,
            )


def _in_its_day(capture: Capture) -> Capture:
    """Return a capture as it was told of: what came first was taken for the document."""
    return replace(capture, outcome=Outcome.GOOD) if capture.fact(COUNTED) else capture


_LAST = datetime.max.replace(tzinfo=UTC)


def _after(time: datetime, span: timedelta) -> datetime:
    """Return the time after a span, at most the last there is."""
    return time + min(span, _LAST - time)


_UNREAD = "It has not been visited yet."
_UNWATCHED = "It was imported; no source of it has been asked yet."
#: Outcomes by which a source has answered.
_ANSWERS = {Outcome.GOOD, Outcome.ANSWERED}


def _is_closed(capture: Capture) -> bool:
    """Return whether robots.txt closes the page; older rows say so in their reason alone."""
    if capture.fact(CLOSED):
        return True
    return capture.outcome is Outcome.REFUSED and "/robots.txt closes this page" in capture.reason
