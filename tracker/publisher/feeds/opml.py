"""All feeds in one file that feed readers import: OPML 2.0, one group an outline."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from tracker.publisher.feeds.catalogue import Group
from tracker.publisher.feeds.formats import RSS
from tracker.publisher.urls import feed_file
from tracker.publisher.words import plain


def opml(groups: Iterable[Group], base: str) -> bytes:
    """Return the RSS feeds of `groups`, published under `base`; without a date, so always the
    same.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "Terms Tracker"
    body = etree.SubElement(root, "body")
    for group in groups:
        outline = _outline(body, group.title)
        for feed in group.feeds:
            _outline(
                outline,
                feed.title,
                type="rss",
                xmlUrl=base + feed_file(feed.name, RSS.suffix),
                htmlUrl=base + feed.page,
                description=plain(feed.about),
            )
    found = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return bytes(found)


def _outline(parent: etree._Element, title: str, **more: str) -> etree._Element:
    return etree.SubElement(parent, "outline", text=plain(title), title=plain(title), **more)
