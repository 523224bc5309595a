"""Which captures decide: what a history follows from, without the looks that only saw it again.

A page is looked at twice a day and changes a few times a year. A run is what looks in a row saw
alike; of a run count its first look, and how often and until when it was seen: that decides
whether it is believed, and what a later sight is suspected of. Once the last run has been seen
often enough and for long enough to be believed, more looks at it decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from tracker.history.agreement import has_agreed
from tracker.history.looks import groups
from tracker.model import PREVIEW, Capture


@dataclass(frozen=True, slots=True)
class Run:
    """Looks in a row that saw the same: the captures of the first, how many, and until when.

    `last` is None where it does not matter.
    """

    first: tuple[Capture, ...]
    looks: int
    last: datetime | None


def decisive(ordered: Sequence[Capture]) -> tuple[Run, ...]:
    """The runs of all good looks among captures in order; equal runs give equal texts."""
    known = list(_runs(c for c in ordered if c.via != PREVIEW))
    begin = known[0].first[0].time if known else None
    return (*known[:-1], *_settled(known), *_previews(ordered, begin))


def _runs(captures: Iterable[Capture]) -> Iterator[Run]:
    for _, seen in groupby(groups(captures), key=_sight):
        first, *more = seen
        yield Run(first, 1 + len(more), (more or [first])[-1][-1].time)


def _sight(parts: Sequence[Capture]) -> list[tuple[object, ...]]:
    return [(c.page_key, c.text, c.via, c.media) for c in parts]


def _settled(known: Sequence[Run]) -> Iterator[Run]:
    """The last run; as soon as it is believed, how often it was seen is of no matter.

    What was seen first of all is believed at once.
    """
    for run in known[-1:]:
        agreed = run.last and has_agreed(run.looks, run.first[0].time, run.last)
        yield replace(run, looks=0, last=None) if agreed or len(known) == 1 else run


def _previews(ordered: Sequence[Capture], begin: datetime | None) -> Iterator[Run]:
    """Each text of a preview when it was first shown beside a text that was in force."""
    for run in _runs(c for c in ordered if c.via == PREVIEW and begin and c.time >= begin):
        yield replace(run, looks=0, last=None)
