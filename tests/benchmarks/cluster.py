"""A large archive derived by others: processes of this machine, a Dask cluster, one that loses a
worker half-way. What is published must be the same to the byte.

Seconds are those of the clock: the work itself is the same wherever it is done.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from subprocess import DEVNULL, run
from tempfile import TemporaryDirectory

from tests.benchmarks.measure import ENVIRONMENT, table, tracker
from tests.benchmarks.pages import Site
from tests.benchmarks.simulated import Looking, simulate, small
from tests.cluster import Cluster
from tests.samples import bytes_of

DOCUMENTS = int(os.environ.get("TRACKER_DOCUMENTS", "100"))
_LOOKING = Looking(looks=60, every=timedelta(days=60), editions=10)


def main() -> str:
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "cluster").mkdir()
        simulate(place / "origin", Site(small, _LOOKING.editions - 1), DOCUMENTS, _LOOKING)
        alone, expected = _published(place, "alone")
        rows = [("this process alone", alone, expected)]
        rows.append(("2 processes of this machine", *_published(place, "pool", "--workers", "2")))
        with closing(Cluster(place / "cluster")) as found:
            options = ("--scheduler", found.address)
            rows.append(("a cluster of 2 workers", *_published(place, "whole", *options)))
            killer = threading.Timer(rows[-1][1] / 2, found.kill_one_at_work)
            killer.start()
            rows.append(("the same, one killed half-way", *_published(place, "less", *options)))
            killer.join()
    if any(files != expected for _, _, files in rows):
        raise RuntimeError("what was published differs")
    shown = [[name, f"{s:.1f}", f"{s / alone:.2f}", "yes"] for name, s, _ in rows]
    head = ["", "seconds", "of one process", "same bytes"]
    return table(f"{DOCUMENTS} documents of 10 versions, published for the first time", head, shown)


def _published(place: Path, name: str, *options: str) -> tuple[float, dict[str, bytes]]:
    """How long a first publication of a copy of the archive took, and the files."""
    root = Path(shutil.copytree(place / "origin", place / name))
    if (key := place / "alone" / "data" / "signing.key").exists():
        shutil.copy2(key, root / "data")
    begun = time.monotonic()
    run(tracker(root, "publish", *options), env=ENVIRONMENT, stdout=DEVNULL, check=True)
    return time.monotonic() - begun, bytes_of(root / "feeds")
