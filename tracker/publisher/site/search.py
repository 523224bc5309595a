"""The search: an index of words in pieces, so that a reader loads little before the first result.

A document's wordings, all there ever were, are cut into parts of a few thousand characters: those
in force first, then the others, the latest first. The index says for each word which parts have it;
it is cut into files by the alphabet. A browser loads the list of documents, one file of the index
for each word, and then parts until it has enough to show.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from tracker.model import Clause, History, Version
from tracker.publisher import urls, words
from tracker.publisher.site.clause_history import ClauseHistories

INDEX = "search/index.json"
_LARGEST_PART = 9_000  # characters; a paragraph of law has 500
_LARGEST_LEAF = 9_000  # characters of a file of the index
_EVERYWHERE = 0.5  # of all parts; a word of so many tells none from another
_LONGEST_WORD = 40
# Scripts that are written without blanks are looked up character by character.
_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W_぀-ヿ㐀-鿿가-힯]+")


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """The words of one document, packed: those of a whole site are in memory at once.

    `parts` is how many parts it has, the first `standing` of which are in force; `worth` is as
    `words.topic_changes` has it.
    """

    document: str
    name: str
    parts: int
    standing: int
    worth: int
    packed: bytes

    @property
    def words(self) -> dict[str, list[int]]:
        """The parts in which each word is."""
        found: dict[str, list[int]] = json.loads(zlib.decompress(self.packed))
        return found


@dataclass(slots=True)
class _Wording:
    """A clause as it was worded from the version `first` to the version `last`, by number."""

    clause: Clause
    anchor: str
    first: int
    last: int

    @property
    def text(self) -> str:
        return words.safe(f"{self.clause.number} {self.clause.text}".strip())


def search_files(
    history: History, found: ClauseHistories
) -> tuple[SearchIndex, list[tuple[str, bytes]]]:
    """Make the parts of a document, and the index of the words in them."""
    newest = len(history.versions) - 1
    every = _wordings(history.versions, found)
    now = [wording for wording in every if wording.last == newest]
    then = sorted((w for w in every if w.last < newest), key=lambda w: (-w.last, w.first))
    groups = [*_parts(now), *_parts(then)]
    known: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        for word in sorted({word for wording in group for word in words_of(_all(wording))}):
            known.setdefault(word, []).append(number)
    index = SearchIndex(
        history.document.id,
        words.document_name(history),
        len(groups),
        sum(1 for group in groups if group[0].last == newest),
        words.topic_changes(history),
        zlib.compress(json.dumps(known, sort_keys=True).encode()),
    )
    return index, [
        (part_file(history.document.id, number), _written(history, group, newest))
        for number, group in enumerate(groups)
    ]


def part_file(document: str, number: int) -> str:
    return f"search/{document}/{number}.json"


def words_of(text: str) -> Iterator[str]:
    """Return the words of a text as they are looked up; the browser takes them apart in the same
    way.
    """
    return (found[0][:_LONGEST_WORD] for found in _WORD.finditer(text.lower()))


def _all(wording: _Wording) -> str:
    return f"{wording.text} {words.heading(wording.clause.path)}"


def _wordings(versions: Sequence[Version], found: ClauseHistories) -> list[_Wording]:
    """Return every wording of every clause with the versions that have it, in the order of the
    text.
    """
    open_: dict[tuple[str, str], _Wording] = {}
    every: list[_Wording] = []
    for number, version in enumerate(versions):
        following: dict[tuple[str, str], _Wording] = {}
        for place, clause in enumerate(version.clauses):
            anchor = found.anchor(version, place)
            key = anchor, f"{clause.number} {clause.text}"
            wording = open_.get(key)
            if wording is None:
                wording = _Wording(clause, anchor, number, number)
                every.append(wording)
            wording.clause, wording.last = clause, number
            following[key] = wording
        open_ = following
    return every


def _parts(wordings: Iterable[_Wording]) -> Iterator[list[_Wording]]:
    part: list[_Wording] = []
    size = 0
    for wording in wordings:
        own = len(_all(wording)) + 100
        if part and size + own > _LARGEST_PART:
            yield part
            part, size = [], 0
        part.append(wording)
        size += own
    if part:
        yield part


def _written(history: History, part: Sequence[_Wording], newest: int) -> bytes:
    """Write a part: the headings once, and for each wording where and when it is found."""
    headings = list(dict.fromkeys(words.heading(w.clause.path[1:]) for w in part))
    rows = []
    for wording in part:
        first, last = history.versions[wording.first], history.versions[wording.last]
        ended = wording.last < newest
        until = history.versions[wording.last + 1].first_seen.date().isoformat() if ended else ""
        rows.append(
            [
                wording.text,
                headings.index(words.heading(wording.clause.path[1:])),
                f"{urls.version_stamp(last)}/#{wording.anchor}",
                first.first_seen.date().isoformat() if wording.first else "",
                until,
            ]
        )
    began = history.versions[0].first_seen.date().isoformat()
    return _json({"began": began, "headings": headings, "rows": rows})


def index_files(indexes: Iterable[SearchIndex]) -> Iterator[tuple[str, bytes]]:
    """Make the index of a site: the list of its documents, and its words in files."""
    # What is searched first is what has most to tell.
    found = sorted(indexes, key=lambda i: (-i.worth, i.document))
    ordered = [index for index in found if index.parts]
    starts = list(accumulate((index.parts for index in ordered), initial=0))
    total = starts.pop()
    known: dict[str, list[int]] = {}
    for index, start in zip(ordered, starts, strict=True):
        for word, parts in index.words.items():
            known.setdefault(word, []).extend(start + part for part in parts)
    leaves = list(_leaves(known, total))
    documents = [[i.document, i.name, i.parts, i.standing] for i in ordered]
    yield INDEX, _json({"documents": documents, "leaves": [min(leaf) for leaf in leaves]})
    for number, leaf in enumerate(leaves):
        yield f"search/words/{number}.json", _json(leaf)


def _leaves(known: dict[str, list[int]], total: int) -> Iterator[dict[str, list[int]]]:
    """Cut the words in order; a word that is nearly everywhere has an empty list."""
    leaf: dict[str, list[int]] = {}
    size = 0
    for word in sorted(known):
        parts = known[word] if len(known[word]) <= max(_EVERYWHERE * total, 1) else []
        steps = [b - a for a, b in zip([0, *parts], parts, strict=False)]
        own = len(word) + 4 + sum(len(str(step)) + 1 for step in steps)
        if leaf and size + own > _LARGEST_LEAF:
            yield leaf
            leaf, size = {}, 0
        leaf[word] = steps
        size += own
    if leaf:
        yield leaf


def _json(value: Any) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n".encode(
        "utf-8", "replace"
    )
