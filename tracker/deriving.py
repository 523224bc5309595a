"""One document from what was captured of it to all that is published of it alone.

Documents are independent of each other: a `Job` holds all that the answer follows from but for
the bodies, and whoever does it, anywhere, gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tracker.differ import Undecodable, read
from tracker.differ.topics import whole
from tracker.errors import ArchiveError
from tracker.history import Reader, completed, texts
from tracker.model import Capture, Correction, Document, Reading, Settings, Source, Texts, Topic
from tracker.publisher import Part, Rim, part

#: A kept body with the text of a capture, and its media type.
Bodies = Callable[[Capture], tuple[bytes, str]]
Picture = Callable[[Sequence[str]], bytes]


@dataclass(frozen=True, slots=True)
class Job:
    """A document to derive; `captures` are in order, `corrections` those of this document.

    `pictures` says whether revisions have one; `texts` are those of its captures where they are
    known, `earlier` those of other captures of it.
    """

    document: Document
    captures: tuple[Capture, ...]
    topics: tuple[Topic, ...]
    settings: Settings
    corrections: tuple[Correction, ...]
    pictures: bool
    texts: Texts | None = None
    earlier: Texts | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from a job."""

    texts: Texts
    part: Part


def derive(job: Job, bodies: Bodies, reader: Reader) -> Derived:
    """Do a job; `reader` reads what `bodies` lends."""
    found = job.texts or texts(job.document, job.captures, reader, job.topics, job.earlier)
    history = completed(job.document, job.captures, found)
    rim = Rim(lambda c: bodies(c)[0], picture=picture(job.pictures), tagger=whole)
    return Derived(found, part(history, job.topics, job.settings, job.corrections, rim))


def picture(wanted: bool = True) -> Picture | None:
    """What draws the picture of a revision; None without the extra `pictures`."""
    if not wanted:
        return None
    try:
        from tracker.publisher.cards import draw
    except ImportError:
        return None
    return draw


def reader_of(bodies: Bodies, fresh: Callable[[Capture, bytes, str], Reading]) -> Reader:
    """Reads captures, each text once: pages that flap come back many times."""
    known: dict[tuple[str, Source | None, str | None], Reading] = {}

    def reader(capture: Capture) -> Reading:
        key = (capture.document, capture.source, capture.text)
        if key not in known:
            known[key] = fresh(capture, *bodies(capture))
        return known[key]

    return reader


def read_anew(capture: Capture, body: bytes, media: str) -> Reading:
    """The reading of a kept body. Raises ArchiveError where it cannot be read any more."""
    try:
        return read(body, media, capture.source)
    except Undecodable as error:
        problem = f"{capture.document}: a kept page cannot be read any more: {error}."
        raise ArchiveError(problem) from error
