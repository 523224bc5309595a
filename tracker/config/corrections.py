"""`data/corrections.toml`: sentences of the operator that put right what was published or judged.

A correction does not change what was published: the revision stays where it is, with the sentence
above it, and the sentence becomes an item of its own. A correction that cannot be read is named and
left out; the others apply.

A capture that is not the document, though it seemed so, is *revoked* by one; a capture that is the
document, though it was refused, is *accepted*. Both stay in the log as they were recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tracker.config.validation import (
    DOCUMENT,
    Gathered,
    Place,
    Refusal,
    check_keys,
    is_there,
    kind,
    quoted,
    read_file,
    read_table,
    read_text,
    read_toml,
    refused,
)
from tracker.errors import DeclarationError
from tracker.model import Correction, Verdict, utc

FILE = "corrections.toml"


@dataclass(frozen=True, slots=True)
class Corrected:
    """The corrections that could be read, and the refusal of the others."""

    corrections: tuple[Correction, ...] = ()
    refusal: Refusal | None = None


def load(directory: Path) -> Corrected:
    """Read the corrections in `directory`/corrections.toml; none if there is no such file."""
    path = directory / FILE
    if not is_there(path):
        return Corrected()
    try:
        return parse(FILE, read_file(path, FILE))
    except DeclarationError as error:
        return Corrected((), refused(error))


def parse(file: str, text: str) -> Corrected:
    """Parse the corrections of a TOML text, oldest first; `file` is only for messages.

    Each is a `[[correction]]` with `document`, `first_seen` (the revision's, as its page and
    `tracker log --json` give it), `date` and `sentence`, and `nth` if the revision is not the first
    of its second. In place of `first_seen` it may have `revoked` or `accepted`: the time of a
    capture. Anything else is refused: a correction that is quietly ignored is worse than
    none.
    """
    top, wrong = Place(file), Gathered()
    given, found = list[object](), list[Correction]()
    with wrong:
        table = read_toml(top, text)
        given = _entries(top, table)
        check_keys(top, table, ("correction",))
    for n, one in enumerate(given, 1):
        with wrong:
            found.append(_correction(top.at(f"correction {n}"), one))
    return Corrected(_in_order(found), wrong.refusal())


def with_earlier(found: Corrected, earlier: Sequence[Correction]) -> tuple[Correction, ...]:
    """Return the corrections in force: a typing error does not withdraw an earlier one."""
    if not found.refusal:
        return found.corrections
    known = {(c.document, c.first_seen, c.nth, c.verdict) for c in found.corrections}
    still = [c for c in earlier if (c.document, c.first_seen, c.nth, c.verdict) not in known]
    return _in_order([*found.corrections, *still])


def _in_order(found: Sequence[Correction]) -> tuple[Correction, ...]:
    return tuple(sorted(found, key=lambda c: (c.date, c.document, c.first_seen, c.sentence, c.nth)))


def _entries(top: Place, table: dict[str, object]) -> list[object]:
    given = table.get("correction", [])
    if not isinstance(given, list):
        raise top.at("correction").wrong(f"must be written [[correction]], not as {kind(given)}")
    return given


def _correction(place: Place, value: object) -> Correction:
    given, wrong = read_table(place, value, (*_KEYS, *_MAY)), Gathered()
    found = dict[str, Any]()
    with wrong:
        found["first_seen"], found["verdict"] = _about(place, given)
    for key in (key for key in _KEYS if key != "first_seen"):
        with wrong:
            if key not in given:
                raise place.wrong(f"has no {key}; write one")
            found[key] = _READERS[key](place.at(key), given[key])
    with wrong:
        found["nth"] = _nth(place.at("nth"), given.get("nth", 1))
    wrong.check()
    return Correction(**found)


def _about(place: Place, given: Mapping[str, object]) -> tuple[datetime, Verdict | None]:
    """Read the time of what it is about, and the judgement where that is a capture."""
    times = [key for key in ("first_seen", *Verdict) if key in given]
    if len(times) != 1:
        raise place.wrong("has no first_seen; write one, or else one of revoked and accepted")
    time = _time(place.at(times[0]), given[times[0]])
    return time, None if times[0] == "first_seen" else Verdict(times[0])


def _document(place: Place, value: object) -> str:
    document = read_text(place, value)
    if not DOCUMENT.fullmatch(document):
        problem = f"has {quoted(document)}; write a whole id, such as linkedin/privacy-policy@eu"
        raise place.wrong(problem)
    return document


def _nth(place: Place, value: object) -> int:
    if type(value) is not int or value < 1:
        raise place.wrong("must be 1, 2 or whichever revision of its second it is")
    return value


def _time(place: Place, value: object) -> datetime:
    """Read a TOML time, or one in quotation marks; without an offset it is UTC."""
    wrong = place.wrong("must be a time such as 2025-11-04T08:00:00Z")
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(found, datetime):
            raise wrong
        return utc(found.replace(microsecond=0))
    except ValueError as error:
        raise wrong from error


def _day(place: Place, value: object) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise place.wrong("must be a day such as 2026-01-05, without quotation marks")
    return value


_READERS: dict[str, Callable[[Place, object], object]] = {
    "document": _document,
    "first_seen": _time,
    "date": _day,
    "sentence": read_text,
}
_KEYS = tuple(_READERS)
_MAY = ("nth", *Verdict)
