"""Pure: histories become {path: bytes}."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.model import History, Settings, Topic
from tracker.publisher.feeds import feeds
from tracker.publisher.site import Site

__all__ = ["publish"]


def publish(
    histories: Sequence[History],
    topics: Sequence[Topic],
    settings: Settings,
    checkpoint: str = "",
) -> dict[str, bytes]:
    """Everything that is published, by path; the same histories in any order give the same.

    `checkpoint` is what the log held (see `tracker.evidence`); only the status page shows it.
    """
    pages = Site(histories, topics, settings, checkpoint).pages()
    return dict(pages) | dict(feeds(histories, topics, settings))
