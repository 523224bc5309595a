"""RSS 2.0 and Atom 1.0 through feedgen 1.0.0, without what it does that a good feed must not.

Worked around here, and only here; each has its test:

- the channel's `<link>` is whichever link was added last;
- only one `atom:link` reaches RSS, and none of an item's;
- the links of an Atom entry keep their address only, so that each becomes *the* alternate one;
- the body that RSS wants as CDATA gets a type in Atom that Atom does not know;
- `description()` after `content()` replaces the body of an Atom entry, and its summary is text;
- an author without a mail address does not reach RSS;
- every date left open becomes *now*, so that no two builds are equal;
- `add_entry` prepends;
- text that XML forbids raises and loses the whole feed (see `words.safe`);
- no processing instruction can be written;
- the Atom tree has no namespace but a literal `xmlns`, so what is added to it must have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree
from markupsafe import escape

from tracker import __version__
from tracker.publisher.feeds.channel import AUTHOR, LANGUAGE, Channel, Item
from tracker.publisher.feeds.formats import ATOM, RSS, Format
from tracker.publisher.urls import up
from tracker.publisher.words import plain, safe

_ATOM = "{http://www.w3.org/2005/Atom}link"
_HISTORY = "http://purl.org/syndication/history/1.0"
_MINUTES_TO_LIVE = "360"


@dataclass(frozen=True, slots=True)
class _Link:
    rel: str
    href: str
    type: str = ""

    @property
    def attributes(self) -> dict[str, str]:
        found = {"rel": self.rel, "href": self.href, "type": self.type}
        return {name: value for name, value in found.items() if value}


class _History(BaseExtension):  # type: ignore[misc]
    """The parts of a channel that feedgen cannot write: RFC 5005 and its links."""

    links: Sequence[_Link] = ()
    mark: str = ""

    def extend_ns(self) -> dict[str, str]:
        return {"fh": _HISTORY} if self.mark else {}

    def extend_rss(self, root: etree._Element) -> etree._Element:
        return self._extend(root[0], _ATOM)

    def extend_atom(self, root: etree._Element) -> etree._Element:
        return self._extend(root, "link")

    def _extend(self, parent: etree._Element, tag: str) -> etree._Element:
        for link in self.links:
            etree.SubElement(parent, tag, link.attributes)
        if self.mark:
            etree.SubElement(parent, f"{{{_HISTORY}}}{self.mark}")
        return parent


class _ItemLinks(BaseEntryExtension):  # type: ignore[misc]
    """The links of an item, written whole; the first is the one RSS has as its `<link>`."""

    links: Sequence[_Link] = ()

    def extend_rss(self, item: etree._Element) -> etree._Element:
        for link in self.links[1:]:
            etree.SubElement(item, _ATOM, link.attributes)
        return item

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        for poor in entry.findall("link"):
            entry.remove(poor)
        for link in self.links:
            etree.SubElement(entry, "link", link.attributes)
        return entry


def rss(channel: Channel) -> bytes:
    """RSS 2.0 with the body in `content:encoded`; the same channel always gives the same bytes."""
    feed = _feed(channel, RSS)
    for item in channel.items:
        _add(feed, item, "CDATA")
    return _styled(feed.rss_str(pretty=True), channel)


def atom(channel: Channel) -> bytes:
    """Atom 1.0; the same channel always gives the same bytes."""
    feed = _feed(channel, ATOM)
    feed.id(f"tag:terms-tracker.invalid,2025:feed/{channel.current or channel.name}")
    feed.updated(channel.updated)
    feed.author(name=AUTHOR)
    for item in channel.items:
        _add(feed, item, "html")
    return _styled(feed.atom_str(pretty=True), channel)


def _feed(channel: Channel, form: Format) -> FeedGenerator:
    feed = FeedGenerator()
    feed.load_extension("dc", atom=False)  # an author of RSS itself needs a mail address
    feed.register_extension("ours", _History, _ItemLinks)
    feed.title(plain(channel.title))
    feed.description(plain(channel.about))
    feed.link(href=channel.address(form.suffix), rel="self", type=form.media_type)
    # Last of all links: it becomes the channel's <link>.
    feed.link(href=channel.base + channel.page, rel="alternate", type="text/html")
    feed.language(LANGUAGE)
    feed.ttl(_MINUTES_TO_LIVE)
    feed.docs("https://www.rssboard.org/rss-specification")
    feed.generator("Terms Tracker", version=__version__)
    feed.lastBuildDate(channel.updated)
    feed.pubDate(channel.updated)
    feed.ours.links = _history_links(channel, form)
    feed.ours.mark = "complete" if channel.is_complete else "archive" if channel.current else ""
    return feed


def _history_links(channel: Channel, form: Format) -> Sequence[_Link]:
    named = (("prev-archive", channel.older), ("current", channel.current))
    hub = [_Link("hub", channel.hub)] if channel.hub else []
    return hub + [
        _Link(rel, channel.address(form.suffix, name), form.media_type)
        for rel, name in named
        if name
    ]


def _add(feed: FeedGenerator, item: Item, body: str) -> None:
    entry = feed.add_entry(order="append")
    entry.guid(item.id, permalink=False)
    entry.title(plain(item.title))
    entry.link(href=item.link)
    entry.description(plain(item.summary))
    entry.content(safe(item.content.html), type=body)
    # rss2email sends the first plain text of an entry, and that must not be the summary alone.
    entry.summary(str(escape(plain(item.summary))), type="html")
    entry.published(item.published)
    entry.updated(item.updated)
    entry.dc.dc_creator(AUTHOR)
    for term, label in item.categories:
        entry.category(term=term, label=plain(label))
    via = [_Link("via", item.via)] if item.via else []
    copies = [_Link("related", href) for href in item.related]
    entry.ours.links = [_Link("alternate", item.link, "text/html"), *via, *copies]


def _styled(document: bytes, channel: Channel) -> bytes:
    """With the style that a browser shows it in, after the declaration."""
    sheet = f"{up(channel.name)}assets/feed.css"
    head, _, body = document.partition(b"\n")
    style = f'<?xml-stylesheet type="text/css" href="{sheet}"?>'.encode()
    return b"\n".join((head, style, body))
