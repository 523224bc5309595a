"""What came of a body, at the cost of reading it only where it does not read as it did last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from tracker import __version__
from tracker.archive.store import Archive
from tracker.differ import kept_share
from tracker.errors import ArchiveError, TooCostly
from tracker.extractor import (
    Classification,
    PageFacts,
    Undecodable,
    classify_against_history,
    examine,
    last_good,
    read,
    reads_alike,
)
from tracker.history import NEARLY
from tracker.model import Capture, Outcome, Source

#: The facts of every capture: what the digest of a text depends on besides the page.
FACTS = (("program", __version__),)


def classified(
    archive: Archive,
    body: bytes,
    media: str,
    source: Source | None,
    earlier: Sequence[Capture],
    time: datetime,
    seen: PageFacts | None = None,
) -> Classification:
    """Classify a body as `classify` does, at no cost where it reads as the last good one.

    `seen` is the impression of the body, where somebody looked at it already.
    """
    if seen is not None:
        same = _same_as(archive, seen.text, body, media, source)
        return classify_against_history(seen, earlier, time, same)
    last = last_good(earlier)
    if last is not None and _reads_as(archive, last, body, media, source):
        return Classification(Outcome.GOOD, "", last.text, last.length, last.language)
    seen = examine(body, media, source)
    same = _same_as(archive, seen.text, body, media, source)
    return classify_against_history(seen, earlier, time, same)


def _same_as(
    archive: Archive, text: str | None, body: bytes, media: str, source: Source | None
) -> Callable[[Capture], bool]:
    """Return what says whether a capture had the text of `body`, by their clauses if need be."""

    def same(capture: Capture) -> bool:
        if capture.text == text:
            return True
        try:
            kept, of_kept = archive.readable(capture)
            readings = read(kept, of_kept, source), read(body, media, source)
        except (ArchiveError, TooCostly, Undecodable):
            return False
        return kept_share(*(reading.clauses for reading in readings)) >= NEARLY

    return same


def _reads_as(
    archive: Archive, last: Capture, body: bytes, media: str, source: Source | None
) -> bool:
    try:
        kept, of_kept = archive.readable(last)
        return reads_alike(body, kept, (media, of_kept), source)
    except ArchiveError:  # damaged: said by `verify`, and no reason not to look
        return False
    except TooCostly:  # said where the page is judged
        return False
