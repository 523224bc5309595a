"""A picture of how much of a document changed when, by topic: bars on a line of years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import sqrt

from tracker.model import History, Revision, Topic
from tracker.publisher import words
from tracker.publisher.places import revision_page

WIDTH, HEIGHT, _BASE, _TOP = 960, 120, 92, 10
_MARGIN = 34


@dataclass(frozen=True, slots=True)
class Bar:
    """One revision: where it stands, how tall it is, and what it says on hovering."""

    x: float
    y: float
    height: float
    style: str
    page: str
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    base: int = _BASE
    width: int = WIDTH
    height: int = HEIGHT


def timeline(history: History, topics: Sequence[Topic]) -> Timeline | None:
    """The picture, or None where a document has not changed yet."""
    if not history.revisions:
        return None
    first, last = history.versions[0].first_seen, history.revisions[-1].first_seen
    start = datetime(first.year, 1, 1, tzinfo=UTC)
    end = datetime(last.year + 1, 1, 1, tzinfo=UTC)
    most = max(len(r.changes) for r in history.revisions) or 1

    def x(time: datetime) -> float:
        share = (time - start) / (end - start)
        return round(_MARGIN + share * (WIDTH - 2 * _MARGIN), 1)

    bars = tuple(_bar(history, r, x(r.first_seen), most, topics) for r in history.revisions)
    years = range(start.year, end.year + 1)
    ticks = tuple(Tick(x(datetime(y, 1, 1, tzinfo=UTC)), str(y)) for y in years)
    return Timeline(bars, ticks)


def _bar(history: History, revision: Revision, x: float, most: int, topics: Sequence[Topic]) -> Bar:
    # The square root lets a single clause be seen beside a rewrite.
    height = round(6 + (_BASE - _TOP - 6) * sqrt(len(revision.changes) / most), 1)
    label = f"{words.day(revision.first_seen)}: {words.headline(history, revision, topics)}"
    return Bar(
        x, round(_BASE - height, 1), height, _style(revision), revision_page(revision), label
    )


def _style(revision: Revision) -> str:
    if not revision.significance.is_news:
        return "quiet"
    return "topic" if revision.topics else "news"
