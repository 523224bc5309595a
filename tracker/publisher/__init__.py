"""Pure: histories become {path: bytes}.

First each document by itself, which leaves an abstract of it (`part`); then, from the abstracts,
what is of no single document (`whole`). So a site of any number of documents can be made with one
of them in memory, on several machines, and only those parts anew that something changed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracker.model import Correction, History, Settings, Topic
from tracker.publisher import documents, revisions, site
from tracker.publisher.abstracts import Abstract, abstract
from tracker.publisher.biographies import lives
from tracker.publisher.feeds import UNPUBLISHED, feeds, in_order, outages, status_feed
from tracker.publisher.frame import Frame, Pages, Rim, Table
from tracker.publisher.listing import entries, newest_first, strays

__all__ = ["Abstract", "Part", "Rim", "Table", "part", "publish", "status", "strays", "whole"]


@dataclass(frozen=True, slots=True)
class Part:
    """The files of one document by their paths, and its abstract."""

    files: Mapping[str, bytes]
    abstract: Abstract


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
    files |= dict(whole(abstracts, topics, settings, corrections, rim))
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
    return Part(files, abstract(frame, history, found))


def whole(
    abstracts: Sequence[Abstract],
    topics: Sequence[Topic],
    settings: Settings,
    corrections: Sequence[Correction] = (),
    rim: Rim | None = None,
) -> Pages:
    """What is published of all documents together but for how they stand."""
    ordered = sorted(abstracts, key=lambda a: a.history.document.id)
    histories = [a.history for a in ordered]
    told = newest_first(entry for a in ordered for entry in a.entries)
    yield from site.pages(Frame(histories, told, topics, settings, corrections, rim), ordered)
    items = in_order((item for a in ordered for item in a.items), histories)
    yield from feeds(histories, items, topics, settings)


def status(
    histories: Sequence[History],
    topics: Sequence[Topic],
    settings: Settings,
    rim: Rim | None = None,
) -> Pages:
    """How all documents stand, which every visit changes: pages and a feed."""
    yield from site.status(Frame(histories, (), topics, settings, (), rim))
    items = in_order(outages(histories, settings.site_url or UNPUBLISHED), histories)
    yield from status_feed(items, settings)
