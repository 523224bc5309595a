"""Readings of kept bodies: each text once, and from the cache where it was read before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

from tracker._support.cache import READINGS, DerivedCache, key_of
from tracker.errors import ArchiveError, TooCostly, TrackerError
from tracker.extractor import Undecodable, is_pdf
from tracker.extractor.limits import TooLarge
from tracker.history import Reader
from tracker.model import Capture, Outcome, Reading, Source, digest

#: A kept body with the text of a capture, and its media type.
Bodies = Callable[[Capture], tuple[bytes, str]]
_Brought = TypeVar("_Brought")


def reader_of(bodies: Bodies, fresh: Callable[[Capture, bytes, str], Reading]) -> Reader:
    """Return a reader that reads each text once: pages that flap come back many times."""
    known: dict[tuple[str, Source | None, str | None], Reading] = {}

    def reader(capture: Capture) -> Reading:
        key = (capture.document, capture.source, capture.text)
        if key not in known:
            known[key] = fresh(capture, *bodies(capture))
        return known[key]

    return reader


def place_of(capture: Capture, body: bytes, media: str) -> tuple[str, str]:
    """Name what is remembered of a reading, and the key of all that it follows from."""
    name = f"{capture.document} {capture.page_key} {capture.text}"
    return name, key_of(READINGS, digest(body), media, capture.source)


def remembered(
    brought: Iterable[_Brought], bodies: Bodies, cache: DerivedCache
) -> Iterator[_Brought]:
    """Pass on what an import brings, and remember how each new text was read when it was judged.

    So that the next command need not read it once more.
    """
    texts: set[tuple[str, str | None]] = set()
    for one in brought:
        if isinstance(one, Capture) and one.outcome is Outcome.GOOD:
            text = one.document, one.text
            if text not in texts:
                texts.add(text)
                with suppress(Undecodable, TooCostly, TooLarge, ArchiveError):
                    _remember(one, *bodies(one), cache)
        yield one


def _remember(capture: Capture, body: bytes, media: str, cache: DerivedCache) -> None:
    from tracker.extractor import read

    cache.put(*place_of(capture, body, media), read(body, media, capture.source, bounded=True))


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
