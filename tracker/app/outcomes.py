"""What came of a body, at the cost of reading it only where it does not read as it did last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tracker import __version__
from tracker.archive.store import Archive
from tracker.errors import ArchiveError, TooCostly
from tracker.extractor import (
    Classification,
    PageFacts,
    classify,
    classify_against_history,
    last_good,
    reads_alike,
)
from tracker.extractor.one_language import in_one_language
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
    declared: str = "",
) -> Classification:
    """Classify a body as `classify` does, at no cost where it reads as the last good one.

    `seen` is the impression of the body, where somebody looked at it already; `declared` is the
    language of the document, "" where none is.
    """
    earlier = [c for (c,) in in_one_language([(c,) for c in earlier], declared)]
    if seen is not None:
        return classify_against_history(seen, earlier, time, declared)
    last = last_good(earlier)
    if last is not None and _reads_as(archive, last, body, media, source):
        return Classification(Outcome.GOOD, "", last.text, last.length, last.language)
    return classify(body, media, source, earlier, time, declared)


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
