"""`data/corrections.toml`: what an operator takes back about a revision that was published.

A correction changes nothing that was said: the revision stays where it is, with the sentence
above it, and the sentence becomes an item of its own.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from tracker.inputs import (
    DOCUMENT,
    Place,
    kind,
    quoted,
    read_file,
    read_table,
    read_text,
    read_toml,
)
from tracker.model import Correction, utc

FILE = "corrections.toml"

_KEYS = ("document", "first_seen", "date", "sentence")
_MAY = ("nth",)


def load(directory: Path) -> tuple[Correction, ...]:
    """The corrections in `directory`/corrections.toml, none where there is no such file.

    Raises `DeclarationError`, as `parse` does.
    """
    path = directory / FILE
    return parse(FILE, read_file(path, FILE)) if path.exists() else ()


def parse(file: str, text: str) -> tuple[Correction, ...]:
    """The corrections of a TOML text, oldest first; `file` is only for messages.

    Each is a `[[correction]]` with `document`, `first_seen` (the revision's, as its page and
    `tracker log --json` give it), `date` and `sentence`, and `nth` where the revision is not the
    first of its second. Raises `DeclarationError` for anything else: a correction that is quietly
    ignored is worse than none.
    """
    top = Place(file)
    given = read_table(top, read_toml(top, text), ("correction",)).get("correction", [])
    if not isinstance(given, list):
        raise top.at("correction").wrong(f"must be written [[correction]], not as {kind(given)}")
    found = [_correction(top.at(f"correction {n}"), one) for n, one in enumerate(given, 1)]
    return tuple(sorted(found, key=lambda c: (c.date, c.document, c.first_seen, c.sentence, c.nth)))


def _correction(place: Place, value: object) -> Correction:
    given = read_table(place, value, (*_KEYS, *_MAY))
    for key in _KEYS:
        if key not in given:
            raise place.wrong(f"has no {key}; write one")
    document = read_text(place.at("document"), given["document"])
    if not DOCUMENT.fullmatch(document):
        problem = f"has {quoted(document)}; write a whole id, such as linkedin/privacy-policy@eu"
        raise place.at("document").wrong(problem)
    return Correction(
        document,
        _time(place.at("first_seen"), given["first_seen"]),
        _day(place.at("date"), given["date"]),
        read_text(place.at("sentence"), given["sentence"]),
        _nth(place.at("nth"), given.get("nth", 1)),
    )


def _nth(place: Place, value: object) -> int:
    if type(value) is not int or value < 1:
        raise place.wrong("must be 1, 2 or whichever revision of its second it is")
    return value


def _time(place: Place, value: object) -> datetime:
    """A TOML time or the same in quotation marks; without an offset it is UTC."""
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
