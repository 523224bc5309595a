"""What a feed is, whatever its format: a channel of items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from tracker.publisher.places import feed_file

#: The date of a feed without items; any constant keeps its bytes the same.
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
LANGUAGE = "en"
AUTHOR = "Terms Tracker"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: what a reader shows, the same in every format and in every feed.

    `html` and `text` are its body for readers that show markup and for those that do not. `via`
    is the page itself, `related` its archive copies. `categories` are (term, label). `feeds` are
    the names of the feeds it stands in; `facts` is plain JSON about it, for programs. `corrected`
    is when it was last set right, None for almost all; `ahead` the day until which what it tells
    is to come.
    """

    id: str
    title: str
    link: str
    summary: str
    html: str
    text: str
    published: datetime
    categories: tuple[tuple[str, str], ...] = ()
    via: str = ""
    related: tuple[str, ...] = ()
    feeds: frozenset[str] = frozenset()
    facts: Mapping[str, object] = field(default_factory=dict)
    corrected: datetime | None = None
    ahead: date | None = None

    @property
    def updated(self) -> datetime:
        return self.corrected or self.published


@dataclass(frozen=True, slots=True)
class Channel:
    """One document of a feed: the feed itself, or (RFC 5005) an archive page of it.

    `base` is the address of the published root, `name` the file without its suffix, `page` the
    path of the page for people. `older` is the name of the archive page before this one;
    `current`, on archive pages only, the name of the feed they belong to.
    """

    base: str
    name: str
    page: str
    title: str
    about: str
    items: tuple[Item, ...]
    older: str = ""
    current: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether everything there ever was stands in this one document."""
        return not self.older and not self.current

    @property
    def updated(self) -> datetime:
        return max((item.published for item in self.items), default=EPOCH)

    def address(self, suffix: str, name: str = "") -> str:
        """Where this document (or the one of that `name`) is published in a format."""
        return self.base + feed_file(name or self.name, suffix)
