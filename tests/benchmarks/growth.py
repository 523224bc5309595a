"""What an archive of many documents costs after ten years: to publish, to keep current, to keep.

Each document was looked at once a month for ten years and reworded once a year. All is published
for the first time, published again, visited with nothing new, and visited with a new version of one
document in a hundred. `TRACKER_SIZES` says how many documents; the curves go to growth.svg.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Cost, cost, peer, table, tracker
from tests.benchmarks.pages import Site
from tests.benchmarks.simulated import Looking, simulated, small
from tracker.archive.store import Archive

LOOKING = Looking(looks=120, every=timedelta(days=365.25 / 12), editions=10)
SIZES = [int(n) for n in os.environ.get("TRACKER_SIZES", "30,100,300").split(",")]
PICTURE, FIGURES = Path("growth.svg"), Path("growth.json")
_DRAW = Path(__file__).with_name("curves.py")


@dataclass(frozen=True, slots=True)
class Measured:
    """What an archive of so many documents cost; `archive` and `feeds` in MB on disk."""

    documents: int
    captures: int
    archive: float
    feeds: float
    files: int
    first: Cost
    again: Cost
    same: Cost
    some: Cost


def main() -> str:
    found = _known()
    for size in SIZES:
        if size not in found:
            found[size] = _measured(size)
            FIGURES.write_text(json.dumps([asdict(m) for m in found.values()], indent=1))
    python = str(peer("matplotlib") / "python")
    said = json.dumps([asdict(found[size]) for size in SIZES])
    subprocess.run([python, str(_DRAW), str(PICTURE)], input=said, text=True, check=True)
    head = [
        "documents", "captures", "archive MB", "feeds MB", "files", "first publish, CPU s",
        "publish, nothing new", "run, nothing new", "run, 1 % new", "of the first", "peak MB",
    ]  # fmt: skip
    rows = [list(map(str, _row(found[size]))) for size in SIZES]
    return table(f"Ten years of many documents (curves in {PICTURE})", head, rows)


def _known() -> dict[int, Measured]:
    if not FIGURES.exists():
        return {}
    costs = ("first", "again", "same", "some")
    rows: list[dict[str, Any]] = json.loads(FIGURES.read_text())
    for row in rows:
        row |= {name: Cost(**row[name]) for name in costs}
    return {row["documents"]: Measured(**row) for row in rows}


def _row(m: Measured) -> Iterator[object]:
    yield from (f"{m.documents:,}", f"{m.captures:,}", f"{m.archive:.0f}", f"{m.feeds:.0f}")
    yield from (f"{m.files:,}", *(f"{c.seconds:.1f}" for c in (m.first, m.again, m.same, m.some)))
    yield f"{100 * m.some.seconds / m.first.seconds:.1f} %"
    yield f"{max(c.megabytes for c in (m.first, m.again, m.same, m.some)):.0f}"


def _measured(size: int) -> Measured:
    with Site(small, LOOKING.editions - 1) as site, simulated(site, size, LOOKING) as root:
        later = (LOOKING.time(LOOKING.looks + n) for n in range(9))

        def run(*arguments: str) -> Cost:
            return cost(tracker(root, *arguments, now=next(later).isoformat()))

        first, again = run("publish"), run("publish")
        same = run("run", "--allow-host", site.entry)
        site.changed, site.edition = max(1, size // 100), LOOKING.editions
        some = run("run", "--allow-host", site.entry)
        files = [p for p in (root / "feeds").rglob("*") if p.is_file()]
        with Archive(root / "data" / "archive.db") as archive:
            captures, _ = archive.counts()
        return Measured(
            documents=size,
            captures=captures,
            archive=_megabytes([root / "data" / "archive.db"]),
            feeds=_megabytes(files),
            files=len(files),
            first=first,
            again=again,
            same=same,
            some=some,
        )


def _megabytes(files: Sequence[Path]) -> float:
    return sum(file.stat().st_size for file in files) / 1e6
