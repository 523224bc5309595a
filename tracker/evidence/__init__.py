"""Proofs for others: checkpoints of the log, and bundles that are verified without this program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker._support.lazy import lazy_names
from tracker.evidence.checkpoint import (
    Note,
    checkpoint_body,
    has_signed,
    note_problems,
    origin_of,
    parse_note,
    signed,
    verifier,
)
from tracker.evidence.cms import Unsound
from tracker.evidence.forks import (
    FORKS,
    KEPT,
    Fork,
    Given,
    LogComparison,
    compared,
    forked,
    give_up,
    keep,
    load_forks,
    named,
)
from tracker.evidence.keys import Key, can_sign, load_key, make_key
from tracker.evidence.published import Comparison, compare
from tracker.evidence.timestamp import (
    MEDIA,
    VerifiedTimestamp,
    answered,
    can_stamp,
    question,
    sealed,
)
from tracker.evidence.timestamps import (
    KeptTimestamp,
    KeptTimestamps,
    keep_stamp,
    load_stamps,
    mismatched,
)

if TYPE_CHECKING:
    from tracker.evidence.bundle import Bundle, Exhibit, Stamped, make_bundle
else:
    __getattr__ = lazy_names(
        __name__, dict.fromkeys(("Bundle", "Exhibit", "Stamped", "make_bundle"), "bundle")
    )

__all__ = [
    "FORKS",
    "KEPT",
    "MEDIA",
    "Bundle",
    "Comparison",
    "Exhibit",
    "Fork",
    "Given",
    "KeptTimestamp",
    "KeptTimestamps",
    "Key",
    "LogComparison",
    "Note",
    "Stamped",
    "Unsound",
    "VerifiedTimestamp",
    "answered",
    "can_sign",
    "can_stamp",
    "checkpoint_body",
    "compare",
    "compared",
    "forked",
    "give_up",
    "has_signed",
    "keep",
    "keep_stamp",
    "load_forks",
    "load_key",
    "load_stamps",
    "make_bundle",
    "make_key",
    "mismatched",
    "named",
    "note_problems",
    "origin_of",
    "parse_note",
    "question",
    "sealed",
    "signed",
    "verifier",
]
