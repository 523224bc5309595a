"""What a redline of two consecutive real versions costs, and how that grows with their length.

Ours goes from the clauses of both versions to the whole revision: alignment, redlines, weight,
topics and dates. The others give marks in a text: diff-match-patch on the words of the whole
document, redlines, and `git diff --word-diff`, whose process is counted too. By default
diff-match-patch gives up looking for the least change after a second of the clock; the redline it
then gives is a coarse one, so it is measured too where it may look for a minute.
"""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.measure import cost, peer, table
from tests.benchmarks.pages import page
from tests.corpus import CORPUS
from tracker.config.topics import load
from tracker.differ import revise
from tracker.extractor import read
from tracker.importer import opened
from tracker.model import Version

_WORDS = """
import re, sys, time
from pathlib import Path
files = [p.read_text("utf-8") for p in sorted(Path(sys.argv[1]).glob("*.md"))]
pairs = list(zip(files[::2], files[1::2]))
WHAT
start = time.process_time()
for a, b in pairs:
    compare(a, b)
print(time.process_time() - start)
"""
_DMP = r"""
from diff_match_patch import diff_match_patch
def compare(a, b):
    engine = diff_match_patch()
    engine.Diff_Timeout = SECONDS
    known = {}
    code = lambda w: chr(0xF0000 + known.setdefault(w, len(known)))
    coded = ["".join(map(code, re.findall(r"\w+|\W", text))) for text in (a, b)]
    return engine.diff_main(*coded, False)
"""
_REDLINES = """
from redlines import Redlines
def compare(a, b):
    return Redlines(a, b).output_markdown
"""


def main() -> str:
    rows = []
    if CORPUS.is_dir():
        rows = _real()
    shown = (
        table("Redline of consecutive LinkedIn versions", ["", "CPU s", "of git's"], rows)
        if rows
        else "\nredline: real versions skipped, the corpus is not there."
    )
    return shown + _growth()


def _real() -> list[list[str]]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        ours, number = _ours(folder)
        found = {
            "tracker: the whole revision": ours,
            "git diff --word-diff": _git(folder),
            **{
                f"diff-match-patch, words, {name}": _peer(
                    sys.executable, _DMP.replace("SECONDS", seconds), folder
                )
                for name, seconds in (("1 s a pair at most", "1"), ("1 min a pair at most", "60"))
            },
            "redlines": _peer(
                str(peer("redlines", "typing_extensions") / "python"), _REDLINES, folder
            ),
        }
    base = found["git diff --word-diff"]
    return [[f"{name} ({number} pairs)", f"{seconds:.2f}", f"{seconds / base:.1f}"]
            for name, seconds in found.items()]  # fmt: skip


def _ours(folder: Path) -> tuple[float, int]:
    """Also lays out the pairs for the others."""
    topics = load(Path(__file__).parents[2] / "data" / "topics.toml")
    used, number = 0.0, 0
    with opened(str(CORPUS / "linkedin-versions.bundle")) as repository:
        for kind in sorted({e.type for e in repository.entries}):
            entries = [e for e in repository.entries if e.type == kind]
            for (entry, one), (_, other) in pairwise(repository.bodies(entries)):
                (folder / f"{number:04}a.md").write_bytes(one)
                (folder / f"{number:04}b.md").write_bytes(other)
                before, after = (_version(body, entry.media) for body in (one, other))
                start = time.process_time()
                revise(before, after, topics)
                used += time.process_time() - start
                number += 1
    return used, number


def _version(body: bytes, media: str) -> Version:
    found, time = read(body, media, None), datetime(2025, 1, 1, tzinfo=UTC)
    return Version("d", found.title, time, time, found.clauses, (), ())


def _git(folder: Path) -> float:
    total = 0.0
    for before in sorted(folder.glob("*a.md")):
        after = before.with_name(before.name.replace("a.md", "b.md"))
        command = ["git", "diff", "--no-index", "--word-diff", str(before), str(after)]
        total += cost(command, ok=(0, 1)).seconds
    return total


def _peer(python: str, what: str, folder: Path) -> float:
    program = _WORDS.replace("WHAT", what)
    done = subprocess.run(
        [python, "-c", program, str(folder)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def _growth() -> str:
    topics = load(Path(__file__).parents[2] / "data" / "topics.toml")
    rows = []
    for factor in (1, 2, 4, 8):
        before, after = (_version(page(1, n, 120 * factor), "text/html") for n in (0, 2))
        times = []
        for _ in range(3):
            start = time.process_time()
            revise(before, after, topics)
            times.append(time.process_time() - start)
        length = sum(len(c.text) for c in before.clauses)
        rows.append([f"{factor} ×", f"{length:,}", f"{1000 * sorted(times)[1]:.0f}"])
    return table("Growth of a redline", ["length", "characters", "ms CPU"], rows)
