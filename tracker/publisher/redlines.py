"""A revision as rows a page can show: each change with its address, and the text around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.model import Change, Clause, Revision, digest


@dataclass(frozen=True, slots=True)
class Row:
    """A change with its anchor, or (in a whole text) a clause that did not change."""

    anchor: str
    change: Change | None
    clause: Clause | None


def changed(revision: Revision) -> list[Row]:
    """Return the changes in reading order, those of no consequence after the news."""
    rows = list(anchored(revision))
    return sorted(rows, key=lambda row: not (row.change and row.change.significance.is_news))


def whole(revision: Revision) -> list[Row]:
    """Return every clause of the newer text, changes (and what was removed) in their places."""
    found = {_identity(row.change): row for row in anchored(revision) if row.change}
    rows = []
    for pair in revision.pairs:
        before = tuple(revision.before.clauses[i] for i in pair.before)
        after = tuple(revision.after.clauses[j] for j in pair.after)
        row = found.get((id_of(before), id_of(after)))
        rows.append(row or Row("", None, after[0]))
    return rows


def id_of(clauses: tuple[Clause, ...]) -> tuple[int, ...]:
    # The changes hold the very clauses of the versions, so identity finds them again even
    # where a text repeats itself.
    return tuple(id(c) for c in clauses)


def _identity(change: Change) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return id_of(change.before), id_of(change.after)


def anchored(revision: Revision) -> Iterator[Row]:
    """Yield the changes with anchors that come from their words, never from their position."""
    seen: Counter[str] = Counter()
    for change in revision.changes:
        text = "\n".join([*change.path, *(c.key for c in (*change.before, *change.after))])
        name = f"c{digest(text.encode('utf-8', 'surrogatepass'))[:10]}"
        seen[name] += 1
        yield Row(name if seen[name] == 1 else f"{name}-{seen[name]}", change, None)
