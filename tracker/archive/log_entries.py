"""The entries of the logs: the very bytes that are hashed for a row. A frozen format. Pure.

An entry is stated here by version and apart from the tables, so that a table may get a column and
every archive, checkpoint, timestamp and bundle ever made still verifies. Nothing stated here for a
version may change, ever.

    version 1   the fields below
    version 2   those, `facts`, and `entry`: the number 2

An entry is one JSON object of the fields of its version as the row holds them, encoded as
json.dumps(fields, ensure_ascii=True, sort_keys=True, separators=(",", ":")) does it: names in the
order of their code points, no blanks, everything but ASCII as \\uXXXX. `chain`, and the number that
says a row's place in its log (`id` of captures and robots), are no part of it.

A row says the version of its entry in its column `entry`: NULL, or no such column, is version 1.
`facts` is a JSON object in the same encoding, as text: further facts by name, each a text. So
anything more to be recorded goes into `facts` and needs neither a column nor a version. A column
that is to be proved comes with version 3: its fields in `ENTRY_FIELDS`, `VERSION`, and a schema
with the column, in which rows of older versions hold NULL. A column that is in no version may be
added at will; nothing proves its content.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tracker.errors import ArchiveError
from tracker.model import digest

GENESIS = "0" * 64
#: The version of the entries that are written today.
VERSION = 2

_CAPTURE = (
    *("document", "source", "source_key", "asked_url", "final_url", "time", "status", "headers"),
    *("outcome", "reason", "body", "text", "length", "language", "media", "via", "archive_url"),
)
_DOCUMENT = ("id", "service", "type", "edition")
_ROBOTS = ("host", "time", "allowed", "reason")
#: The fields of an entry, by log and version.
ENTRY_FIELDS: Mapping[str, Mapping[int, tuple[str, ...]]] = {
    "captures": {1: _CAPTURE, 2: (*_CAPTURE, "entry", "facts")},
    "documents": {1: _DOCUMENT, 2: (*_DOCUMENT, "entry", "facts")},
    "robots": {1: _ROBOTS, 2: (*_ROBOTS, "entry", "facts")},
}
#: The tables that are logs.
LOGS = tuple(ENTRY_FIELDS)


def entry(log: str, row: Mapping[str, Any]) -> bytes:
    """Return the entry of a row, in the version that the row says.

    Raises ArchiveError where that is none of ours, or where the row holds something in a field of
    a later version, which its entry would not cover.
    """
    mine = ENTRY_FIELDS[log].get(_version(row))
    if mine is None or any(row.get(name) is not None for name in _UNCOVERED[log, _version(row)]):
        raise ArchiveError(
            f"The log of {log} has a row whose entry is of no version that is known; "
            "`tracker verify` names it, `tracker restore` brings a backup back."
        )
    return _canonical({name: row[name] for name in mine}).encode()


def _version(row: Mapping[str, Any]) -> int:
    """Return the version that a row says, or 0 if it is none. Version 1 was never written out."""
    said = row.get("entry")
    if said is None:
        return 1
    return said if type(said) is int and said > 1 else 0


def _canonical(facts: Mapping[str, object]) -> str:
    # `repr` is for what only damage can put into a row: bytes in place of text.
    return json.dumps(facts, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=repr)


#: The fields in which a row of each log and version must hold nothing: those of other versions.
_UNCOVERED = {
    (log, version): tuple({n for other in versions.values() for n in other} - {*mine, "entry"})
    for log, versions in ENTRY_FIELDS.items()
    for version, mine in versions.items()
}


def packed_facts(facts: Iterable[tuple[str, str]]) -> str:
    """Return further facts as they are recorded."""
    return _canonical(dict(facts))


def unpacked_facts(text: str | None) -> tuple[tuple[str, str], ...]:
    """Return what `packed_facts` packed, in the order of the names; nothing of older entries.

    Raises ValueError for anything else.
    """
    found = json.loads(text) if text is not None else {}
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise ValueError("facts are no texts by name")
    return tuple(sorted(found.items()))


def link(previous: str, said: bytes) -> str:
    """Return the chain value of an entry that follows the one with the chain value `previous`."""
    return digest(previous.encode() + b"\n" + said)
