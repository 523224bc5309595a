"""Whether recorded rows are what was recorded: every difference is named. Pure.

The chain names the row that was altered; the head (size, last chain value, Merkle frontier) tells
what was cut off at the end, or a log that was rewritten as a whole.
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
    """How long a log is, its last chain value, and its Merkle frontier."""

    size: int
    chain: str
    frontier: tuple[bytes, ...]

    @property
    def root(self) -> bytes:
        return root_of(self.frontier)


#: The head of a log in which nothing was recorded yet.
EMPTY = Head(0, GENESIS, ())


def heads(log: str, rows: Iterable[Row], start: Head = EMPTY) -> Iterator[Head]:
    """The heads that a log had, from `start` to the one after the last of the rows that follow."""
    head = start
    yield head
    for row in rows:
        said = entry(log, row)
        frontier = grown(head.frontier, head.size, leaf_hash(said))
        head = Head(head.size + 1, link(head.chain, said), frontier)
        yield head


def head_of(log: str, rows: Iterable[Row]) -> Head:
    """The head that follows from these rows."""
    *_, last = heads(log, rows)
    return last


def log_problems(log: str, rows: Iterable[Row], head: Head | None) -> Iterator[str]:
    """Every row of a log that is not as it was recorded, and what is missing at its end."""
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
    """The entry of a row; of one without any, nothing that was ever recorded."""
    try:
        return entry(log, row)
    except ArchiveError:
        return b""


def named(log: str, row: Row) -> str:
    """What a row is called in a sentence."""
    match log:
        case "captures":
            return f"capture {row['id']} ({row['document']}, {row['time']})"
        case "documents":
            return f"the name of {row['id']}"
        case _:
            return f"the look at robots.txt of {row['host']} at {row['time']}"


def bodies_to_keep(rows: Iterable[Row]) -> set[str]:
    """The bodies that must be there: of each readable text the first and the latest served.

    `rows` are the captures; a 304 brought no body of its own.
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
    """Bodies that are missing, and bodies that nobody recorded; `present` are those there are."""
    captures, there = list(captures), set(present)
    for digest in sorted(bodies_to_keep(captures) - there):
        row = next(r for r in captures if str(r["body"]) == digest)
        yield f"body {digest[:12]}… of {named('captures', row)} is missing"
    for digest in sorted(there - {str(r["body"]) for r in captures}):
        yield f"body {digest[:12]}… belongs to no capture"


def shape_problems(
    found: Mapping[str, tuple[str, ...]], expected: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """Tables, indexes, views and triggers that are missing, foreign or otherwise made."""
    for name in sorted(expected.keys() - found.keys()):
        yield f"the {name} is missing"
    for name in sorted(found.keys() - expected.keys()):
        yield f"the {name} is none of ours"
    for name in sorted(found.keys() & expected.keys()):
        if found[name] != expected[name]:
            yield f"the {name} has other columns: {json.dumps(found[name])}"
