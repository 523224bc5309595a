"""Captures as they are judged in hindsight, by all that was captured of their document. Pure.

A capture is recorded with the outcome of its day, for good. Whether it is in the document's own
language only shows when there are others, so that is judged again wherever something follows from
captures; the log stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracker.extractor.one_language import in_one_language
from tracker.history.observations import each_look
from tracker.model import Capture, Document


def judged(ordered: Sequence[Capture], document: Document) -> list[Capture]:
    """Return captures of `document`, which are in order, with their outcomes in hindsight."""
    looks = tuple(each_look(ordered))
    return [c for look in in_one_language(looks, document.language) for c in look]
