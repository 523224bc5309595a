"""A picture of how much of a document changed when: a lane for each topic on a line of years."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sqrt

from tracker.model import History, Revision, Topic
from tracker.publisher import words
from tracker.publisher.continuity import is_break
from tracker.publisher.urls import revision_page

WIDTH = 960
_GUTTER, _MARGIN = 168, 16  # names of the lanes to the left, air to the right
_MOST_YEARS = 60  # that are marked; of more only every second, third …
_LANE, _AIR, _FOOT = 38, 8, 30  # heights


@dataclass(frozen=True, slots=True)
class Bar:
    """A revision in one lane: where it stands, how tall it is, and what it says on hovering."""

    x: float
    y: float
    height: float
    page: str
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    """What one topic, or the rest, was told: `style` names its colour, `base` its ground line."""

    title: str
    style: str
    base: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the lanes: a year below, or where another page was read."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    breaks: tuple[Tick, ...]
    height: int
    width: int = WIDTH
    gutter: int = _GUTTER


Count = Callable[[Revision], int]


def timeline(history: History, topics: Sequence[Topic]) -> Timeline | None:
    """Return the picture, or None where a document has not changed yet."""
    if not history.revisions:
        return None
    counts = list(_lanes(topics))
    x, ticks = _years(history)
    news = [n(r) for _, style, n in counts if style != "quiet" for r in history.revisions]
    # Form has a scale of its own: one renumbering would dwarf all news.
    most = {"quiet": max(map(_quiet, history.revisions))}
    lanes = tuple(
        _lane(
            title, style, (n + 1) * _LANE, history.revisions, count, most.get(style, max(news)), x
        )
        for n, (title, style, count) in enumerate(counts)
    )
    return Timeline(lanes, ticks, tuple(_breaks(history, x)), len(lanes) * _LANE + _FOOT)


def _breaks(history: History, x: Callable[[datetime], float]) -> Iterator[Tick]:
    for revision in filter(is_break, history.revisions):
        day = words.day(revision.first_seen)
        yield Tick(x(revision.first_seen), f"{day}: another page was read from then on")


def _lanes(topics: Sequence[Topic]) -> Iterator[tuple[str, str, Count]]:
    for n, topic in enumerate(topics):
        yield topic.title, f"topic-{n % 6}", _about(topic.id)
    yield "Other news" if topics else "News", "other", _other
    yield "Form only", "quiet", _quiet


def _about(topic: str) -> Count:
    return lambda r: words.about(r, topic) if topic in r.topics else 0


def _other(revision: Revision) -> int:
    """Clauses that are news and about none of the topics."""
    if not revision.significance.is_news:
        return 0
    return sum(not c.tags for c in words.news(revision))


def _quiet(revision: Revision) -> int:
    """Count a revision's changes that are not news; 0 at a break."""
    if is_break(revision):
        return 0
    if not revision.significance.is_news:
        return len(revision.changes) or 1
    return sum(not c.significance.is_news for c in revision.changes)


def _years(history: History) -> tuple[Callable[[datetime], float], tuple[Tick, ...]]:
    """Return where a time stands, and the years marked below."""
    first, last = history.versions[0].first_seen, history.revisions[-1].first_seen
    start = datetime(first.year, 1, 1, tzinfo=UTC)
    # The year after 9999 is no date any more, but its distance is a number.
    whole = _since(start, last.year + 1)

    def x(passed: timedelta) -> float:
        return round(_GUTTER + passed / whole * (WIDTH - _GUTTER - _MARGIN), 1)

    step = 1 + (last.year - first.year) // _MOST_YEARS
    years = range(first.year, last.year + 2, step)
    ticks = tuple(Tick(x(_since(start, year)), str(year)) for year in years)
    return lambda time: x(time - start), ticks


def _since(start: datetime, year: int) -> timedelta:
    """Return how long after `start` a year begins, up to the year 10000."""
    last = year - 1
    days = 365 * last + last // 4 - last // 100 + last // 400 + 1
    return timedelta(days=days - start.toordinal())


def _lane(
    title: str,
    style: str,
    base: int,
    revisions: Sequence[Revision],
    count: Count,
    most: int,
    x: Callable[[datetime], float],
) -> Lane:
    bars = []
    for revision in revisions:
        number = count(revision)
        if number:
            # The square root lets a single clause be seen beside a rewrite.
            height = round(4 + (_LANE - _AIR - 4) * sqrt(number / most), 1)
            label = f"{words.day(revision.first_seen)}: {words.count(number, 'clause')}"
            place = x(revision.first_seen)
            bars.append(Bar(place, base - height, height, revision_page(revision), label))
    return Lane(title, style, base, tuple(bars))
