"""The pages of a document: its history at a glance, versions as they stood, lives of clauses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from tracker.differ.answers import asker
from tracker.extractor import is_pdf
from tracker.model import Capture, Clause, History, Revision, Unit, Version, digest
from tracker.publisher import urls, words
from tracker.publisher.continuity import breaks, carries_on
from tracker.publisher.site.clause_history import ClauseHistories, ClauseHistory
from tracker.publisher.site.context import PageContext, Pages
from tracker.publisher.site.listing import ListEntry
from tracker.publisher.site.timeline import timeline
from tracker.publisher.unified_diff import unified

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
    entry: ListEntry | None
    captures: tuple[tuple[str, bytes], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause on the page of a version: the level of its heading (0 for none), and its life.

    `anchor` is the name of its life, or its place in a preview, where it has none. `topics` are
    those that it is about.
    """

    clause: Clause
    level: int
    anchor: str
    life: ClauseHistory | None
    is_as_old_as_the_text: bool
    topics: tuple[str, ...]


def pages(frame: PageContext, history: History, found: ClauseHistories, told: Set[str]) -> Pages:
    """Yield all pages and files of a document but for those of its revisions.

    `told` names the clauses whose history has a page.
    """
    mine = frame.entries
    previews = [e.revision.after for e in mine if e.revision.after.is_preview]
    stands = list(_stands(frame, history.versions, mine))
    coming = list(_stands(frame, previews, mine))
    name = words.document_name(history)
    verdicts = [c for c in frame.corrections if c.verdict]
    yield frame.page(
        urls.document_page(history.document.id),
        "document.html",
        history=history,
        name=name,
        entries=mine,
        stands=stands[::-1],
        timeline=timeline(history, frame.topics),
        exchanged=[r for r in breaks(history) if r and not carries_on(r)],
        verdicts=verdicts,
    )
    for stand in (*stands, *coming):
        yield from _version(
            frame, history, stand, list(_passages(frame, stand.version, found)), told
        )
    texts = {stand.page: stand.text for stand in (*stands, *coming)}
    yield from (_diff(entry.revision, texts) for entry in mine)
    for published in history.withdrawn:
        for page in (p for p in urls.withdrawn_pages(published) if p not in texts):
            yield frame.page(
                page,
                "withdrawn.html",
                history=history,
                name=name,
                published=published,
                verdicts=verdicts,
            )
    for life in found.lives.values():
        if life.id in told:
            page = urls.clause_page(history.document.id, life.id)
            title = words.document_name(history)
            yield frame.page(page, "clause.html", history=history, name=title, life=life, told=told)


def _stands(
    frame: PageContext, versions: Sequence[Version], mine: Sequence[ListEntry]
) -> Iterator[Stand]:
    brought = {urls.version_page(e.revision.after): e for e in mine}
    for n, version in enumerate(versions):
        following = versions[n + 1 : n + 2]
        page = urls.version_page(version)
        yield Stand(
            version,
            page,
            following[0].first_seen if following else None,
            brought.get(page),
            tuple(_captures(frame, version.captures)),
            text(version),
        )


def _version(
    frame: PageContext,
    history: History,
    stand: Stand,
    passages: list[Passage],
    told: Set[str],
) -> Pages:
    version = stand.version
    yield frame.page(
        stand.page,
        "version.html",
        history=history,
        version=version,
        stand=stand,
        name=words.document_name(history),
        passages=passages,
        told=told,
    )
    yield f"{stand.page}text.txt", stand.text.encode("utf-8", "replace")
    yield f"{stand.page}clauses.json", _clauses(frame, history, version, passages)
    yield from ((f"{stand.page}{name}", body) for name, body in stand.captures)


def _passages(frame: PageContext, version: Version, found: ClauseHistories) -> Iterator[Passage]:
    """Yield the clauses of a version with the level of their headings on our page.

    The page's own title is above them, and whatever a page does, no level is left out.
    """
    last, about = 1, asker(frame.topics).topics(version)
    for n, clause in enumerate(version.clauses):
        life, level = found.of(version, n), 0
        if clause.unit is Unit.HEADING:
            level = last = min(2 + len(clause.path), last + 1, 6)
        name = found.anchor(version, n)
        old = not life or life.is_original
        yield Passage(clause, level, name, life, old, about.get(n, ()))


# ── files ─────────────────────────────────────────────────────────────────────────


def text(version: Version) -> str:
    """Return a version as plain text, one clause a line, blank lines between them."""
    return "".join(f"{line}\n\n" for line in map(_line, version.clauses))


