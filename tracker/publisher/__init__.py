"""Pure: histories become {path: bytes}."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.model import Correction, History, Settings, Topic
from tracker.publisher import site
from tracker.publisher.feeds import feeds
from tracker.publisher.frame import Frame, Rim, Table, Timestamp
from tracker.publisher.listing import strays

__all__ = ["Rim", "Table", "Timestamp", "publish", "strays"]


def publish(
    histories: Sequence[History],
    topics: Sequence[Topic],
    settings: Settings,
    corrections: Sequence[Correction] = (),
    rim: Rim | None = None,
) -> dict[str, bytes]:
    """Everything that is published, by path; the same histories in any order give the same.

    `rim` lends what a pure function cannot have; the site is whole without it.
    """
    pages = dict(site.pages(Frame(histories, topics, settings, corrections, rim)))
    return pages | dict(feeds(histories, topics, settings, corrections))
