"""Readings of kept bodies: each text once, and from the cache where it was read before."""

from __future__ import annotations

from collections.abc import Callable

from tracker.errors import ArchiveError, TooCostly
from tracker.extractor import Undecodable
from tracker.history import Reader
from tracker.model import Capture, Reading, Source

#: A kept body with the text of a capture, and its media type.
Bodies = Callable[[Capture], tuple[bytes, str]]


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
    """The reading of a kept body. Raises ArchiveError where it cannot be read any more, and
    TooCostly where that would take too long.
    """
    from tracker.extractor import read  # most bodies were read before

    try:
        return read(body, media, capture.source)
    except Undecodable as error:
        problem = f"{capture.document}: a kept page cannot be read any more: {error}."
        raise ArchiveError(problem) from error
    except TooCostly as error:
        raise TooCostly(f"{capture.document}: {error}") from error
