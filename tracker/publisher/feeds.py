"""Which revisions stand in which feed, and what a subscriber reads of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.model import Change, History, Kind, Op, Revision, Settings, Topic
from tracker.publisher import words
from tracker.publisher.places import revision_page
from tracker.publisher.render import ENVIRONMENT, Run, side
from tracker.publisher.rss import Channel, Item, rss

#: Where links lead until the operator says where the site lives.
UNPUBLISHED = "http://localhost:8000/"
# Readers give up on large feeds (the strictest found keeps 500 items and 5 MB); this is far below.
_MOST_ITEMS = 100
_LARGEST_FEED = 480_000  # characters of all items together
_LARGEST_ITEM = 40_000  # of one item's changes; what is left out is counted and linked


@dataclass(frozen=True, slots=True)
class Part:
    """One change as an item shows it; a side that does not exist is None."""

    path: str
    kind: str
    topics: str
    before: list[Run] | None
    after: list[Run] | None

    @property
    def size(self) -> int:
        runs = (self.before or []) + (self.after or [])
        return 200 + len(self.path) + sum(len(run.text) for run in runs)


def feeds(
    histories: Sequence[History], topics: Sequence[Topic], settings: Settings
) -> Iterator[tuple[str, bytes]]:
    """The feed of all news and one a topic, by file name."""
    base = settings.site_url or UNPUBLISHED
    rows = [(r, h) for h in histories for r in h.revisions if r.is_news]
    rows.sort(key=lambda row: (row[0].first_seen, row[0].document), reverse=True)
    items = [(r, _item(h, r, topics, base)) for r, h in rows[: _MOST_ITEMS * 10]]
    everything = "Every change of substance in the terms of service that are watched here."
    yield "all.xml", _feed("all.xml", "", "Terms Tracker: all changes", everything, items, base)
    for topic in topics:
        chosen = [(r, item) for r, item in items if topic.id in r.topics]
        name, page = f"{topic.id}.xml", f"topics/{topic.id}/"
        yield name, _feed(name, page, f"Terms Tracker: {topic.title}", topic.about, chosen, base)


def _feed(
    name: str,
    page: str,
    title: str,
    about: str,
    items: Sequence[tuple[Revision, Item]],
    base: str,
) -> bytes:
    kept = tuple(_bounded([item for _, item in items[:_MOST_ITEMS]]))
    return rss(Channel(base + name, base + page, title, about or title, kept))


def _bounded(items: Sequence[Item]) -> Iterator[Item]:
    size = 0
    for item in items:
        size += len(item.html) + len(item.summary)
        if size > _LARGEST_FEED:
            return
        yield item


def _item(history: History, revision: Revision, topics: Sequence[Topic], base: str) -> Item:
    link = base + revision_page(revision)
    copies = tuple(c.archive_url for c in revision.after.captures if c.archive_url)
    named = [(t.id, t.title) for t in topics if t.id in revision.topics]
    return Item(
        id=words.tag_uri(revision),
        title=words.headline(history, revision, topics),
        link=link,
        summary=words.summary(revision, topics),
        html=_body(revision, topics, link, copies),
        published=revision.first_seen,
        categories=(*named, (revision.document, words.document_name(history))),
        via=words.source(revision.after),
        related=tuple(filter(words.is_web, copies)),
    )


def _body(revision: Revision, topics: Sequence[Topic], link: str, copies: Sequence[str]) -> str:
    titles = {t.id: t.title for t in topics}
    changes = words.news(revision)
    parts = list(_fitting([_part(change, titles) for change in changes]))
    return ENVIRONMENT.get_template("entry.html").render(
        revision=revision,
        summary=words.summary(revision, topics),
        parts=parts,
        left_out=len(changes) - len(parts),
        link=link,
        copies=copies,
    )


def _fitting(parts: Sequence[Part]) -> Iterator[Part]:
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
    )
