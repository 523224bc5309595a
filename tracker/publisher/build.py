"""Everything that is published: each document by itself, then the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tracker.model import Correction, History, Settings, Topic
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
from tracker.publisher.site import (
    document_page as documents,
)
from tracker.publisher.site import (
    pages as site,
)
from tracker.publisher.site import (
    revision_page as revisions,
)
from tracker.publisher.site.clause_history import lives
from tracker.publisher.site.context import Frame, Pages, Rim
from tracker.publisher.site.listing import entries, newest_first
from tracker.publisher.summaries import Abstract, abstract


@dataclass(frozen=True, slots=True)
class Part:
    """The files of one document by their paths, and its abstract."""

    files: Mapping[str, bytes]
    abstract: Abstract


@dataclass(frozen=True, slots=True)
class Lot:
    """Files that are made together.

    `follows` is all they follow from but for the code; None where that is everything there is.
    """

    name: str
    follows: object
    make: Callable[[], Iterable[tuple[str, bytes]]]


def publish(
    histories: Sequence[History],
    topics: Sequence[Topic],
    settings: Settings,
    corrections: Sequence[Correction] = (),
    rim: Rim | None = None,
) -> dict[str, bytes]:
    """Everything that is published, by path; the same histories in any order give the same.

    `rim` lends what a pure function cannot have; the site is whole without it.
    """
    parts = [part(history, topics, settings, corrections, rim) for history in histories]
    files = {path: data for p in parts for path, data in p.files.items()}
    abstracts = [p.abstract for p in parts]
    for lot in whole(abstracts, topics, settings, corrections, rim):
        files |= dict(lot.make())
    return files | dict(status(histories, topics, settings, rim))


def part(
    history: History,
    topics: Sequence[Topic],
    settings: Settings,
    corrections: Sequence[Correction] = (),
    rim: Rim | None = None,
) -> Part:
    """What is published of one document alone; nothing in it depends on when it was last seen."""
    mine = [c for c in corrections if c.document == history.document.id]
    frame = Frame([history], entries(history, topics, mine), topics, settings, mine, rim)
    found = lives(history)
    files = dict(documents.pages(frame, history, found)) | dict(revisions.pages(frame, found))
    short = abstract(frame, history, found)
    return Part(files | dict(document_feed(history, short.items, frame.base)), short)


def whole(
    abstracts: Sequence[Abstract],
    topics: Sequence[Topic],
    settings: Settings,
    corrections: Sequence[Correction] = (),
    rim: Rim | None = None,
) -> Iterator[Lot]:
    """What is published of all documents together but for how they stand, lot by lot."""
    ordered = sorted(abstracts, key=lambda a: a.history.document.id)
    histories = [a.history for a in ordered]
    told = newest_first(entry for a in ordered for entry in a.entries)
    frame = Frame(histories, told, topics, settings, corrections, rim)
    yield Lot("site", None, partial(site.pages, frame, ordered))
    for leaf, make in site.older(frame):
        yield Lot(f"list {leaf.path}", (leaf, topics, settings), make)
    items = in_order((item for a in ordered for item in a.items), histories)
    for channel in shared_channels(histories, items, topics, frame.base):
        yield Lot(f"feed {channel.name}", _said(channel), partial(written, channel))


def _said(channel: Channel) -> Channel:
    """What a channel says: not where else its items stand, which is a set without an order."""
    items = tuple(replace(item, feeds=frozenset()) for item in channel.items)
    return replace(channel, items=items)


def status(
    histories: Sequence[History],
    topics: Sequence[Topic],
    settings: Settings,
    rim: Rim | None = None,
    others: Sequence[History] = (),
) -> Pages:
    """How all documents stand, which every visit changes: pages and a feed.

    `others` have no page: documents of which nothing was published, and files that are wrong.
    """
    yield from site.status(Frame(histories, (), topics, settings, (), rim), others)
    base = settings.site_url or UNPUBLISHED
    yield from status_feed(in_order(outages(histories, base), histories), base)
