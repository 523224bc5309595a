"""Which items stand in which feed, and in how many pieces a feed is published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from tracker.model import Correction, History, Revision, Settings, Topic, service_of
from tracker.publisher.feeds.catalogue import (
    ALL,
    STATUS,
    UPCOMING,
    Feed,
    catalogue,
    editions,
    of_service,
    services,
)
from tracker.publisher.feeds.channel import Channel, Item
from tracker.publisher.feeds.digest import digests
from tracker.publisher.feeds.drift import drifts, said_by
from tracker.publisher.feeds.formats import FORMATS
from tracker.publisher.feeds.items import revision_item
from tracker.publisher.feeds.notices import (
    correction_item,
    outage_items,
    renamed_item,
    withdrawal_item,
)
from tracker.publisher.urls import feed_file

#: Where links lead until the operator says where the site lives.
UNPUBLISHED = "http://localhost:8000/"
# A feed holds its two newest pages, so between one and two of these. Readers give up on large
# feeds (the strictest found keeps 500 items and 5 MB); this is far below.
_ITEMS_OF_A_PAGE = 50
_LARGEST_PAGE = 200_000  # characters of all bodies


def shared_channels(
    histories: Sequence[History], items: Iterable[Item], topics: Sequence[Topic], base: str
) -> Iterator[Channel]:
    """Yield the channels of all feeds but those of one document and of the status.

    `histories` say which feeds there are, `items` (oldest first) what stands in them.
    """
    standing: dict[str, list[Item]] = {}
    for item in items:
        for name in item.feeds:
            standing.setdefault(name, []).append(item)
    own = {STATUS, *(h.document.id for h in histories)}
    known = {topic.id for topic in topics}
    for feed in (feed for group in catalogue(histories, topics) for feed in group.feeds):
        if feed.name not in own:
            topic = feed.name.rpartition("/")[2]
            mine = standing.get(feed.name, [])
            shown = [item.about(topic) for item in mine] if topic in known else mine
            yield from channels(feed, shown, base)


def document_feed(
    history: History, items: Iterable[Item], base: str, hub: str = ""
) -> Iterator[tuple[str, bytes]]:
    """Return the feed of one document in every format; `items` are all of its own."""
    (*_, group) = catalogue([history], ())
    mine = sorted(items, key=_order)
    return (file for c in channels(group.feeds[0], mine, base) for file in written(c, hub))


def status_feed(items: Sequence[Item], base: str, hub: str = "") -> Iterator[tuple[str, bytes]]:
    """Return the feed of the status in every format; `items` are those of outages, oldest first."""
    (group, *_) = catalogue((), ())
    (feed,) = (feed for feed in group.feeds if feed.name == STATUS)
    return (file for channel in channels(feed, items, base) for file in written(channel, hub))


def written(channel: Channel, hub: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield a channel in every format, with the address of the operator's hub."""
    for form in FORMATS:
        yield feed_file(channel.name, form.suffix), form.write(replace(channel, hub=hub))


def feed_items(
    histories: Sequence[History],
    topics: Sequence[Topic],
    settings: Settings,
    corrections: Sequence[Correction] = (),
    until: date = date.min,
) -> list[Item]:
    """Return every item there is, oldest first, whatever the order of the histories.

    Those of the weeks are of those before `until`.
    """
    base = settings.site_url or UNPUBLISHED
    found = [item for h in histories for item in document_items(h, topics, base, corrections)]
    found += drifts(histories, said_by(histories, topics), topics, until, base)
    told = in_order([*found, *outages(histories, base)], histories)
    return sorted([*told, *digests(told, topics, until, base)], key=_order)


def document_items(
    history: History, topics: Sequence[Topic], base: str, corrections: Sequence[Correction]
) -> Iterator[Item]:
    """Yield the items of one document but for its outages; in no order, and in no feed of what is
    to come: that depends on what is known of all documents (see `in_order`).
    """
    mine = [c for c in corrections if c.document == history.document.id]
    own = editions([history], topics)
    of = service_of(history.document.id)
    served = services([history], topics).keys()
    common = frozenset({ALL, history.document.id} | own | served)
    for revision in _news(history):
        said = [c for c in mine if c.is_of(revision)]
        about = {*revision.topics, *(of_service(of, t) for t in revision.topics if served)}
        item = revision_item(history, revision, topics, base, common | about, said)
        yield replace(item, ahead=_ahead(revision, history))
    yield from _corrections(history, mine, common, base)
    yield from (withdrawal_item(history, p, base, common) for p in history.withdrawn if p.is_news)
    if history.document.became and history.standing.last_seen:
        yield renamed_item(history, history.standing.last_seen, base)


def _news(history: History) -> Iterable[Revision]:
    """Return the news of a document, each as it was told."""
    told = [r for r in history.revisions if r.is_news]
    return {(r.after.is_preview, r.after.named): r for r in (*told, *history.retold)}.values()


def outages(histories: Iterable[History], base: str) -> Iterator[Item]:
    """Yield the items of the status feed."""
    for history in histories:
        for outage in history.outages:
            yield from outage_items(history, outage, base)


def in_order(items: Iterable[Item], histories: Sequence[History]) -> list[Item]:
    """Return the items oldest first, with those of what is to come in the feed of that.

    To come is what applies only after the newest text known was first seen. No clock is asked:
    what was announced stays upcoming until a later text is known.
    """
    known = max((v.first_seen.date() for h in histories for v in h.versions), default=date.min)
    marked = (
        replace(item, feeds=item.feeds | {UPCOMING}) if item.ahead and item.ahead > known else item
        for item in items
    )
    taken = {h.document.edition for h in histories}
    return sorted((_without_service(item, taken) for item in marked), key=_order)


def _without_service(item: Item, editions_: Collection[str]) -> Item:
    """Leave out the feed of its service where an edition of another document has this name."""
    document = next((name for name in item.feeds if "@" in name), "@")
    service, own = service_of(document), document.partition("@")[2]
    is_taken = service in editions_ and service != own
    return replace(item, feeds=item.feeds - {service}) if is_taken else item


def _order(item: Item) -> tuple[datetime, int, str]:
    return item.published, item.nth, item.id


def _ahead(revision: Revision, history: History) -> date | None:
    """Return the day until which a revision is to come, if any.

    A preview that names no day is upcoming until a newer text of its document is.
    """
    if revision.effective:
        return revision.effective
    is_newest = revision.first_seen >= history.versions[-1].first_seen
    return date.max if revision.after.is_preview and is_newest else None


def _corrections(
    history: History, corrections: Sequence[Correction], common: frozenset[str], base: str
) -> Iterator[Item]:
    """Corrections stand where what they correct stands."""
    for correction in corrections:
        revision = next(filter(correction.is_of, history.revisions), None)
        names = common | {*revision.topics} if revision else common
        yield correction_item(history, revision, correction, base, names)


def channels(feed: Feed, items: Sequence[Item], base: str) -> Iterator[Channel]:
    """Yield a feed of `items` (oldest first) and its archive pages, the newest items first in each.

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
        own = item.content.size + len(item.summary)
        grown = size + own
        if page and (len(page) == _ITEMS_OF_A_PAGE or grown > _LARGEST_PAGE):
            yield page
            page, grown = [], own
        page.append(item)
        size = grown
    if page:
        yield page
