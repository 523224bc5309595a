"""Readings of kept bodies: each text once, and from the cache where it was read before."""

from __future__ import annotations

from collections.abc import Callable

from tracker.errors import TooCostly, TrackerError
from tracker.extractor import Undecodable, is_pdf
from tracker.history import Reader
from tracker.model import Capture, Reading, Source

#: A kept body with the text of a capture, and its media type.
Bodies = Callable[[Capture], tuple[bytes, str]]


def reader_of(bodies: Bodies, fresh: Callable[[Capture, bytes, str], Reading]) -> Reader:
    """Return a reader that reads each text once: pages that flap come back many times."""
    known: dict[tuple[str, Source | None, str | None], Reading] = {}

    def reader(capture: Capture) -> Reading:
        key = (capture.document, capture.source, capture.text)
        if key not in known:
            known[key] = fresh(capture, *bodies(capture))
        return known[key]

    return reader


def read_anew(capture: Capture, body: bytes, media: str) -> Reading:
    """Read a kept body with today's code.

    What an older version could decode and this one cannot, has U+FFFD in place of its letters:
    nothing that was recorded may stop a publication. Raises TooCostly where reading takes too long,
    and TrackerError for a PDF that could be read when it was recorded.
    """
    from tracker.extractor import read  # most bodies were read before

    try:
        return read(body, media, capture.source)
    except Undecodable as error:
        if is_pdf(body):
            raise TrackerError(f"{capture.document}: {error}.") from error
        letters = body.decode("utf-8", "replace").encode()
        return read(letters, f"{media.partition(';')[0]}; charset=utf-8", capture.source)
    except TooCostly as error:
        raise TooCostly(f"{capture.document}: {error}") from error
