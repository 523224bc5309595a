"""The formats that every feed is published in: to add one, write its module and a row here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracker.publisher.feeds.channel import Channel


@dataclass(frozen=True, slots=True)
class Format:
    """A feed format: the suffix of its files, its name for people, and how a channel is written."""

    suffix: str
    title: str
    media_type: str
    write: Callable[[Channel], bytes]


def _rss(channel: Channel) -> bytes:
    # Imported on use, like feedgen below it: serving a site needs only the media types.
    from tracker.publisher.feeds.rss_atom import rss

    return rss(channel)


def _atom(channel: Channel) -> bytes:
    from tracker.publisher.feeds.rss_atom import atom

    return atom(channel)


def _json(channel: Channel) -> bytes:
    from tracker.publisher.feeds.json_feed import json_feed

    return json_feed(channel)


#: The one that pages announce and that `feeds.opml` lists: every reader takes it.
RSS = Format(".xml", "RSS", "application/rss+xml", _rss)
ATOM = Format(".atom", "Atom", "application/atom+xml", _atom)
JSON = Format(".json", "JSON Feed", "application/feed+json", _json)
FORMATS = (RSS, ATOM, JSON)
