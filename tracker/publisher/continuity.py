"""Where a document became another text because another page was read, not because it changed.

What is only in the text before such a break was not removed, as far as we know; what is only in
the text after it was not written then. So nothing may be told across it as a change.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tracker.model import History, Revision, Significance, Version


def is_break(revision: Revision) -> bool:
    """Return whether what differs comes of where the text was read rather than of the text."""
    if revision.is_translation:
        return True
    technical = revision.significance is Significance.TECHNICAL
    return technical and bool(revision.changes) and not revision.after.is_preview


def carries_on(revision: Revision) -> bool:
    """Return whether at least half of the older text stands, to the letter, in the newer one
    too.
    """
    return 2 * len(list(kept(revision))) >= len(revision.before.clauses)


def kept(revision: Revision) -> Iterator[tuple[int, int]]:
    """Yield the clauses with the very same words: their place in the newer version and in the
    older.
    """
    for pair in revision.pairs:
        if len(pair.before) == len(pair.after) == 1:
            (old,), (new,) = pair.before, pair.after
            if revision.before.clauses[old].key == revision.after.clauses[new].key:
                yield new, old


def breaks(history: History) -> list[Revision | None]:
    """For every version the break that brought it, None where none did."""
    found = {r.after.key: r for r in history.revisions if is_break(r)}
    return [found.get(version.key) for version in history.versions]


def present(history: History) -> tuple[Version, ...]:
    """Return the versions of the text in force, from when it was first read: one that carries on
    where another page was read is the same text.
    """
    start = max(
        (n for n, broken in enumerate(breaks(history)) if broken and not carries_on(broken)),
        default=0,
    )
    return history.versions[start:]


def texts(history: History) -> Iterator[tuple[Version, ...]]:
    """Yield the versions from one break to the next, oldest first."""
    starts = [n for n, found in enumerate(breaks(history)) if found or n == 0]
    for start, end in pairwise([*starts, len(history.versions)]):
        yield history.versions[start:end]
