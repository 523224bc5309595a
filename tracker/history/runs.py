"""Which captures decide: what a history follows from, without the looks that only saw it again.

A page is looked at twice a day and changes a few times a year. A run is what looks in a row saw
alike; of a run count its first look, and how often and until when it was seen: that decides
whether it is believed, and what a later sight is suspected of. Once the last run has been seen
often enough and for long enough to be believed, more looks at it decide nothing.

A page may be looked at every hour for years, so looks that can decide nothing need not even be at
hand (see `thinned`): what is found then costs by how often a page changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from tracker.history.observations import each_look, groups
from tracker.model import Capture
from tracker.policy import AGREEING_OBSERVATIONS, has_agreed


@dataclass(frozen=True, slots=True)
class Run:
    """Looks in a row that saw the same: the captures of the first, how many, and until when.

    `last` is None where it does not matter.
    """

    first: tuple[Capture, ...]
    looks: int
    last: datetime | None


def decisive(ordered: Sequence[Capture]) -> tuple[Run, ...]:
    """Return the runs of all looks that count among captures in order; equal runs give equal
    texts.
    """
    known = list(_runs(c for c in ordered if not c.is_preview))
    begin = known[0].first[0].time if known else None
    late = (c for c in ordered if c.is_preview and _is_since(begin, c))
    return (*known[:-1], *_settled(known), *_previews(late))


def _runs(captures: Iterable[Capture]) -> Iterator[Run]:
    for _, seen in groupby(groups(captures, collapsed=True), key=_sight):
        first, *more = seen
        yield Run(first, 1 + len(more), (more or [first])[-1][-1].time)


def _sight(parts: Sequence[Capture]) -> list[tuple[object, ...]]:
    return [(c.page_key, c.text, c.via, c.media, c.outcome) for c in parts]


def _settled(known: Sequence[Run]) -> Iterator[Run]:
    """Yield the last run; as soon as it is believed, how often it was seen is of no matter.

    What was seen first of all is believed at once.
    """
    for run in known[-1:]:
        agreed = run.last and has_agreed(run.looks, run.first[0].time, run.last)
        yield replace(run, looks=0, last=None) if agreed or len(known) == 1 else run


def _previews(captures: Iterable[Capture]) -> Iterator[Run]:
    """Return each text of a preview when it was first shown beside a text that was in force."""
    return (replace(run, looks=0, last=None) for run in _runs(captures))


# ── what need not be at hand ──────────────────────────────────────────────────────


def without_repeats(ordered: Sequence[Capture]) -> list[Capture]:
    """Captures in order, without looks between others that met with the very same.

    All that follows from captures (texts, standing, outages) follows from these as well: where
    looks in a row met with the same for long enough to be believed, the first few and the last tell
    as much. It can be gone on with: looks that come later may be put behind what is left of those
    before, and thinned again.
    """
    usual = [c for c in ordered if not c.is_preview]
    begin = next((look[0].time for look in groups(usual)), None)
    shown = [c for c in ordered if c.is_preview]
    # A preview counts only from when a text was in force.
    early, late = (
        [c for c in shown if _is_since(begin, c) is is_late] for is_late in (False, True)
    )
    kept = {id(c) for stream in (usual, early, late) for look in _ends(stream) for c in look}
    return [c for c in ordered if id(c) in kept]


def _is_since(begin: datetime | None, capture: Capture) -> bool:
    return begin is not None and capture.time >= begin


def _ends(captures: Iterable[Capture]) -> Iterator[tuple[Capture, ...]]:
    for _, met in groupby(each_look(captures), key=_met):
        looks = list(met)
        agreed = has_agreed(len(looks), looks[0][0].time, looks[-1][0].time)
        yield from (*looks[: AGREEING_OBSERVATIONS - 1], looks[-1]) if agreed else looks


def _met(look: Sequence[Capture]) -> list[tuple[object, ...]]:
    """Return all of a look that anything follows from, but for when it was and what was served."""
    return [(c.asked_url, c.source, c.text, c.via, c.media, c.outcome, c.reason) for c in look]
