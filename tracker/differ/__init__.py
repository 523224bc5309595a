"""Pure: bodies become clauses, versions become revisions.

judge, gate     whether a body is the document, and reads as the one before
extract         a body → its clauses
revision        two versions → everything that changed
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.differ.decode import Undecodable
from tracker.differ.gate import reads_alike
from tracker.differ.judge import Impression, Judgement, judge, last_good, look_at, weigh
from tracker.later import later

if TYPE_CHECKING:
    from tracker.differ.extract import EXTRACTOR, read, text_digest, words_digest
    from tracker.differ.redline import read_back
    from tracker.differ.revision import kept_share, revise
else:
    __getattr__ = later(
        __name__,
        {
            **dict.fromkeys(("EXTRACTOR", "read", "text_digest", "words_digest"), "extract"),
            **dict.fromkeys(("kept_share", "revise"), "revision"),
            "read_back": "redline",
        },
    )

__all__ = [
    "EXTRACTOR",
    "Impression",
    "Judgement",
    "Undecodable",
    "judge",
    "kept_share",
    "last_good",
    "look_at",
    "read",
    "read_back",
    "reads_alike",
    "revise",
    "text_digest",
    "weigh",
    "words_digest",
]
