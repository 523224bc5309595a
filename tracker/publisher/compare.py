"""Any two versions beside each other: what the comparison in the browser can choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.model import History
from tracker.publisher import places, words


@dataclass(frozen=True, slots=True)
class Choice:
    """A version in a list: `value` is its place under documents/, without the slash at its end."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The versions of one document, newest first."""

    name: str
    document: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A comparison somebody would ask for: two editions of one text, or its first and last."""

    label: str
    older: str
    newer: str


def shelves(histories: Sequence[History]) -> list[Shelf]:
    return [_shelf(h) for h in histories if h.versions]


def _shelf(history: History) -> Shelf:
    choices = [
        Choice(_value(history, n), words.day(v.first_seen)) for n, v in enumerate(history.versions)
    ]
    # Two versions of one day are told apart by the hour.
    days = [choice.label for choice in choices]
    told = tuple(
        Choice(c.value, words.moment(v.first_seen) if days.count(c.label) > 1 else c.label)
        for c, v in zip(choices, history.versions, strict=True)
    )
    return Shelf(words.document_name(history), history.document.id, told[::-1])


def _value(history: History, place: int) -> str:
    return places.version_page(history.versions[place]).removeprefix("documents/").rstrip("/")


def suggestions(histories: Sequence[History]) -> list[Suggestion]:
    """Editions of one text side by side, then each document's first version beside its last."""
    known = [h for h in histories if h.versions]
    return [*_editions(known), *(_ends(h) for h in known if len(h.versions) > 2)]


def _editions(known: Sequence[History]) -> Iterator[Suggestion]:
    for n, one in enumerate(known):
        for other in known[n + 1 :]:
            if _text(one) == _text(other):
                # What is written for everybody stands on the left.
                left, right = sorted((one, other), key=lambda h: h.document.edition != "global")
                label = f"{words.document_name(left)} beside {words.document_name(right)}"
                yield Suggestion(label, _value(left, -1), _value(right, -1))


def _text(history: History) -> str:
    return history.document.id.partition("@")[0]


def _ends(history: History) -> Suggestion:
    first, last = (words.day(history.versions[n].first_seen) for n in (0, -1))
    label = f"{words.document_name(history)}: {first} and {last}"
    return Suggestion(label, _value(history, 0), _value(history, -1))
