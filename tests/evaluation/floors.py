"""Floors under the figures: pinned beside a digest of the labels, raised but never lowered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.evaluation import clauses, revisions
from tests.evaluation.figures import Figure
from tracker.model import digest

FILE = Path(__file__).parent / "floors.json"

Floors = dict[str, dict[str, float]]


def pinned() -> Floors:
    """The floors of the labels that are at hand; none where other labels are."""
    known: dict[str, Floors] = json.loads(FILE.read_text(encoding="utf-8"))
    return known.get(labels_digest(), {})


def labels_digest() -> str:
    """Identifies the labels and the texts they are of."""
    files = (clauses.FILE, revisions.FILE, revisions.BUNDLE)
    form = " ".join(sorted(revisions.FORM)).encode()  # labels that are read otherwise are others
    return digest(b"".join(path.read_bytes() for path in files) + form)


def measured(figures: Iterable[Figure]) -> Floors:
    """What the figures would pin, rounded down so that they hold again."""
    return {
        f.name: {"precision": _down(f.score.precision), "recall": _down(f.score.recall)}
        for f in figures
    }


def _down(share: float) -> float:
    return int(share * 1000) / 1000


def below(now: Floors, floors: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Where `now` is under a floor, or lacks what a floor names, in words."""
    return [
        f"{name}: {measure} {now.get(name, {}).get(measure, 0.0)} is under its floor {floor}"
        for name, measures in floors.items()
        for measure, floor in measures.items()
        if now.get(name, {}).get(measure, 0.0) < floor
    ]


def raise_to(now: Floors) -> None:
    """Pins the better of what is pinned and what is measured."""
    known: dict[str, Floors] = json.loads(FILE.read_text(encoding="utf-8"))
    old = known.get(labels_digest(), {})
    known[labels_digest()] = {
        name: {
            measure: max(value, old.get(name, {}).get(measure, 0.0))
            for measure, value in measures.items()
        }
        for name, measures in {**old, **now}.items()
    }
    FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
