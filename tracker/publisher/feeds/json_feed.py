"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), with our own facts under `_tracker`."""

from __future__ import annotations

import json
from typing import Any

from tracker.publisher.feeds.channel import AUTHOR, LANGUAGE, Channel, Item
from tracker.publisher.words import iso, plain, safe

_VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(channel: Channel) -> bytes:
    """Return the same items under the same ids as in RSS and Atom; `next_url` leads to older
    ones.
    """
    found: dict[str, Any] = {
        "version": _VERSION,
        "title": plain(channel.title),
        "home_page_url": channel.base + channel.page,
        "feed_url": channel.address(".json"),
        "description": plain(channel.about),
        "language": LANGUAGE,
        "authors": [{"name": AUTHOR}],
        "items": [_item(item) for item in channel.items],
    }
    if channel.older:
        found["next_url"] = channel.address(".json", channel.older)
    if channel.hub:
        found["hubs"] = [{"type": "WebSub", "url": channel.hub}]
    return f"{json.dumps(found, ensure_ascii=True, indent=1)}\n".encode()


def _item(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": item.id,
        "url": item.link,
        "title": plain(item.title),
        "summary": plain(item.summary),
        "content_html": safe(item.content.html),
        "content_text": safe(item.content.text),
        "date_published": iso(item.published),
        "tags": [plain(label) for _, label in item.categories],
        "_tracker": dict(item.content.facts),
    }
    if item.corrected:
        found["date_modified"] = iso(item.corrected)
    if item.via:
        found["external_url"] = item.via
    return found
