"""Checks that rows are as they were recorded; every difference is named. Pure.

The chain identifies an altered row; the head (size, last chain value, Merkle frontier) reveals rows
cut off at the end, and a log that was rewritten as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker._support.merkle import frontier_of, grown, leaf_hash, root_of
from tracker.archive.log_entries import GENESIS, entry, link
from tracker.errors import ArchiveError

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a log: its size, its last chain value and its Merkle frontier."""

    size: int
    chain: str
    frontier: tuple[bytes, ...]

    @property
    def root(self) -> bytes:
        return root_of(self.frontier)

    def after(self, said: bytes) -> Head:
        """Return the head of the same log once it has one more entry."""
        frontier = grown(self.frontier, self.size, leaf_hash(said))
        return Head(self.size + 1, link(self.chain, said), frontier)


#: The head of an empty log.
EMPTY = Head(0, GENESIS, ())


def heads(log: str, rows: Iterable[Row], start: Head = EMPTY) -> Iterator[Head]:
    """Yield the heads that a log had, from `start` to the one after the last of `rows`."""
    head = start
    yield head
    for row in rows:
        head = head.after(entry(log, row))
        yield head


def head_of(log: str, rows: Iterable[Row]) -> Head:
    """Return the head of a log of these rows."""
    *_, last = heads(log, rows)
    return last


def log_problems(log: str, rows: Iterable[Row], head: Head | None) -> Iterator[str]:
    """Name every row of a log that is not as it was recorded, and rows missing at its end."""
    chain, leaves, broken = GENESIS, [], False
    for row in rows:
        said = _said(log, row)
        leaves.append(leaf_hash(said))
        out_of_place = log != "documents" and row["id"] != len(leaves)
        if link(chain, said) != row["chain"] or out_of_place:
            yield f"{named(log, row)} is not as it was recorded, or does not follow the one before"
            broken = True
        chain = str(row["chain"])
    if head is None:
        yield f"the head of the log of {log} is missing"
    elif len(leaves) < head.size:
        yield f"{head.size - len(leaves)} rows are missing from the log of {log}"
    elif len(leaves) > head.size:
        yield f"{len(leaves) - head.size} rows were put into the log of {log} by another program"
    elif not broken and (chain != head.chain or frontier_of(leaves) != head.frontier):
        yield f"the log of {log} is not the one whose head was recorded"


def _said(log: str, row: Row) -> bytes:
    """Return the entry of a row; a row without one gets bytes that no log can have."""
    try:
        return entry(log, row)
    except ArchiveError:
        return b""


def named(log: str, row: Row) -> str:
    """Name a row in a sentence."""
    match log:
        case "captures":
            return f"capture {row['id']} ({row['document']}, {row['time']})"
        case "documents":
            return f"the name of {row['id']}"
        case _:
            return f"the look at robots.txt of {row['host']} at {row['time']}"


def bodies_to_keep(rows: Iterable[Row]) -> set[str]:
    """Return the bodies that must be kept: the first and the latest of each readable text.

    `rows` are the captures; a 304 has no body of its own.
    """
    ends: dict[tuple[object, ...], tuple[Row, Row]] = {}
    for row in rows:
        if row["body"] is None or row["status"] == 304:
            continue
        group = (row["document"], row["source_key"], row["text"], row["outcome"])
        first, last = ends.get(group, (row, row))
        when = _when(row)
        ends[group] = (
            row if when < _when(first) else first,
            row if when > _when(last) else last,
        )
    return {str(row["body"]) for pair in ends.values() for row in pair}


def _when(row: Row) -> tuple[str, int]:
    return str(row["time"]), row["id"]


def body_problems(captures: Iterable[Row], present: Iterable[str]) -> Iterator[str]:
    """Name bodies that are missing, and those in `present` that nobody recorded."""
    captures, there = list(captures), set(present)
    for digest in sorted(bodies_to_keep(captures) - there):
        row = next(r for r in captures if str(r["body"]) == digest)
        yield f"body {digest[:12]}… of {named('captures', row)} is missing"
    for digest in sorted(there - {str(r["body"]) for r in captures}):
        yield f"body {digest[:12]}… belongs to no capture"


#: What a backup holds besides the archive: the ledger of what was published.
_IN_A_BACKUP = "table published"


def shape_problems(
    found: Mapping[str, tuple[str, ...]], expected: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """Name tables, indexes, views and triggers that are missing, foreign or different."""
    for name in sorted(expected.keys() - found.keys()):
        yield f"the {name} is missing"
    for name in sorted(found.keys() - expected.keys() - {_IN_A_BACKUP}):
        yield f"the {name} is none of ours"
    for name in sorted(found.keys() & expected.keys()):
        if found[name] != expected[name]:
            yield f"the {name} has other columns: {json.dumps(found[name])}"
