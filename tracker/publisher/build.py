"""Everything that is published: each document by itself, then the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from tracker.model import Correction, History, Settings, Topic
from tracker.publisher.answers import replies
from tracker.publisher.feeds.channel import Channel
from tracker.publisher.feeds.channels import (
    UNPUBLISHED,
    document_feed,
    in_order,
    outages,
    shared_channels,
    status_feed,
    written,
)
from tracker.publisher.feeds.digest import digests
from tracker.publisher.feeds.drift import drifts, said_in
from tracker.publisher.site import (
    document_page,
    pages,
    revision_page,
)
from tracker.publisher.site.clause_history import clause_histories
from tracker.publisher.site.context import Lent, PageContext, Pages
from tracker.publisher.site.listing import entries, newest_first
from tracker.publisher.site.search import search_files
from tracker.publisher.summaries import DocumentSummary, summarise


@dataclass(frozen=True, slots=True)
class DocumentOutput:
    """The files of one document by their paths, and its summary."""

    files: Mapping[str, bytes]
    abstract: DocumentSummary


@dataclass(frozen=True, slots=True)
class FileGroup:
    """Files that are made together.

    `follows` is all they follow from but for the code; None where that is everything there is.
    """

    name: str
    follows: object
    make: Callable[[], Iterable[tuple[str, bytes]]]


def document_output(
    history: History,
    topics: Sequence[Topic],
    settings: Settings,
    corrections: Sequence[Correction] = (),
    lent: Lent | None = None,
) -> DocumentOutput:
    """Return what is published of one document alone; nothing in it depends on when it was last
    seen.
    """
    mine = [c for c in corrections if c.document == history.document.id]
    frame = PageContext([history], entries(history, topics, mine), topics, settings, mine, lent)
    found = clause_histories(history)
    said = replies(history, topics, found)
    told = frozenset(
        {life.id for life in found.lives.values() if life.has_page}
        | {quote.life for reply in said for quote in reply.quotes}
    )
    files = dict(document_page.pages(frame, history, found, told)) | dict(
        revision_page.pages(frame, found, told)
    )
    index, parts = search_files(history, found)
    files |= dict(parts)
    short = summarise(frame, history, found, said, index)
    feed = document_feed(history, short.items, frame.base, settings.websub_hub)
    return DocumentOutput(files | dict(feed), short)


def site_files(
    abstracts: Sequence[DocumentSummary],
    topics: Sequence[Topic],
    settings: Settings,
    corrections: Sequence[Correction] = (),
    lent: Lent | None = None,
    until: date = date.min,
) -> Iterator[FileGroup]:
    """Yield what is published of all documents together but for how they stand, group by group.

    Weeks have an item if they were over on the day `until`.
    """
    ordered = sorted(abstracts, key=lambda a: a.history.document.id)
    histories = [a.history for a in ordered]
    told = newest_first(entry for a in ordered for entry in a.entries)
    frame = PageContext(histories, told, topics, settings, corrections, lent)
    yield FileGroup("site", None, partial(pages.pages, frame, ordered))
    for leaf, make in pages.older(frame):
        yield FileGroup(f"list {leaf.path}", (leaf, topics, settings), make)
    found = [item for a in ordered for item in a.items]
    said = said_in(reply for a in ordered for reply in a.replies)
    found += drifts(histories, said, topics, until, frame.base)
    items = in_order(found, histories)
    items += digests(items, topics, until, frame.base)
    hub = settings.websub_hub
    for channel in shared_channels(histories, items, topics, frame.base):
        follows = _said(channel), hub
        yield FileGroup(f"feed {channel.name}", follows, partial(written, channel, hub))


def _said(channel: Channel) -> Channel:
    """Return what a channel says: not where else its items stand, which is a set without an
    order.
    """
    items = tuple(replace(item, feeds=frozenset()) for item in channel.items)
    return replace(channel, items=items)


def status_files(
    histories: Sequence[History],
    topics: Sequence[Topic],
    settings: Settings,
    lent: Lent | None = None,
    others: Sequence[History] = (),
) -> Pages:
    """Make the pages and the feed of how all documents stand, which every visit changes.

    `others` have no page: documents of which nothing was published, and files that are wrong.
    """
    yield from pages.status(PageContext(histories, (), topics, settings, (), lent), others)
    base = settings.site_url or UNPUBLISHED
    told = in_order(outages(histories, base), histories)
    yield from status_feed(told, base, settings.websub_hub)
