"""The pages of a document: its history at a glance, versions as they stood, lives of clauses."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from tracker.model import Capture, Clause, History, Unit, Version, digest
from tracker.publisher import places, words
from tracker.publisher.biographies import Life, Lives
from tracker.publisher.frame import Frame, Pages
from tracker.publisher.listing import Entry
from tracker.publisher.timeline import timeline

_MARKS = {Unit.ITEM: "- ", Unit.DEFINITION: "  "}


@dataclass(frozen=True, slots=True)
class Stand:
    """A version among its neighbours: `until` is when the next was first seen, None if it stands.

    `entry` is the revision that brought it; `captures` the files of what was served, by name;
    `text` the version as plain text.
    """

    version: Version
    page: str
    until: datetime | None
    entry: Entry | None
    captures: tuple[tuple[str, bytes], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause on the page of a version: the level of its heading (0 for none), and its life."""

    clause: Clause
    level: int
    life: Life
    is_as_old_as_the_text: bool


def pages(frame: Frame, history: History, mine: Sequence[Entry], found: Lives) -> Pages:
    """All pages and files of a document; `mine` are its revisions, newest first."""
    stands = list(_stands(frame, history, mine))
    name = words.document_name(history)
    yield frame.page(
        places.document_page(history.document.id),
        "document.html",
        history=history,
        name=name,
        entries=mine,
        stands=stands[::-1],
        timeline=timeline(history, frame.topics),
    )
    for n, stand in enumerate(stands):
        passages = list(_passages(history, found, n))
        yield from _version(frame, history, stand, passages)
    for before, after in pairwise(stands):
        yield _diff(before, after)
    for life in found.lives.values():
        if life.has_changed:
            page = places.clause_page(history.document.id, life.id)
            yield frame.page(
                page, "clause.html", history=history, name=name, life=life, lives=found
            )


def _stands(frame: Frame, history: History, mine: Sequence[Entry]) -> Iterator[Stand]:
    brought = {e.revision.first_seen: e for e in mine}
    for n, version in enumerate(history.versions):
        following = history.versions[n + 1 : n + 2]
        yield Stand(
            version,
            places.version_page(version),
            following[0].first_seen if following else None,
            brought.get(version.first_seen),
            tuple(_captures(frame, version.captures)),
            text(version),
        )


def _version(frame: Frame, history: History, stand: Stand, passages: list[Passage]) -> Pages:
    version = stand.version
    yield frame.page(
        stand.page,
        "version.html",
        history=history,
        version=version,
        stand=stand,
        name=words.document_name(history, version.title),
        passages=passages,
    )
    yield f"{stand.page}text.txt", stand.text.encode("utf-8", "replace")
    yield f"{stand.page}clauses.json", _clauses(history, version, passages)
    yield from ((f"{stand.page}{name}", body) for name, body in stand.captures)


def _passages(history: History, found: Lives, place: int) -> Iterator[Passage]:
    """The clauses of a version with the level of their headings on our page.

    The page's own title is above them, and whatever a page does, no level is left out.
    """
    oldest = history.versions[0].first_seen
    last = 1
    for clause, name in zip(history.versions[place].clauses, found.ids[place], strict=True):
        life, level = found.lives[name], 0
        if clause.unit is Unit.HEADING:
            level = last = min(2 + len(clause.path), last + 1, 6)
        yield Passage(clause, level, life, life.born.first_seen == oldest)


# ── files ─────────────────────────────────────────────────────────────────────────


def text(version: Version) -> str:
    """A version as plain text, one clause a line, blank lines between them."""
    return "".join(f"{line}\n\n" for line in map(_line, version.clauses))


def _line(clause: Clause) -> str:
    words_ = f"{_MARKS.get(clause.unit, '')}{clause.number} {clause.text}".strip()
    return words.safe(f"{'#' * clause.level} {words_}" if clause.level else words_)


def _diff(before: Stand, after: Stand) -> tuple[str, bytes]:
    """The unified diff between the text files of two versions, as `patch` takes it."""
    names = [f"{words.stamp(s.version.first_seen)}/text.txt" for s in (before, after)]
    old, new = (s.text.removesuffix("\n").split("\n") for s in (before, after))
    lines = difflib.unified_diff(old, new, names[0], names[1], lineterm="")
    revision = f"changes/{after.version.document}/{words.stamp(after.version.first_seen)}/"
    return f"{revision}text.diff", "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def _clauses(history: History, version: Version, passages: Sequence[Passage]) -> bytes:
    """A version as data: what the comparison in the browser reads."""
    record = {
        "document": version.document,
        "title": words.document_name(history, version.title),
        "first_seen": words.iso(version.first_seen),
        "clauses": [_record(p) for p in passages],
    }
    return f"{json.dumps(record, ensure_ascii=True, separators=(',', ':'))}\n".encode()


def _record(passage: Passage) -> dict[str, object]:
    clause = passage.clause
    links = [[words.safe(link.words), words.safe(link.target)] for link in clause.links]
    found: dict[str, object] = {
        "id": passage.life.id,
        "unit": clause.unit.value,
        "path": words.heading(clause.path[1:] or clause.path),
        "number": words.safe(clause.number),
        "text": words.safe(clause.text),
    }
    return found | {"links": links} if links else found


def _captures(frame: Frame, captures: Sequence[Capture]) -> Iterator[tuple[str, bytes]]:
    """What was served, to the byte, so that its digest is the one we name.

    The name ends in .txt: every server declares it as plain text, and a browser may by its
    standard (WHATWG MIME Sniffing) never take declared plain text for a page that runs.
    """
    if frame.rim.body is None:
        return
    for n, capture in enumerate(captures, 1):
        body = frame.rim.body(capture)
        if body is not None and digest(body) == capture.body:
            kind = "md" if capture.media.startswith("text/markdown") else "html"
            yield f"capture{'' if n == 1 else f'-{n}'}.{kind}.txt", body
