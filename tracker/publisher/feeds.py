"""Which items stand in which feed, and in how many pieces a feed is published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from tracker.model import Correction, History, Revision, Settings, Topic
from tracker.publisher.catalogue import ALL, UPCOMING, Feed, catalogue, editions
from tracker.publisher.channel import Channel, Item
from tracker.publisher.items import revision_item
from tracker.publisher.jsonfeed import json_feed
from tracker.publisher.notices import correction_item, outage_items
from tracker.publisher.opml import opml
from tracker.publisher.places import feed_file
from tracker.publisher.syndication import atom, rss

#: Where links lead until the operator says where the site lives.
UNPUBLISHED = "http://localhost:8000/"
FORMATS = {".xml": rss, ".atom": atom, ".json": json_feed}
# A feed holds its two newest pages, so between one and two of these. Readers give up on large
# feeds (the strictest found keeps 500 items and 5 MB); this is far below.
_ITEMS_OF_A_PAGE = 50
_LARGEST_PAGE = 200_000  # characters of all bodies


def feeds(
    histories: Sequence[History],
    topics: Sequence[Topic],
    settings: Settings,
    corrections: Sequence[Correction] = (),
) -> Iterator[tuple[str, bytes]]:
    """Every feed in every format, its archive pages, and the list of all feeds, by file name."""
    base = settings.site_url or UNPUBLISHED
    groups = catalogue(histories, topics)
    items = feed_items(histories, topics, settings, corrections)
    for feed in (feed for group in groups for feed in group.feeds):
        chosen = [item for item in items if feed.name in item.feeds]
        for channel in channels(feed, chosen, base):
            for suffix, write in FORMATS.items():
                yield feed_file(channel.name, suffix), write(channel)
    yield "feeds.opml", opml(groups, base)


def feed_items(
    histories: Sequence[History],
    topics: Sequence[Topic],
    settings: Settings,
    corrections: Sequence[Correction] = (),
) -> list[Item]:
    """Every item there is, oldest first, whatever the order of the histories."""
    base = settings.site_url or UNPUBLISHED
    coming = {id(revision) for revision in upcoming(histories)}
    shared = editions(histories, topics)
    found: list[Item] = []
    for history in histories:
        mine = [c for c in corrections if c.document == history.document.id]
        common = frozenset({ALL, history.document.id} | {history.document.edition} & shared)
        for revision in (r for r in history.revisions if r.is_news):
            names = common | {*revision.topics, *([UPCOMING] if id(revision) in coming else [])}
            said = [c for c in mine if _is_of(c, revision)]
            found.append(revision_item(history, revision, topics, base, names, said))
        found += _corrections(history, mine, common, base)
        found += (o for outage in history.outages for o in outage_items(history, outage, base))
    return sorted(found, key=lambda item: (item.published, item.id))


def _corrections(
    history: History, corrections: Sequence[Correction], common: frozenset[str], base: str
) -> Iterator[Item]:
    """Corrections stand where what they correct stands."""
    for correction in corrections:
        revision = next((r for r in history.revisions if _is_of(correction, r)), None)
        names = common | {*revision.topics} if revision else common
        yield correction_item(history, revision, correction, base, names)


def _is_of(correction: Correction, revision: Revision) -> bool:
    seen = revision.first_seen.replace(microsecond=0)
    return (correction.document, correction.first_seen) == (revision.document, seen)


def upcoming(histories: Sequence[History]) -> list[Revision]:
    """The news that applies only after the newest text known was first seen, the soonest first.

    No clock is asked: what was announced stays upcoming until a later text is known. A preview
    that names no day is upcoming until a newer text of its document is.
    """
    known = max((v.first_seen.date() for h in histories for v in h.versions), default=date.min)
    ahead = [
        (revision.effective or date.max, revision.document, revision.first_seen, revision)
        for history in histories
        for revision in history.revisions
        if revision.is_news and _is_ahead(revision, history, known)
    ]
    return [row[-1] for row in sorted(ahead, key=lambda row: row[:-1])]


def _is_ahead(revision: Revision, history: History, known: date) -> bool:
    if revision.effective:
        return revision.effective > known
    return revision.after.is_preview and revision.first_seen >= history.versions[-1].first_seen


def channels(feed: Feed, items: Sequence[Item], base: str) -> Iterator[Channel]:
    """A feed of `items` (oldest first) and its archive pages, the newest items first in each.

    An archive page, once there, is never changed by what comes later (RFC 5005): pages are
    filled from the oldest item on, and only full ones leave the feed.
    """
    pages = list(_pages(items))
    kept, archived = pages[-2:], pages[:-2]
    names = [f"archive/{feed.name}/{number}" for number in range(1, len(archived) + 1)]
    for name, older, page in zip(names, ["", *names], archived, strict=False):
        yield _channel(feed, page, base, name, older, feed.name)
    newest = [item for page in kept for item in page]
    yield _channel(feed, newest, base, feed.name, names[-1] if names else "", "")


def _channel(
    feed: Feed, items: Sequence[Item], base: str, name: str, older: str, current: str
) -> Channel:
    shown = tuple(reversed(items))
    return Channel(base, name, feed.page, feed.title, feed.about, shown, older, current)


def _pages(items: Sequence[Item]) -> Iterator[list[Item]]:
    page: list[Item] = []
    size = 0
    for item in items:
        grown = size + len(item.html) + len(item.summary)
        if page and (len(page) == _ITEMS_OF_A_PAGE or grown > _LARGEST_PAGE):
            yield page
            page, grown = [], len(item.html) + len(item.summary)
        page.append(item)
        size = grown
    if page:
        yield page
