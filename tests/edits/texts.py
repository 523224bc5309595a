"""The texts that are edited: invented ones, the demo's, and real ones where the corpus is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from tests.corpus import CORPUS
from tests.edits.blocks import Block, block, clauses
from tests.edits.prose import linked, terms
from tracker.demo import PATHS, STATES, page
from tracker.extractor import read
from tracker.importer.git.repository import opened
from tracker.model import Clause, Unit

Base = tuple[str, tuple[Block, ...]]
_BUNDLES = ("linkedin-versions.bundle", "other-versions.bundle")
_FEWEST = 40  # clauses; shorter texts have no room for thirty edits


def invented(count: int = 4) -> list[Base]:
    """Some of our own making, and the pages of the demo."""
    found: list[Base] = [(f"terms {n}", tuple(terms(n))) for n in range(count)]
    for path in PATHS:
        html = page(path, STATES[0], "") or ""
        found.append((path, from_clauses(read(html.encode(), "text/html", None).clauses)))
    return found


def real() -> list[Base]:
    """The newest version of each text in the bundles of the corpus; none where it is absent."""
    return [base for name in _BUNDLES if (CORPUS / name).is_file() for base in _bundle(name)]


def _bundle(name: str) -> Iterator[Base]:
    with opened(str(CORPUS / name)) as repository:
        newest = {(e.service, e.type): e for e in repository.entries}
        for entry, body in repository.bodies(tuple(newest.values())):
            blocks = from_clauses(read(body, entry.media, None).clauses)
            if len(blocks) >= _FEWEST:
                yield f"{entry.service} {entry.type}", blocks


def from_clauses(found: Sequence[Clause]) -> tuple[Block, ...]:
    """Blocks that read as these clauses again; the few that would not are left out."""
    random = Random(len(found))
    made = (
        linked(random, block(c.unit, c.text, c.number, min(c.level, 6), row))
        for row, c in enumerate(found)
    )
    return tuple(b for b in made if _is_stable(b))


def _is_stable(b: Block) -> bool:
    if b.unit is Unit.DEFINITION or not b.pieces:
        return False
    try:
        (only,) = clauses([b])
    except ValueError:
        return False
    return (only.unit, only.number, only.text) == (b.unit, b.number, b.text)
