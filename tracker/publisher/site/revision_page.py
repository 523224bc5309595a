"""The page of a revision: its changes as groups under their headings, and what proves them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby

from tracker.differ.answers import asker
from tracker.model import Change, Clause, Question, Revision, Tag, Topic, Unit, Version
from tracker.publisher import urls, words
from tracker.publisher.answers import changed_answers, glance, said_of, strongest
from tracker.publisher.continuity import is_break, kept
from tracker.publisher.redlines import Row, changed, whole
from tracker.publisher.site import citations
from tracker.publisher.site.clause_history import ClauseHistories, ClauseHistory
from tracker.publisher.site.context import PageContext, Pages
from tracker.publisher.site.listing import ListEntry

_DEEP = 3  # levels of headings in a table of contents
_TOLD = 6  # headings named in the summary of a topic


@dataclass(frozen=True, slots=True)
class Line:
    """A clause of the newer text (or one that was removed) as the page of a revision shows it.

    `worth` is `news`, `quiet` (form, place, number or link) or `same`; `tags` are those that
    count: none in a revision that is no news. `was` and `now` are the anchors of its clauses on
    the pages of the older and the newer version, empty where that has none of them. `about` are
    the topics of a clause that did not change.
    """

    anchor: str
    worth: str
    change: Change | None
    clause: Clause
    tags: tuple[Tag, ...]
    life: ClauseHistory | None
    was: str = ""
    now: str = ""
    about: tuple[str, ...] = ()

    @property
    def is_chapter(self) -> bool:
        """Return whether a table of contents of the newer text has it."""
        is_there = self.change is None or bool(self.change.after)
        return self.clause.unit is Unit.HEADING and is_there and len(self.clause.path) < _DEEP

    @property
    def is_worded_anew(self) -> bool:
        """Return whether the older version has words of it that the newer one lacks."""
        sides = (self.change.before, self.change.after) if self.change else ((), ())
        old, new = ([(c.number, c.key) for c in side] for side in sides)
        return bool(old) and old != new

    @property
    def old_path(self) -> str:
        """Return the headings above it in the older version, if they were others."""
        before = self.change.before[0] if self.change and self.change.before else self.clause
        path = _path(before)
        return "" if path == _path(self.clause) else words.heading(path) or "Top of the page"


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring lines under the same headings, worth as much as the best of them.

    `topics` are those that the news among them are about.
    """

    path: tuple[str, ...]
    worth: str
    lines: tuple[Line, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopicSummary:
    """What a revision says about one topic: how many clauses, and where the first of them stand."""

    topic: Topic
    count: int
    places: tuple[tuple[str, str], ...]  # anchor and heading
    more: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a revision does to an answer, and its strongest sentence where `what` has none.

    `anchor` is the place of that sentence on the page, empty where it has none.
    """

    topic: Topic
    question: Question
    what: str
    quote: str
    anchor: str


def pages(frame: PageContext, found: ClauseHistories, told: Set[str]) -> Pages:
    """Yield the pages of all revisions of a document; `found` are its clauses' lives.

    `told` names the clauses whose history has a page.
    """
    mine = frame.entries
    for n, entry in enumerate(mine):
        lines = list(_lines(entry.revision, found, frame.topics))
        later = mine[n - 1] if n else None
        earlier = mine[n + 1] if n + 1 < len(mine) else None
        yield _page(frame, entry, lines, (earlier, later), told)
        yield from _beside(frame, entry, lines)


def _page(
    frame: PageContext,
    entry: ListEntry,
    lines: Sequence[Line],
    beside: tuple[ListEntry | None, ListEntry | None],
    told: Set[str],
) -> tuple[str, bytes]:
    revision, (earlier, later) = entry.revision, beside
    (history,) = frame.histories
    worths = [line.worth for line in lines]
    return frame.page(
        entry.page,
        "revision.html",
        entry=entry,
        revision=revision,
        history=history,
        is_break=is_break(revision),
        groups=list(_groups(lines)),
        chapters=[line for line in lines if line.anchor and line.is_chapter],
        news=worths.count("news"),
        quiet=worths.count("quiet"),
        same=worths.count("same"),
        has_moved=any(line.change and line.change.moved for line in lines),
        matters=list(_matters(revision, lines, frame.topics)),
        answers=list(_answers(revision, lines, frame.topics)),
        about=sum(line.worth == "news" and bool(line.tags) for line in lines),
        shared=_shared(revision),
        earlier=earlier,
        later=later,
        told=told,
        citation=words.citation(history, revision, frame.base + entry.page),
        removed=_former(frame, entry, "removed"),
        reworded=_former(frame, entry, "reworded"),
        before_page=urls.version_page(revision.before),
        after_page=urls.version_page(revision.after),
        embed=urls.embed_page(revision),
        bundle_name=urls.bundle_name(revision),
        bundle=urls.BUNDLE if frame.has_bundles and revision.is_news else "",
        told_at_once=_told_in(revision),
        picture=f"{entry.page}card.png" if frame.lent.picture else "",
    )


def _answers(
    revision: Revision, lines: Sequence[Line], topics: Sequence[Topic]
) -> Iterator[Answer]:
    anchors = {
        id(clause): line.anchor
        for line in lines
        for clause in ((*line.change.before, *line.change.after) if line.change else (line.clause,))
    }
    for topic, question, change in changed_answers(revision, topics):
        best, what = strongest(change), said_of(change, question)
        version = revision.after if change.came else revision.before
        quote = glance(best)
        yield Answer(
            topic=topic,
            question=question,
            what=f"{what[:1].upper()}{what[1:]}",
            quote="" if "“" in what else quote,
            anchor=anchors.get(id(version.clauses[best.place]), ""),
        )


def _shared(revision: Revision) -> int:
    """Return how much of the older text is in the newer one to the letter, in hundredths."""
    old = len(revision.before.clauses)
    return 100 * len(list(kept(revision))) // old if old else 0


def _told_in(revision: Revision) -> str:
    """Return the page of the later revision that had told of this one; empty where none had."""
    if revision.told_in is None:
        return ""
    return urls.revision_page(
        replace(revision, after=replace(revision.after, name=revision.told_in))
    )


def _former(frame: PageContext, entry: ListEntry, became: str) -> str:
    """Cite the older version for words that were removed or reworded, as `became` says."""
    (history,) = frame.histories
    revision, after = entry.revision, entry.revision.after
    seen = (
        f"{'preview' if after.is_preview else 'version'} first seen {words.iso(after.first_seen)}"
    )
    told = f"{'would be ' if after.is_preview else ''}{became} by the {seen}"
    if is_break(revision):
        told = f"not in the {seen}, which was read from another page"
    return words.former_citation(history, revision, frame.base + entry.page, told)


def _beside(frame: PageContext, entry: ListEntry, lines: Sequence[Line]) -> Pages:
    """Yield the files beside the page of a revision, and the card that others embed."""
    address, document = frame.base + entry.page, frame.histories[0].document
    yield f"{entry.page}citation.bib", citations.bibtex(entry, document, address)
    yield f"{entry.page}citation.json", citations.csl(entry, document, address)
    told = next((line for line in lines if line.worth == "news"), None)
    embed = urls.embed_page(entry.revision)
    yield frame.page(embed, "embed.html", entry=entry, revision=entry.revision, line=told)
    if frame.lent.picture:
        yield f"{entry.page}card.png", frame.lent.picture(card(entry, frame.topics))


def card(entry: ListEntry, topics: Sequence[Topic]) -> tuple[str, ...]:
    """Return the lines of a picture: whose text, what happened, which topics, and when."""
    revision = entry.revision
    titles = [t.title for t in topics if t.id in revision.topics]
    return (
        entry.name,
        entry.event,
        " · ".join(titles),
        f"First seen {words.day(revision.first_seen)}",
    )


def _lines(revision: Revision, found: ClauseHistories, topics: Sequence[Topic]) -> Iterator[Line]:
    """Yield every clause of the newer text in its order, what was removed in its place."""
    anchors = _anchors(revision.before, found), _anchors(revision.after, found)
    rows, about = whole(revision), asker(tuple(topics)).topics(revision.after)
    for row, pair in zip(rows, revision.pairs, strict=True):
        life = found.of(revision.after, pair.after[0]) if pair.after else None
        if pair.before and life is None:
            life = found.of(revision.before, pair.before[0])
        line = _line(revision, row, life, anchors)
        yield line if row.change else replace(line, about=about.get(pair.after[0], ()))
    shown = {id(row.change) for row in rows}
    rest = (row for row in changed(revision) if id(row.change) not in shown)
    yield from (_line(revision, row, None, anchors) for row in rest)


def _anchors(version: Version, found: ClauseHistories) -> Mapping[int, str]:
    """Map each clause of a version, by identity, to its anchor on the page of the version."""
    return {id(clause): found.anchor(version, n) for n, clause in enumerate(version.clauses)}


def _line(
    revision: Revision,
    row: Row,
    life: ClauseHistory | None,
    anchors: tuple[Mapping[int, str], Mapping[int, str]],
) -> Line:
    change = row.change
    if change is None:
        if row.clause is None:
            raise ValueError("a row has a change or a clause")
        return Line(life.id if life else "", "same", None, row.clause, (), life)
    worth = "news" if change.significance.is_news else "quiet"
    tags = change.tags if revision.significance.is_news else ()
    was, now = (
        known.get(id(clauses[0]), "") if clauses else ""
        for known, clauses in zip(anchors, (change.before, change.after), strict=True)
    )
    return Line(row.anchor, worth, change, change.clause, tags, life, was, now)


def _groups(lines: Sequence[Line]) -> Iterator[Group]:
    for path, group in groupby(lines, key=lambda line: _path(line.clause)):
        members = tuple(group)
        worths = {line.worth for line in members}
        best = next(w for w in ("news", "quiet", "same") if w in worths)
        named = (tag.topic for line in members if line.worth == "news" for tag in line.tags)
        yield Group(path, best, members, tuple(dict.fromkeys(named)))


def _path(clause: Clause) -> tuple[str, ...]:
    """Return the headings above a clause, without the page's own title where there are others."""
    return clause.path[1:] or clause.path


def _matters(
    revision: Revision, lines: Sequence[Line], topics: Sequence[Topic]
) -> Iterator[TopicSummary]:
    for topic in topics:
        if topic.id not in revision.topics:
            continue
        mine = [n for n in lines if n.worth == "news" and any(t.topic == topic.id for t in n.tags)]
        named = list(_named(mine))
        yield TopicSummary(topic, len(mine), tuple(named[:_TOLD]), max(0, len(named) - _TOLD))


def _named(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """Yield the first line under each heading; headings alike are told apart by the one above
    them.
    """
    spots: dict[tuple[str, str], str] = {}
    for line in lines:
        title = words.own_heading(line.change) if line.change else ""
        if title:
            spots.setdefault((_above(line.clause, title), title), line.anchor)
    titles = Counter(title for _, title in spots)
    for (above, title), anchor in spots.items():
        yield anchor, f"{above} › {title}" if above and titles[title] > 1 else title


def _above(clause: Clause, title: str) -> str:
    """Return the heading over the heading `title` of a clause, without the page's own title."""
    path = [words.line(heading) for heading in clause.path[1:]]
    above = path[: path.index(title)] if title in path else path
    return above[-1] if above else ""
