"""One document from what was captured of it to all that is published of it alone.

Documents are independent of each other: a `Job` holds all that the answer follows from but for
the bodies, and whoever does it, anywhere, gives the same answer.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from tracker._support.budget import limited
from tracker._support.containment import Failed, tried
from tracker.app.readings import Bodies, read_anew, reader_of
from tracker.differ.topic_matching import tags_of_text
from tracker.extractor.folds import folds
from tracker.history import Reader, completed, decisive, identified, texts, unpublished
from tracker.model import (
    Capture,
    Correction,
    Document,
    Outcome,
    PublishedVersion,
    Settings,
    Texts,
    Topic,
)
from tracker.publisher import DocumentOutput, Lent, document_output

Picture = Callable[[Sequence[str]], bytes]
#: Processor seconds that the pages of one revision may take besides.
_EACH = 10


@dataclass(frozen=True, slots=True)
class Job:
    """A document to derive; `captures` are in order, `corrections` those of this document.

    `pictures` says whether revisions have one; `texts` is what was derived from these captures
    before, if anything was, `earlier` what was derived from an older set of them. What was not
    `published` yet is told at `now`, with the log of `size`.
    """

    document: Document
    captures: tuple[Capture, ...]
    topics: tuple[Topic, ...]
    settings: Settings
    corrections: tuple[Correction, ...]
    pictures: bool
    texts: Texts | None = None
    earlier: Texts | None = None
    published: tuple[PublishedVersion, ...] = ()
    now: datetime | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from a job; `news` is what was not published before."""

    texts: Texts
    part: DocumentOutput
    news: tuple[PublishedVersion, ...] = ()


def derive(job: Job, bodies: Bodies, reader: Reader) -> Derived:
    """Do a job; `reader` reads what `bodies` lends. Raises TooCostly."""
    found = job.texts or texts(job.document, job.captures, reader, job.topics, job.earlier)
    history = identified(
        completed(job.document, job.captures, found), job.published, job.topics, job.now
    )
    news = tuple(unpublished(history, job.published, job.size))
    lent = Lent(
        lambda c: bodies(c)[0], picture=picture(job.pictures), tagger=tags_of_text, folds=folds
    )
    with limited(f"{job.document.id}: Publishing it", _EACH * len(history.revisions)):
        return Derived(
            found, document_output(history, job.topics, job.settings, job.corrections, lent), news
        )


def picture(wanted: bool = True) -> Picture | None:
    """Return the function that draws a revision; None without the extra `pictures`."""
    if not wanted:
        return None
    try:
        from tracker.publisher.site.cards import draw
    except ImportError:
        return None
    return draw


# ── sent elsewhere ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A job with all the bodies it needs, packed: `own` by their digests, `alike` by page and text.

    A text whose own body is not kept is read from one that reads alike.
    """

    job: Job
    own: Mapping[str, tuple[bytes, str]]
    alike: Mapping[tuple[str | None, str | None], tuple[bytes, str]]

    def bodies(self, capture: Capture) -> tuple[bytes, str]:
        """Lend a body as the archive does."""
        found = self.own.get(capture.body or "") or self.alike[capture.page_key, capture.text]
        return zlib.decompress(found[0]), found[1]


def remote_job(job: Job, kept: Set[str], bodies: Bodies) -> RemoteJob:
    """Pack a job to be done where there is no archive; `kept` are the bodies kept of it."""
    own: dict[str, tuple[bytes, str]] = {}
    alike: dict[tuple[str | None, str | None], tuple[bytes, str]] = {}
    for run in decisive(job.captures):
        for capture in run.first:
            if capture.body and capture.body in kept and capture.body not in own:
                own[capture.body] = _packed(*bodies(capture))
    read = {Outcome.GOOD, Outcome.COLLAPSED}
    for capture in (c for c in job.captures if c.outcome in read and c.text):
        key = capture.page_key, capture.text
        if key not in alike:
            alike[key] = own.get(capture.body or "") or _packed(*bodies(capture))
    return RemoteJob(job, own, alike)


def _packed(body: bytes, media: str) -> tuple[bytes, str]:
    return zlib.compress(body, 1), media


def derive_remote(given: RemoteJob | Failed) -> Derived | Failed:
    """Do a job that was sent, if it could be."""
    if isinstance(given, Failed):
        return given
    reader = reader_of(given.bodies, read_anew)
    return tried(given.job.document.id, lambda: derive(given.job, given.bodies, reader))
