"""How many real pages a CPU second reads into clauses, and in how much memory.

beautifulsoup4 is our own reference reading, trafilatura a well-known extractor that gives plain
text only. Every tool reads the same captures of the corpus, in a process of its own.
"""

from __future__ import annotations

import hashlib
import resource
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.measure import peer, table
from tests.corpus import CORPUS
from tracker.extractor import lxml_reader, read
from tracker.importer import opened

_BUNDLES = ("linkedin-snapshots-fr", "linkedin-snapshots-hi", "other-snapshots")
_EVERY = 12
_PEER = """
import resource, sys, time
from pathlib import Path
import trafilatura
pages = [p.read_text("utf-8", "replace") for p in sorted(Path(sys.argv[1]).iterdir())]
start = time.process_time()
for page in pages:
    trafilatura.extract(page)
used = time.process_time() - start
print(len(pages) / used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "-")
"""


def main() -> str:
    if not CORPUS.is_dir():
        return "\nextraction: skipped, the reference corpus is not there (set TRACKER_CORPUS)."
    with TemporaryDirectory() as folder:
        number = _lay_out(Path(folder))
        ours = [sys.executable, "-m", "tests.benchmarks.extraction", folder]
        commands = {
            "tracker": [*ours, "quick"],
            "tracker, beautifulsoup4 only": [*ours, "reference"],
            "trafilatura": [
                str(peer("trafilatura", "lxml_html_clean") / "python"),
                "-c",
                _PEER,
                folder,
            ],
        }
        said = {
            name: subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            for name, command in commands.items()
        }
    alike = said["tracker"][2] == said["tracker, beautifulsoup4 only"][2]
    base = float(said["tracker, beautifulsoup4 only"][0])
    rows = [
        [name, f"{float(rate):.0f}", f"{float(rate) / base:.1f}", f"{float(memory):.0f}"]
        for name, (rate, memory, _) in said.items()
    ]
    head = ["", "pages per CPU second", "of the reference's", "peak MB"]
    note = f"\n\nThe two readings of ours are {'identical' if alike else 'DIFFERENT'}."
    return table(f"Extraction of {number} real captures", head, rows) + note


def _lay_out(folder: Path) -> int:
    number = 0
    for bundle in _BUNDLES:
        with opened(str(CORPUS / f"{bundle}.bundle")) as repository:
            for _, body in repository.bodies(list(islice(repository.entries, 0, None, _EVERY))):
                (folder / f"{number:05}.html").write_bytes(body)
                number += 1
    return number


def measure(folder: str, way: str) -> None:
    """Reads every page of a folder one way and prints rate, memory and what was read."""
    if way == "reference":
        lxml_reader.parts = lambda *_: None
    pages = [path.read_bytes() for path in sorted(Path(folder).iterdir())]
    found = hashlib.sha256()
    used = 0.0
    for page in pages:
        start = time.process_time()
        reading = read(page, "text/html", None)
        used += time.process_time() - start
        found.update(repr(reading).encode("utf-8", "surrogatepass"))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(len(pages) / used, memory, found.hexdigest())  # noqa: T201


if __name__ == "__main__":
    measure(*sys.argv[1:3])
