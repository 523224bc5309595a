"""A document in a few lines: all that the pages and feeds of the whole site need of it.

A site of thousands of documents is made one document after the other; what is left of each is
its summary, which holds none of its texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracker.model import History
from tracker.publisher.answers import Reply
from tracker.publisher.data.exports import Export, export
from tracker.publisher.feeds.channel import Item
from tracker.publisher.feeds.channels import document_items
from tracker.publisher.site import opt_out
from tracker.publisher.site.clause_history import ClauseHistories
from tracker.publisher.site.compare_page import (
    DocumentVersions,
    Suggestion,
    document_versions,
    ends,
)
from tracker.publisher.site.context import PageContext
from tracker.publisher.site.listing import ListEntry
from tracker.publisher.site.opt_out import OptOut
from tracker.publisher.site.search import SearchIndex
from tracker.publisher.without_texts import bare, without_texts


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """What is left of a document; `history` and `entries` are without clauses and changes."""

    history: History
    entries: tuple[ListEntry, ...]
    shelf: DocumentVersions
    ends: tuple[Suggestion, ...]
    ways: tuple[OptOut, ...]
    items: tuple[Item, ...]
    export: Export
    replies: tuple[Reply, ...]
    search: SearchIndex


def summarise(
    frame: PageContext,
    history: History,
    lives: ClauseHistories,
    found: Sequence[Reply],
    search: SearchIndex,
) -> DocumentSummary:
    """Summarise the one document of `frame`; `found` is what it answers."""
    short = without_texts(history)
    revisions = dict(zip(map(id, history.revisions), short.revisions, strict=True))
    return DocumentSummary(
        history=short,
        entries=tuple(
            replace(entry, revision=revisions[id(entry.revision)]) for entry in frame.entries
        ),
        shelf=document_versions(history),
        ends=tuple(ends(history)),
        ways=tuple(
            _bare_way(way, short)
            for way in opt_out.opt_outs(history, lives, frame.topics, frame.lent.tagger)
        ),
        items=tuple(document_items(history, frame.topics, frame.base, frame.corrections)),
        export=export(history),
        replies=tuple(replace(reply, history=short) for reply in found),
        search=search,
    )


def _bare_way(way: OptOut, history: History) -> OptOut:
    return replace(
        way,
        history=history,
        since=bare(way.since),
        last=bare(way.last),
        gone=bare(way.gone) if way.gone else None,
    )