def _line(clause: Clause) -> str:
    words_ = f"{_MARKS.get(clause.unit, '')}{clause.number} {clause.text}".strip()
    return words.safe(f"{'#' * clause.level} {words_}" if clause.level else words_)


def _diff(revision: Revision, texts: Mapping[str, str]) -> tuple[str, bytes]:
    """Return the unified diff between the text files of two versions, as `patch` takes it."""
    sides = [urls.version_page(v) for v in (revision.before, revision.after)]
    old, new = (texts[side].removesuffix("\n").split("\n") for side in sides)
    names = [f"{side.split('/')[-2]}/text.txt" for side in sides]
    lines = unified(old, new, (names[0], names[1]), _equal_lines(revision))
    text_ = "".join(f"{line}\n" for line in lines)
    return f"{urls.revision_page(revision)}text.diff", text_.encode("utf-8", "replace")


def _equal_lines(revision: Revision) -> Iterator[tuple[int, int]]:
    """Find the lines, in both texts, of clauses that kept their words and their order."""
    shown = [[f"{_line(c)}\n" for c in v.clauses] for v in (revision.before, revision.after)]
    starts = [[0, *accumulate(line.count("\n") + 1 for line in side)] for side in shown]
    for pair in revision.pairs:
        if pair.moved or len(pair.before) != 1 or len(pair.after) != 1:
            continue
        i, j = pair.before[0], pair.after[0]
        if shown[0][i] == shown[1][j]:
            lines = range(starts[0][i + 1] - starts[0][i])
            yield from ((starts[0][i] + n, starts[1][j] + n) for n in lines)


def _clauses(
    frame: PageContext, history: History, version: Version, passages: Sequence[Passage]
) -> bytes:
    """Write a version as data, for the comparison in the browser.

    `folds` lists what is replaced before texts are compared, the longest first, and by what: it
    turns the text of a clause into its key. A clause for which it does not has a `key` of its own.
    `topics` holds the words that make a clause about a topic.
    """
    shown = [words.safe(passage.clause.text) for passage in passages]
    folds = frame.lent.folds(shown) if frame.lent.folds else {}
    tags = [_topics(frame, passage.clause) for passage in passages]
    rows = zip(passages, shown, _folded(shown, folds), tags, strict=True)
    record = {
        "document": version.document,
        "title": words.document_name(history),
        "first_seen": words.iso(version.first_seen),
        "folds": folds,
        "clauses": [_record(*row) for row in rows],
    }
    return f"{json.dumps(record, ensure_ascii=True, separators=(',', ':'))}\n".encode()


def _topics(frame: PageContext, clause: Clause) -> dict[str, list[str]]:
    """Find the topics of a clause, each with the words that show it; once for all versions."""
    known, key = frame.topics_of, (clause.text, clause.path)
    if key not in known:
        tagger = frame.lent.tagger
        tags = tagger(frame.topics, clause.text, clause.path[1:]) if tagger else ()
        known[key] = {tag.topic: [words.safe(word) for word in tag.words] for tag in tags}
    return known[key]


def _record(
    passage: Passage, text: str, compared: str, topics: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    clause = passage.clause
    links = [[words.safe(link.words), words.safe(link.target)] for link in clause.links]
    found: dict[str, object] = {
        "id": passage.anchor,
        "unit": clause.unit.value,
        "path": words.heading(clause.path[1:] or clause.path),
        "number": words.safe(clause.number),
        "text": text,
    }
    if compared != clause.key:
        found["key"] = clause.key
    if topics:
        found["topics"] = topics
    return found | {"links": links} if links else found


def _folded(texts: Sequence[str], folds: Mapping[str, str]) -> Sequence[str]:
    """Replace in each text what `folds` lists, the longest first."""
    if not folds:
        return texts
    listed = _any_of(folds)
    return [listed.sub(lambda found: folds[found[0]], text) for text in texts]


def _any_of(folds: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(folds, key=len, reverse=True))))


def _captures(frame: PageContext, captures: Sequence[Capture]) -> Iterator[tuple[str, bytes]]:
    """Yield what was served, to the byte, so that its digest is the one we name.

    The name ends in .txt: every server declares it as plain text, and a browser may by its
    standard (WHATWG MIME Sniffing) never take declared plain text for a page that runs.
    """
    if frame.lent.body is None:
        return
    for n, capture in enumerate(captures, 1):
        body = frame.lent.body(capture)
        if body is not None and digest(body) == capture.body:
            kind = "md" if capture.is_transcript else "html"
            kind = "pdf" if is_pdf(body) else kind
            yield f"capture{'' if n == 1 else f'-{n}'}.{kind}.txt", body
