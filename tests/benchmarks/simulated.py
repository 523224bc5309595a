"""An archive as years of looks leave it, recorded as every look is but in memory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.pages import Site, page
from tracker.app.workspace import open_workspace
from tracker.archive.store import Archive
from tracker.extractor import classify
from tracker.model import LIVE, Capture, Document, Source, digest

_START = datetime(2016, 1, 1, 12, tzinfo=UTC)
small = partial(page, paragraphs=12, noise=2000)


@dataclass(frozen=True, slots=True)
class Looking:
    """How a document was looked at: how often, at which interval, and in how many editions."""

    looks: int
    every: timedelta
    editions: int

    def time(self, look: int) -> datetime:
        return _START + look * self.every


@contextmanager
def simulated(site: Site, size: int, looking: Looking) -> Iterator[Path]:
    """A folder on disk that holds what `simulate` makes."""
    memory = Path("/dev/shm")
    with (
        TemporaryDirectory(dir=memory if memory.is_dir() else None) as quick,
        TemporaryDirectory() as folder,
    ):
        simulate(Path(quick), site, size, looking)
        yield Path(shutil.copytree(quick, Path(folder) / "root"))


def simulate(root: Path, site: Site, size: int, looking: Looking) -> None:
    """Make `root` as it is when so many documents of `site` were looked at."""
    folder = root / "data" / "declarations" / "global"
    folder.mkdir(parents=True)
    for n in range(0, size, 10):
        terms = {f"Terms {k}": {"fetch": site.url(n + k)} for k in range(min(10, size - n))}
        (folder / f"S{n}.json").write_text(json.dumps({"name": f"S{n}", "terms": terms}))
    with Archive(root / "data" / "archive.db", write=True) as archive:
        for document in open_workspace(root).declared.documents:
            _look(archive, document, looking)


def _look(archive: Archive, document: Document, looking: Looking) -> None:
    (source,) = document.sources
    number = int(source.url.rpartition("/")[2])
    archive.introduce(document)
    seen: dict[int, Capture] = {}
    for look in range(looking.looks):
        edition = look * looking.editions // looking.looks
        body = small(number, edition, nonce="NONCE").replace(b"NONCE", f"{look:016x}".encode())
        time = looking.time(look)
        if edition not in seen:
            seen[edition] = _capture(document, source, body, time)
        archive.add(replace(seen[edition], body=digest(body), time=time), body)


def _capture(document: Document, source: Source, body: bytes, time: datetime) -> Capture:
    """What a good look records, judged once for each text."""
    found = classify(body, "text/html", source, (), time)
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
