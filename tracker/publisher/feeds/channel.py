"""What a feed is, whatever its format: a channel of items."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Self

from tracker.publisher.urls import feed_file

#: The date of a feed without items; any constant keeps its bytes the same.
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
LANGUAGE = "en"
AUTHOR = "Terms Tracker"


@dataclass(frozen=True, slots=True)
class Content:
    """What an item says in full, packed: all items of a site are in memory at once.

    `html` and `text` are for readers that show markup and for those that do not; `facts` is plain
    JSON, for programs. `size` is in characters of `html`.
    """

    size: int
    packed: bytes

    @classmethod
    def of(cls, html: str, text: str, facts: Mapping[str, object]) -> Self:
        """Return the content that says this."""
        return cls(len(html), zlib.compress(json.dumps([html, text, facts]).encode()))

    @property
    def html(self) -> str:
        return _said(self.packed)[0]

    @property
    def text(self) -> str:
        return _said(self.packed)[1]

    @property
    def facts(self) -> Mapping[str, object]:
        return _said(self.packed)[2]


@lru_cache(maxsize=256)  # a feed is written in three formats, one after the other
def _said(packed: bytes) -> tuple[str, str, Mapping[str, object]]:
    html, text, facts = json.loads(zlib.decompress(packed))
    return html, text, facts


@dataclass(frozen=True, slots=True)
class View:
    """What an item says in the feeds of one topic: that, and how much there is besides."""

    topic: str
    summary: str
    content: Content


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: what a reader shows, the same in every format and in every feed.

    `via` is the page itself, `related` its archive copies. `categories` are (term, label). `feeds`
    are the names of the feeds it stands in. `corrected` is when it was last set right, None for
    almost all; `ahead` the day until which what it tells is to come. `nth` orders those of one
    document that were published in the same second. `views` are what it says in feeds of a topic.
    """

    id: str
    title: str
    link: str
    summary: str
    content: Content
    published: datetime
    categories: tuple[tuple[str, str], ...] = ()
    via: str = ""
    related: tuple[str, ...] = ()
    feeds: frozenset[str] = frozenset()
    corrected: datetime | None = None
    ahead: date | None = None
    nth: int = 1
    views: tuple[View, ...] = ()

    @property
    def updated(self) -> datetime:
        return self.corrected or self.published

    def about(self, topic: str) -> Self:
        """Return the item as the feed of a topic has it; the same where it has no view of that."""
        view = next((view for view in self.views if view.topic == topic), None)
        return replace(self, summary=view.summary, content=view.content) if view else self


@dataclass(frozen=True, slots=True)
class Channel:
    """One document of a feed: the feed itself, or (RFC 5005) an archive page of it.

    `base` is the address of the published root, `name` the file without its suffix, `page` the
    path of the page for people. `older` is the name of the archive page before this one;
    `current`, on archive pages only, the name of the feed they belong to. `hub` is the address
    where readers can ask to be told of what is new (WebSub), empty for none.
    """

    base: str
    name: str
    page: str
    title: str
    about: str
    items: tuple[Item, ...]
    older: str = ""
    current: str = ""
    hub: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether everything there ever was stands in this one document."""
        return not self.older and not self.current

    @property
    def updated(self) -> datetime:
        return max((item.published for item in self.items), default=EPOCH)

    def address(self, suffix: str, name: str = "") -> str:
        """Return where this document (or the one of that `name`) is published in a format."""
        return self.base + feed_file(name or self.name, suffix)
