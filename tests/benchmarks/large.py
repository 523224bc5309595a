"""What the largest texts cost: to read, and to publish with a version in which a tenth changed.

`TRACKER_SIZES` says which parts of the largest accepted text are measured, in hundredths.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import cost, table, tracker
from tests.benchmarks.pages import sentences
from tests.samples import declare
from tracker.extractor.limits import CLAUSES, LETTERS

SIZES = [int(n) for n in os.environ.get("TRACKER_SIZES", "12,25,50,100").split(",")]
_URL = "https://harbour.example/terms"
#: Shapes of a text: the characters of a clause, so that either bound is reached.
SHAPES = {"short clauses": LETTERS // CLAUSES, "paragraphs": 400}


def page(letters: int, clause: int, edition: int = 0) -> bytes:
    """A text of about so many characters in clauses of about that length; a tenth is edited."""
    return (
        "<html lang=en><main><h1>Terms</h1>" + "".join(_parts(letters, clause, edition))
    ).encode()


def _parts(letters: int, clause: int, edition: int) -> Iterator[str]:
    chance, edits = random.Random(1), random.Random(2)
    room = letters * 98 // 100  # the headings take some
    pool = [word for said in sentences("large", 4000) for word in said.split()]
    for n in range(room // (clause + 1)):
        first = chance.randrange(len(pool) - clause)
        words = f"{n} {' '.join(pool[first : first + clause // 4])}"[: clause - 1].split(" ")
        if edition and n % 10 == 3:
            words[edits.randrange(1, len(words))] = f"edited{n}"
        if n % 40 == 0:
            yield f"<h2>Section {n // 40}</h2>"
        text = " ".join(words)
        link = f'<a href="/see/{n}">it</a> ' if n % 20 == 7 else ""
        yield f"<p>{link}{text}</p>"


def main() -> str:
    head = [
        "shape", "characters", "clauses", "read, CPU s", "read again", "publish both", "all",
        "per 100,000", "peak MB",
    ]  # fmt: skip
    rows = [_row(shape, size) for shape in SHAPES for size in SIZES]
    return table("The largest texts, a tenth of them changed", head, rows)


def _row(shape: str, size: int) -> list[str]:
    letters = LETTERS * size // 100
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        declare(root, {"Terms": _URL})
        costs = []
        for edition in (0, 1):
            file = root / f"{edition}.html"
            file.write_bytes(page(letters, SHAPES[shape], edition))
            at = f"2024-0{edition + 1}-01T00:00Z"
            costs.append(cost(tracker(root, "import", "file", str(file), "terms", "--at", at)))
        costs.append(cost(tracker(root, "publish")))
    spent, peak = sum(c.seconds for c in costs), max(c.megabytes for c in costs)
    clauses = letters * 98 // 100 // (SHAPES[shape] + 1)
    figures = [*(f"{c.seconds:.1f}" for c in costs), f"{spent:.1f}"]
    return [
        shape, f"{letters:,}", f"{clauses:,}", *figures, f"{spent / letters * 100_000:.2f}",
        f"{peak:.0f}",
    ]  # fmt: skip
