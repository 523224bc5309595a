"""Judging a body, which is parsed only where it differs from the last good one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from tracker import __version__, differ, extractor
from tracker.archive.store import Archive
from tracker.errors import ArchiveError, TooCostly
from tracker.extractor import (
    Classification,
    PageFacts,
    Undecodable,
    classify_against_history,
    examine,
    last_good,
    reads_alike,
)
from tracker.extractor.one_language import MANY, in_one_language
from tracker.history import NEARLY
from tracker.model import Capture, Document, Outcome, Source

#: As many of the newest captures are read at once anyway.
_FEW = 8
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
    document: Document | None = None,
) -> Classification:
    """Classify a body as `classify` does, at no cost where it reads as the last good one.

    `seen` is the impression of the body, where somebody looked at it already. A text of the
    `document` that the operator accepted is good.
    """
    declared = document.language if document else ""
    found = _classified(
        archive, body, media, source, _in_hindsight(earlier, declared), time, seen, declared
    )
    is_refused = document and found.outcome is not Outcome.GOOD and found.text
    if is_refused and document and found.text in archive.accepted(document.id):
        return replace(found, outcome=Outcome.GOOD, reason="")
    return found


def _classified(
    archive: Archive,
    body: bytes,
    media: str,
    source: Source | None,
    earlier: Sequence[Capture],
    time: datetime,
    seen: PageFacts | None,
    declared: str,
) -> Classification:
    if seen is None:
        last = last_good(earlier)
        if last is not None and _reads_as(archive, last, body, media, source):
            return Classification(Outcome.GOOD, "", last.text, last.length, last.language)
        seen = examine(body, media, source)
    same = _same_as(archive, seen.text, body, media, source)
    return classify_against_history(seen, earlier, time, declared, same)


def _same_as(
    archive: Archive, text: str | None, body: bytes, media: str, source: Source | None
) -> Callable[[Capture], bool]:
    """Return what says whether a capture had the text of `body`, by their clauses if need be."""

    def same(capture: Capture) -> bool:
        if capture.text == text:
            return True
        try:
            kept, of_kept = archive.readable(capture)
            readings = (
                extractor.read(kept, of_kept, source),
                extractor.read(body, media, source),
            )
        except (ArchiveError, TooCostly, Undecodable):
            return False
        return differ.kept_share(*(reading.clauses for reading in readings)) >= NEARLY

    return same


def _in_hindsight(earlier: Sequence[Capture], declared: str) -> Sequence[Capture]:
    """Judge the newest captures of a page by each other; mostly they are alike, and are as said."""
    recent = earlier[-_FEW:]
    languages = {c.language for c in recent if c.language}
    is_one = len(languages | ({declared} if declared else set())) <= 1
    if is_one and not any(c.outcome is Outcome.LANGUAGE for c in recent):
        return earlier
    return [c for (c,) in in_one_language([(c,) for c in earlier[-MANY:]], declared)]


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
