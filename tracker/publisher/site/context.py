"""What every page of the site shares: the histories, the topics, where it lives, how it is set.

`Lent` holds what only the edge of the program can give to a publisher that is pure: the bytes a
capture was served as, and the makers of files that need more than text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from tracker.model import Capture, Correction, History, Settings, Tag, Topic
from tracker.publisher import urls, words
from tracker.publisher.feeds.catalogue import Feed, alternates, catalogue
from tracker.publisher.feeds.channels import UNPUBLISHED
from tracker.publisher.site.listing import ListEntry, events
from tracker.publisher.templating import ENVIRONMENT

Pages = Iterator[tuple[str, bytes]]
#: The templates of what surrounds each page.
_FRAME = ("head", "masthead", "colophon")
#: Which of the topics a sentence is about, under the headings given, and the words that say so.
Tagger = Callable[[Sequence[Topic], str, Sequence[str]], tuple[Tag, ...]]


@dataclass(frozen=True, slots=True)
class Timestamp:
    """That an authority had the log at a size, at a time."""

    size: int
    time: datetime
    authority: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A log that was published before and then given up: when, its size, and its root."""

    accepted: datetime
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Lent:
    """Functions the caller lends; without one, the site is made without what it would give.

    `body` gives the bytes of a capture, None where they are not kept; `database` turns tables
    (name, columns, rows) into a SQLite file; `picture` draws a PNG from the lines of a card.
    `tagger` finds topics in a sentence that is not part of a change. `folds` lists what in some
    texts is compared as something else, and as what.
    `checkpoint` is what the log held (see `tracker.evidence`); only the status page shows it,
    and the newest `timestamp` of the log, and the logs that were `given_up` for it.
    """

    body: Callable[[Capture], bytes | None] | None = None
    database: Callable[[Sequence[Table]], bytes] | None = None
    picture: Callable[[Sequence[str]], bytes] | None = None
    checkpoint: str = ""
    tagger: Tagger | None = None
    folds: Callable[[Iterable[str]], Mapping[str, str]] | None = None
    timestamp: Timestamp | None = None
    given_up: tuple[GivenUp, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the data page: columns with what they mean, and rows of plain values."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str | int | None, ...], ...]


class PageContext:
    """The context in which every page is set: of one document, or of the whole site."""

    def __init__(
        self,
        histories: Sequence[History],
        entries: Sequence[ListEntry],
        topics: Sequence[Topic],
        settings: Settings,
        corrections: Sequence[Correction] = (),
        lent: Lent | None = None,
    ) -> None:
        self.histories = sorted(histories, key=lambda h: h.document.id)
        self.entries = tuple(entries)
        self.topics = tuple(topics)
        self.corrections = tuple(corrections)
        self.feeds = catalogue(self.histories, self.topics)
        self.base = settings.site_url or UNPUBLISHED
        self.is_public = bool(settings.site_url)
        self.has_bundles = settings.publish_evidence
        self.lent = lent or Lent()
        #: What clauses are about, by text and headings, as far as it was asked.
        self.topics_of: dict[tuple[str, tuple[str, ...]], dict[str, list[str]]] = {}
        self._frames: dict[tuple[str, ...], dict[str, Markup]] = {}

    def page(self, path: str, template: str, **context: Any) -> tuple[str, bytes]:
        """Return a page at a folder's address."""
        return f"{path}index.html", self.render(path, template, root=urls.up(path), **context)

    def render(self, path: str, template: str, root: str = "", **context: Any) -> bytes:
        text = ENVIRONMENT.get_template(template).render(
            path=path,
            root=root,
            topics=self.topics,
            **self._frame(root, alternates(path, self.feeds)),
            titles={t.id: t.title for t in self.topics},
            topic_places={t.id: n for n, t in enumerate(self.topics)},
            histories=self.histories,
            base=self.base,
            document_name=words.document_name,
            document_page=urls.document_page,
            events=events,
            canonical=self.base + path if self.is_public else "",
            **context,
        )
        return text.encode("utf-8", "replace")

    def _frame(self, root: str, feeds: Sequence[Feed]) -> Mapping[str, Markup]:
        """Render what surrounds a page, once for all pages of a folder: clauses have many."""
        key = root, *(feed.name for feed in feeds)
        if key not in self._frames:
            shared = {"root": root, "topics": self.topics, "alternates": feeds}
            parts = {part: ENVIRONMENT.get_template(f"{part}.html") for part in _FRAME}
            self._frames[key] = {
                name: Markup(part.render(shared))  # noqa: S704 - whose variables were escaped
                for name, part in parts.items()
            }
        return self._frames[key]


def file(name: str) -> bytes:
    """Return a file that ships with the program and is published as it is."""
    return files("tracker.publisher").joinpath(name).read_bytes()
