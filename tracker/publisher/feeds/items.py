"""What a subscriber reads of a revision: the same in every feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tracker.model import Change, Correction, History, Kind, Op, Revision, Topic
from tracker.policy import LONGEST_MESSAGE
from tracker.publisher import words
from tracker.publisher.feeds.channel import Content, Item, View
from tracker.publisher.feeds.notices import corrected_at
from tracker.publisher.headlines import headline, leads
from tracker.publisher.selection import is_about
from tracker.publisher.templating import ENVIRONMENT, Run, both, side
from tracker.publisher.urls import revision_page

_LARGEST_ITEM = 40_000  # characters of one item's changes; what is left out is counted and linked
_MORE = " […]"
_MARKS = {"delete": "[-{}-]", "insert": "{{+{}+}}", "same": "{}"}


@dataclass(frozen=True, slots=True)
class Part:
    """One change as an item shows it; a side that does not exist is None.

    `what` says what happened to the clause, about which topics, and what it turns.
    """

    path: str
    what: tuple[str, ...]
    before: list[Run] | None
    after: list[Run] | None
    redline: list[Run]

    @property
    def size(self) -> int:
        runs = (self.before or []) + (self.after or [])
        return 200 + len(self.path) + sum(len(run.text) for run in runs)


@dataclass(frozen=True, slots=True)
class Body:
    """What an item says below its title, for `html` and for `text`.

    Of the changes that are news, `left_out` are too many to be shown and `others` are not about
    the topic of the feed.
    """

    revision: Revision
    corrections: tuple[str, ...]
    summary: str
    parts: tuple[Part, ...]
    left_out: int
    others: int
    link: str
    source: str
    copies: tuple[str, ...]

    def html(self) -> str:
        return ENVIRONMENT.get_template("entry.html").render(item=self)

    def text(self) -> str:
        """Return the same in plain text, the redline in the marks of wdiff: [-went-] {+came+}."""
        blocks = ["\n".join(block) for block in (self._dates(), *self._clauses(), self._proof())]
        return "\n\n".join([*self.corrections, self.summary, *blocks]) + "\n"

    @property
    def other_changes(self) -> str:
        """How much else changed, in words."""
        return f"{words.count(self.others, 'other clause')} changed, on the page of this revision"

    def _dates(self) -> Iterator[str]:
        if self.revision.effective:
            yield f"In force from: {words.day(self.revision.effective)}"
        yield f"First seen: {words.sight(self.revision.after)}"
        yield from (f"As it was seen there: {url}" for url in self.copies[:1])
        if earlier := words.since_before(self.revision.after):
            yield earlier
        yield f"Before that, the text of {words.day(self.revision.before.first_seen)} stood."

    def _clauses(self) -> Iterator[list[str]]:
        for part in self.parts:
            redline = "".join(_MARKS[run.op].format(run.text) for run in part.redline)
            yield [*([f"§ {part.path}"] if part.path else []), " · ".join(part.what), redline]
        if self.left_out:
            what = words.count(self.left_out, "more change" if self.parts else "change")
            yield [f"Not shown here: {what}, on the page of this revision."]
        if self.others:
            yield [f"{self.other_changes}: {self.link}"]
        yield ["Key: [-removed-] {+added+} […] unchanged text left out."]

    def _proof(self) -> Iterator[str]:
        yield f"The whole redline: {self.link}"
        if self.source:
            yield f"The page itself, as it is now: {self.source}"
        yield from (f"Read through: {origin}" for origin in words.origins(self.revision.after))
        yield from (f"Archived copy: {url}" for url in self.copies)
        for side_, version in (("before", self.revision.before), ("after", self.revision.after)):
            yield from (f"SHA-256 {side_}: {c.body}" for c in version.captures if c.body)


def revision_item(
    history: History,
    revision: Revision,
    topics: Sequence[Topic],
    base: str,
    feeds: frozenset[str],
    corrections: Sequence[Correction] = (),
) -> Item:
    """Return the item of a revision, for the `feeds` of these names; links lead to under `base`.

    `corrections` are those of this revision.
    """
    link = base + revision_page(revision)
    copies = tuple(
        words.safe(copy)
        for capture in revision.after.captures
        if (copy := words.copy_of(capture, history.document))
    )
    body = _body(revision, topics, link, corrections, copies)
    times = [corrected_at(c) for c in corrections]
    worth = revision.significance
    return Item(
        id=words.tag_uri(revision),
        title=headline(history, revision, topics),
        link=body.link,
        summary=body.summary,
        content=Content.of(body.html(), body.text(), _facts(body, topics)),
        published=revision.told or revision.first_seen,
        categories=(
            *((t.id, t.title) for t in topics if t.id in revision.topics),
            (revision.document, words.document_name(history)),
            (worth.value, words.significance_label(worth)),
        ),
        via=body.source,
        related=body.copies,
        feeds=feeds,
        corrected=max(times, default=None),
        nth=revision.after.nth,
        views=tuple(
            _view(topic, topics, _body(revision, topics, link, corrections, copies, topic))
            for topic in revision.topics
        ),
    )


def _view(topic: str, topics: Sequence[Topic], body: Body) -> View:
    """Return what the feeds of a topic say of a revision: its clauses, and how many others there
    are.
    """
    return View(topic, body.summary, Content.of(body.html(), body.text(), _facts(body, topics)))


def _facts(body: Body, topics: Sequence[Topic]) -> dict[str, object]:
    """Return what a program would otherwise have to read out of the sentences."""
    revision = body.revision
    return {
        "document": revision.document,
        "significance": revision.significance.value,
        "topics": [t.id for t in topics if t.id in revision.topics],
        "topics_unchanged": [t.id for t in topics if t.id not in revision.topics],
        "effective": revision.effective.isoformat() if revision.effective else None,
        "first_seen": words.iso(revision.first_seen),
        "announced_here": words.iso(revision.told or revision.first_seen),
        "before_first_seen": words.iso(revision.before.first_seen),
        "archived": list(body.copies),
        "sha256_before": [c.body for c in revision.before.captures if c.body],
        "sha256_after": [c.body for c in revision.after.captures if c.body],
    }


def _body(
    revision: Revision,
    topics: Sequence[Topic],
    link: str,
    corrections: Sequence[Correction],
    copies: tuple[str, ...],
    topic: str = "",
) -> Body:
    titles = {t.id: t.title for t in topics}
    every = words.news(revision)
    changes = [change for change in every if is_about(change, topic)]
    parts = tuple(_fitting(_part(change, titles) for change in changes))
    return Body(
        revision,
        tuple(f"Correction of {words.day(c.date)}: {words.safe(c.sentence)}" for c in corrections),
        " ".join([*leads(revision, topic), words.summary(revision, topics)]),
        parts,
        len(changes) - len(parts),
        len(every) - len(changes),
        link,
        words.source(revision.after),
        copies,
    )


def _fitting(parts: Iterable[Part]) -> Iterator[Part]:
    size = 0
    for part in parts:
        size += part.size
        if size > _LARGEST_ITEM:
            return
        yield part


def _part(change: Change, titles: dict[str, str]) -> Part:
    return Part(
        path=words.unforged(words.clause_path(change)),
        what=(
            words.kind(change),
            *(titles.get(tag.topic, tag.topic) for tag in change.tags),
            *map(words.turn, change.notes),
        ),
        before=None if change.kind in {Kind.ADDED, Kind.MOVED} else side(change.redline, Op.DELETE),
        after=None if change.kind is Kind.REMOVED else side(change.redline, Op.INSERT),
        redline=both(change.redline),
    )


def brief(item: Item, *, linked: bool, room: int = LONGEST_MESSAGE) -> tuple[str, str]:
    """Return the title and the first paragraphs of an item, for a message of at most `room`
    characters.

    `linked` says whether our own page of it can be reached; without, the page itself is named.
    Text of a page cannot call people together, hide a link or pass for markup in a chat. Where
    little fits, the title and the address come before all else.
    """
    where = item.link if linked else item.via
    left = room - len(where) - 4  # for the ends of lines
    title = _cut(words.plain(item.title), max(left, 0))
    kept = _paragraphs(words.without_controls(item.content.text), min(left - len(title), room))
    return title, "\n\n".join(filter(None, [*kept, where]))


def _paragraphs(text: str, room: int) -> Iterator[str]:
    """Yield the paragraphs that fit, the last one cut where a word ends."""
    for paragraph in text.strip().split("\n\n"):
        shown = _cut(paragraph, room)
        if shown:
            yield shown
        room -= len(paragraph) + 2
        if room <= 0:
            return


def _cut(text: str, room: int) -> str:
    """Return a text of at most so many characters; where it is cut, [...] says so."""
    if len(text) <= room:
        return text
    head = text[: max(room - len(_MORE), 0)].rpartition(" ")[0]
    return f"{head}{_MORE}" if head else ""
