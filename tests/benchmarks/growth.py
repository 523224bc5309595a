"""What an archive of many documents costs after ten years: to publish, to keep current, to keep.

Each document was looked at once a month for ten years and reworded once a year; the looks are
recorded as every look is, with an archive in memory in place of a disk. Then all is published for
the first time, published again, visited with nothing new, and visited with a new version of one
document in a hundred. `TRACKER_SIZES` says how many documents; the curves go to growth.svg.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.measure import Cost, cost, peer, table, tracker
from tests.benchmarks.pages import Site, page
from tracker.archive import Archive
from tracker.differ import judge
from tracker.model import LIVE, Capture, Document, Source, digest
from tracker.workspace import open_workspace

YEARS, LOOKS, EDITIONS = 10, 120, 10
SIZES = [int(n) for n in os.environ.get("TRACKER_SIZES", "30,100,300").split(",")]
PICTURE, FIGURES = Path("growth.svg"), Path("growth.json")
_START = datetime(2016, 1, 1, 12, tzinfo=UTC)
_MONTH = timedelta(days=365.25 * YEARS / LOOKS)
_small = partial(page, paragraphs=12, noise=2000)
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
    site = Site(_small, EDITIONS - 1)
    memory = Path("/dev/shm")
    with (
        TemporaryDirectory(dir=memory if memory.is_dir() else None) as quick,
        TemporaryDirectory() as folder,
    ):
        _simulate(Path(quick), site, size)
        root = Path(folder) / "root"
        shutil.copytree(quick, root)
        later = (_START + (LOOKS + n) * _MONTH for n in range(9))

        def run(*arguments: str) -> Cost:
            return cost(tracker(root, *arguments, now=next(later).isoformat()))

        first, again = run("publish"), run("publish")
        same = run("run", "--allow-host", site.entry)
        site.changed, site.edition = max(1, size // 100), EDITIONS
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


def _simulate(root: Path, site: Site, size: int) -> None:
    """An archive of so many documents that were looked at month by month."""
    folder = root / "data" / "declarations" / "global"
    folder.mkdir(parents=True)
    for n in range(0, size, 10):
        terms = {f"Terms {k}": {"fetch": site.url(n + k)} for k in range(min(10, size - n))}
        (folder / f"S{n}.json").write_text(json.dumps({"name": f"S{n}", "terms": terms}))
    with Archive(root / "data" / "archive.db", write=True) as archive:
        for document in open_workspace(root).declared.documents:
            _look(archive, document)


def _look(archive: Archive, document: Document) -> None:
    (source,) = document.sources
    number = int(source.url.rpartition("/")[2])
    archive.introduce(document)
    seen: dict[int, Capture] = {}
    for month in range(LOOKS):
        edition = month * EDITIONS // LOOKS
        body = _small(number, edition, nonce=f"{month:016x}")
        time = _START + month * _MONTH
        if edition not in seen:
            seen[edition] = _capture(document, source, body, time)
        archive.add(_at(seen[edition], body, time), body)


def _capture(document: Document, source: Source, body: bytes, time: datetime) -> Capture:
    """What a good look records, judged once for each text."""
    found = judge(body, "text/html", source, (), time)
    return Capture(
        document=document.id,
        source=source,
        asked_url=source.url,
        final_url=source.url,
        time=time,
        status=200,
        headers=(("content-type", "text/html; charset=utf-8"),),
        outcome=found.outcome,
        reason=found.reason,
        body=None,
        text=found.text,
        length=found.length,
        language=found.language,
        media="text/html; charset=utf-8",
        via=LIVE,
        archive_url=None,
    )


def _at(seen: Capture, body: bytes, time: datetime) -> Capture:
    return replace(seen, body=digest(body), time=time)
