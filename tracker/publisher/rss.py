"""RSS 2.0 through feedgen, and everything feedgen 1.0.0 does that a good feed must not.

Worked around here, and only here: the channel's `<link>` is whichever link was added last; only
one `atom:link` reaches RSS; every date left open becomes *now*, so that no two builds are equal;
`add_entry` prepends; text that XML forbids raises and loses the whole feed (see `words.safe`);
no processing instruction can be written. Each has its test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from tracker import __version__
from tracker.publisher.words import plain, safe

_ATOM = "{http://www.w3.org/2005/Atom}link"
#: The date of a feed without items; any constant keeps its bytes the same.
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_MINUTES_TO_LIVE = "360"
_STYLE = b'<?xml-stylesheet type="text/css" href="assets/feed.css"?>\n'


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: what a reader shows. `via` is the page itself, `related` its archive copies."""

    id: str
    title: str
    link: str
    summary: str
    html: str
    published: datetime
    categories: tuple[tuple[str, str], ...]
    via: str
    related: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed: `address` is its own, `site` the page for people that it belongs to."""

    address: str
    site: str
    title: str
    about: str
    items: tuple[Item, ...]


class _ItemLinks(BaseEntryExtension):  # type: ignore[misc]
    """The links of an item that feedgen cannot write into RSS."""

    links: Sequence[tuple[str, str]] = ()

    def extend_rss(self, item: etree._Element) -> etree._Element:
        for rel, href in self.links:
            etree.SubElement(item, _ATOM, rel=rel, href=href)
        return item


class _Namespace(BaseExtension):  # type: ignore[misc]
    """feedgen asks for a feed's part of every entry extension; ours has none."""


def rss(channel: Channel) -> bytes:
    """The bytes of a feed; the same channel always gives the same ones."""
    feed = FeedGenerator()
    feed.register_extension("links", _Namespace, _ItemLinks)
    newest = max((item.published for item in channel.items), default=_EPOCH)
    feed.title(plain(channel.title))
    feed.description(plain(channel.about))
    feed.link(href=channel.address, rel="self", type="application/rss+xml")
    feed.link(href=channel.site, rel="alternate")  # last: it becomes the channel's <link>
    feed.language("en")
    feed.ttl(_MINUTES_TO_LIVE)
    feed.docs("https://www.rssboard.org/rss-specification")
    feed.generator("Terms Tracker", version=__version__)
    feed.lastBuildDate(newest)
    feed.pubDate(newest)
    for item in channel.items:
        _add(feed, item)
    head, _, body = feed.rss_str(pretty=True).partition(b"\n")
    return bytes(head + b"\n" + _STYLE + body)


def _add(feed: FeedGenerator, item: Item) -> None:
    entry = feed.add_entry(order="append")
    entry.guid(item.id, permalink=False)
    entry.title(plain(item.title))
    entry.link(href=item.link)
    entry.description(plain(item.summary), isSummary=True)
    entry.content(safe(item.html), type="CDATA")
    entry.description(plain(item.summary))
    entry.published(item.published)
    entry.pubDate(item.published)
    entry.updated(item.published)
    for term, label in item.categories:
        entry.category(term=term, label=plain(label))
    links = [("via", item.via)] if item.via else []
    entry.links.links = [*links, *(("related", href) for href in item.related)]
