"""Any two versions beside each other: what the comparison in the browser can choose from."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from tracker.model import History, Version
from tracker.publisher import urls, words
from tracker.publisher.continuity import texts


@dataclass(frozen=True, slots=True)
class Choice:
    """A version in a list: `value` names it in the address of a comparison, `name` is its own.

    `text` is the number of the text that it is a version of: another one from where another page
    was read.
    """

    value: str
    label: str
    name: str
    text: int = 0


@dataclass(frozen=True, slots=True)
class DocumentVersions:
    """The versions of one document, newest first; `worth` as `words.topic_changes` has it."""

    name: str
    document: str
    choices: tuple[Choice, ...]
    worth: int = 0


def most_told_first(shelves: Iterable[DocumentVersions]) -> list[DocumentVersions]:
    """Return what can be compared, the texts that change about a topic first."""
    return sorted(
        (shelf for shelf in shelves if shelf.choices), key=lambda s: (-s.worth, s.document)
    )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A comparison somebody would ask for: two editions of one text, or its first and last."""

    label: str
    older: str
    newer: str


def document_versions(history: History) -> DocumentVersions:
    """Return what a comparison can choose from of one document; nothing where it was never read."""
    previews = [r.after for r in history.revisions if r.after.is_preview]
    found = sorted(
        (*history.versions, *previews), key=lambda v: (v.first_seen, v.is_preview, v.nth)
    )
    days = Counter(version.first_seen.date() for version in found)
    starts = [text[0].first_seen for text in texts(history)]
    choices = tuple(
        _choice(history, v, days[v.first_seen.date()] > 1, bisect(starts, v.first_seen))
        for v in reversed(found)
    )
    name = words.document_name(history)
    return DocumentVersions(name, history.document.id, choices, words.topic_changes(history))


def _choice(history: History, version: Version, has_twin: bool, text: int) -> Choice:
    """Return a version by its day; two versions of one day are told apart by the hour."""
    time = version.first_seen
    label = words.sight(version) if has_twin else words.day(time)
    shown = ", preview" if version.is_preview else ""
    name = words.document_name(history)
    return Choice(urls.version_name(version), f"{label}{shown}", name, text)


def editions(histories: Sequence[History]) -> Iterator[Suggestion]:
    """Editions of one text side by side; `histories` are in the order of their names."""
    known = [h for h in histories if h.versions]
    for _, group in groupby(known, key=lambda h: h.document.id.partition("@")[0]):
        for pair in combinations(group, 2):
            # What is written for everybody stands on the left.
            left, right = sorted(pair, key=lambda h: h.document.edition != "global")
            label = f"{words.document_name(left)} beside {words.document_name(right)}"
            yield Suggestion(label, *_names(left.versions[-1], right.versions[-1]))


def ends(history: History) -> Iterator[Suggestion]:
    """Yield each text of a document: its first version beside its last."""
    for text in texts(history):
        if len(text) > 2:
            yield _ends(history, text)


def _names(*versions: Version) -> Iterator[str]:
    return map(urls.version_name, versions)


def _ends(history: History, text: Sequence[Version]) -> Suggestion:
    first, last = text[0], text[-1]
    days = f"{words.day(first.first_seen)} and {words.day(last.first_seen)}"
    label = f"{words.document_name(history)}: {days}"
    return Suggestion(label, *_names(first, last))
