"""What a subscriber reads of a revision, and of an outage: the same in every feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tracker.model import Change, Correction, History, Kind, Op, Outage, Revision, Topic, digest
from tracker.publisher import words
from tracker.publisher.catalogue import STATUS
from tracker.publisher.channel import Item
from tracker.publisher.places import document_page, revision_page
from tracker.publisher.render import ENVIRONMENT, Run, both, side

_LARGEST_ITEM = 40_000  # characters of one item's changes; what is left out is counted and linked
_LONGEST_MESSAGE = 1_500  # characters; some chats cut at 2,000
_MARKS = {"delete": "[-{}-]", "insert": "{{+{}+}}", "same": "{}"}


@dataclass(frozen=True, slots=True)
class Part:
    """One change as an item shows it; a side that does not exist is None."""

    path: str
    kind: str
    topics: str
    before: list[Run] | None
    after: list[Run] | None
    redline: list[Run]

    @property
    def size(self) -> int:
        runs = (self.before or []) + (self.after or [])
        return 200 + len(self.path) + sum(len(run.text) for run in runs)


@dataclass(frozen=True, slots=True)
class Body:
    """What an item says below its title, for `html` and for `text`."""

    revision: Revision
    corrections: tuple[str, ...]
    summary: str
    parts: tuple[Part, ...]
    left_out: int
    link: str
    source: str
    copies: tuple[str, ...]

    def html(self) -> str:
        return ENVIRONMENT.get_template("entry.html").render(item=self)

    def text(self) -> str:
        """The same in plain text, the redline in the marks of wdiff: [-went-] {+came+}."""
        blocks = ["\n".join(block) for block in (self._dates(), *self._clauses(), self._proof())]
        return "\n\n".join([*self.corrections, self.summary, *blocks]) + "\n"

    def _dates(self) -> Iterator[str]:
        if self.revision.effective:
            yield f"In force from: {words.day(self.revision.effective)}"
        yield f"First seen: {words.moment(self.revision.first_seen)}"
        yield f"Before that, the text of {words.day(self.revision.before.first_seen)} stood."

    def _clauses(self) -> Iterator[list[str]]:
        for part in self.parts:
            what = f"{part.kind} · {part.topics}" if part.topics else part.kind
            redline = "".join(_MARKS[run.op].format(run.text) for run in part.redline)
            yield [*([f"§ {part.path}"] if part.path else []), what, redline]
        if self.left_out:
            what = words.count(self.left_out, "more change" if self.parts else "change")
            yield [f"Not shown here: {what}, on the page of this revision."]
        yield ["Key: [-removed-] {+added+} […] unchanged text left out."]

    def _proof(self) -> Iterator[str]:
        yield f"The whole redline: {self.link}"
        if self.source:
            yield f"The page itself, as it is now: {self.source}"
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
    """The item of a revision, for the `feeds` of these names; links lead to under `base`.

    `corrections` are those of this revision.
    """
    body = _body(revision, topics, base + revision_page(revision), corrections)
    times = [_time_of(c) for c in corrections]
    worth = revision.significance
    return Item(
        id=words.tag_uri(revision),
        title=words.headline(history, revision, topics),
        link=body.link,
        summary=body.summary,
        html=body.html(),
        text=body.text(),
        published=revision.first_seen,
        categories=(
            *((t.id, t.title) for t in topics if t.id in revision.topics),
            (revision.document, words.document_name(history)),
            (worth.value, words.worth(worth)),
        ),
        via=body.source,
        related=body.copies,
        feeds=feeds,
        facts=_facts(body, topics),
        corrected=max(times, default=None),
    )


def _facts(body: Body, topics: Sequence[Topic]) -> dict[str, object]:
    """What a program would otherwise have to read out of the sentences."""
    revision = body.revision
    return {
        "document": revision.document,
        "significance": revision.significance.value,
        "topics": [t.id for t in topics if t.id in revision.topics],
        "topics_unchanged": [t.id for t in topics if t.id not in revision.topics],
        "effective": revision.effective.isoformat() if revision.effective else None,
        "first_seen": words.iso(revision.first_seen),
        "before_first_seen": words.iso(revision.before.first_seen),
        "archived": list(body.copies),
        "sha256_before": [c.body for c in revision.before.captures if c.body],
        "sha256_after": [c.body for c in revision.after.captures if c.body],
    }


def _body(
    revision: Revision, topics: Sequence[Topic], link: str, corrections: Sequence[Correction]
) -> Body:
    titles = {t.id: t.title for t in topics}
    changes = words.news(revision)
    parts = tuple(_fitting(_part(change, titles) for change in changes))
    copies = (c.archive_url for c in revision.after.captures if c.archive_url)
    return Body(
        revision,
        tuple(f"Correction of {words.day(c.date)}: {words.safe(c.sentence)}" for c in corrections),
        words.summary(revision, topics),
        parts,
        len(changes) - len(parts),
        link,
        words.source(revision.after),
        tuple(words.safe(url) for url in copies if words.is_web(url)),
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
        kind=words.kind(change),
        topics=", ".join(titles.get(tag.topic, tag.topic) for tag in change.tags),
        before=None if change.kind is Kind.ADDED else side(change.redline, Op.DELETE),
        after=None if change.kind is Kind.REMOVED else side(change.redline, Op.INSERT),
        redline=both(change.redline),
    )


def brief(item: Item, *, linked: bool) -> tuple[str, str]:
    """The title and the first paragraphs of an item, for a message.

    `linked` says whether our own page of it can be reached; without, the page itself is named.
    Text of a page cannot call people together, hide a link or pass for markup in a chat.
    """
    kept = [*_paragraphs(item.text)]
    where = item.link if linked else item.via
    return words.plain(item.title), words.inert("\n\n".join(filter(None, [*kept, where])))


def _paragraphs(text: str) -> Iterator[str]:
    size = 0
    for paragraph in text.strip().split("\n\n"):
        size += len(paragraph)
        if size > _LONGEST_MESSAGE:
            yield "[…]"
            return
        yield paragraph


# ── corrections ───────────────────────────────────────────────────────────────────


def correction_item(
    history: History,
    revision: Revision | None,
    correction: Correction,
    base: str,
    feeds: frozenset[str],
) -> Item:
    """A correction as an item of its own: readers do not show an item again that they know.

    `revision` is None where today's reading of the pages does not find it any more.
    """
    name = words.document_name(history, revision.after.title if revision else "")
    first_seen = words.iso(correction.first_seen)
    about = f"It is about the revision first seen {words.moment(correction.first_seen)}."
    gone = "" if revision else "Read by today's rules, there was none."
    page = revision_page(revision) if revision else document_page(correction.document)
    key = digest(correction.sentence.encode("utf-8", "replace"))[:8]
    said = [s for s in (words.safe(correction.sentence), about, gone) if s]
    return _notice(
        f"correction/{correction.document}/{first_seen}/{correction.date}-{key}",
        f"{name}: correction of what was published {words.day(correction.first_seen)}",
        said,
        ("correction", "Correction"),
        _time_of(correction),
        _Place(history, base + page, "What was published"),
        feeds,
    )


def _time_of(correction: Correction) -> datetime:
    """When a correction was made; its day is all that is known, and it never comes first."""
    day = datetime.combine(correction.date, datetime.min.time(), UTC)
    return max(day, correction.first_seen + timedelta(seconds=1))


# ── outages ───────────────────────────────────────────────────────────────────────


def outage_items(history: History, outage: Outage, base: str) -> Iterator[Item]:
    """An item for the beginning of an outage and, once it is over, another for its end."""
    document, name = history.document.id, words.document_name(history)
    place = _Place(history, f"{base}status/", "How every text stands")
    since = f"since {words.day(outage.began)}: {outage.outcome.value}"
    before = (
        f"It was last seen {words.moment(outage.last_seen)}; that text stands."
        if outage.last_seen
        else "It has not been seen before."
    )
    said = [s for s in (words.line(outage.reason, 1000), before) if s]
    key, kind = f"outage/{document}/{words.iso(outage.began)}", ("outage", "Outage")
    yield _notice(key, f"{name}: not seen {since}", said, kind, outage.began, place, _STATUS)
    if outage.ended:
        back = f"It could not be had {since}. It was seen again {words.moment(outage.ended)}."
        key, kind = f"recovery/{document}/{words.iso(outage.ended)}", ("recovery", "Recovery")
        yield _notice(key, f"{name}: seen again", [back], kind, outage.ended, place, _STATUS)


_STATUS = frozenset({STATUS})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a notice leads, and under which words."""

    history: History
    link: str
    label: str


def _notice(
    key: str,
    title: str,
    said: Sequence[str],
    kind: tuple[str, str],
    time: datetime,
    place: _Place,
    feeds: frozenset[str],
) -> Item:
    """An item of plain sentences."""
    document = place.history.document.id
    html = ENVIRONMENT.get_template("notice.html").render(sentences=said, place=place)
    return Item(
        id=f"tag:terms-tracker.invalid,2025:{key}",
        title=title,
        link=place.link,
        summary=" ".join(said),
        html=html,
        text="\n\n".join([*said, f"{place.label}: {place.link}"]) + "\n",
        published=time,
        categories=((document, words.document_name(place.history)), kind),
        feeds=feeds,
        facts={"document": document, "event": kind[0]},
    )
