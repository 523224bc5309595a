"""Pure: histories become {path: bytes}."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.model import History, Settings, Topic
from tracker.publisher.feeds import feeds
from tracker.publisher.site import Site

__all__ = ["publish"]


def publish(
    histories: Sequence[History], topics: Sequence[Topic], settings: Settings
) -> dict[str, bytes]:
    """Everything that is published, by path; the same histories in any order give the same."""
    pages = Site(histories, topics, settings).pages()
    return dict(pages) | dict(feeds(histories, topics, settings))
