"""Bytes → clauses. Pure.

classify        whether a body is the document
unchanged       whether it reads as the one before, at a glance
extract         a body → its clauses
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker._support.lazy import lazy_names
from tracker.extractor.classify import (
    Classification,
    PageFacts,
    classify,
    classify_against_history,
    examine,
    last_good,
)
from tracker.extractor.decode import Undecodable
from tracker.extractor.formats import foreign_format, is_pdf, way_out
from tracker.extractor.unchanged.gate import reads_alike

if TYPE_CHECKING:
    from tracker.extractor.digests import text_digest, words_digest
    from tracker.extractor.extract import read
    from tracker.extractor.normalise import without_counters
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "read": "extract",
            "without_counters": "normalise",
            **dict.fromkeys(("text_digest", "words_digest"), "digests"),
        },
    )

__all__ = [
    "Classification",
    "PageFacts",
    "Undecodable",
    "classify",
    "classify_against_history",
    "examine",
    "foreign_format",
    "is_pdf",
    "last_good",
    "read",
    "reads_alike",
    "text_digest",
    "way_out",
    "without_counters",
    "words_digest",
]
