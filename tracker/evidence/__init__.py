"""What can be proved to others: checkpoints of the log, and bundles that need nothing of ours."""

from __future__ import annotations

from tracker.evidence.bundle import Bundle, Exhibit, Stamped, bundle
from tracker.evidence.cms import Unsound
from tracker.evidence.keys import Key, can_sign, load_key, make_key
from tracker.evidence.note import (
    Note,
    checkpoint_body,
    has_signed,
    note_problems,
    origin_of,
    parse_note,
    signed,
    verifier,
)
from tracker.evidence.published import Comparison, compare
from tracker.evidence.stamp import MEDIA, Seal, answered, can_stamp, question, sealed
from tracker.evidence.stamps import Stamp, Stamps, keep_stamp, load_stamps, misfits

__all__ = [
    "MEDIA",
    "Bundle",
    "Comparison",
    "Exhibit",
    "Key",
    "Note",
    "Seal",
    "Stamp",
    "Stamped",
    "Stamps",
    "Unsound",
    "answered",
    "bundle",
    "can_sign",
    "can_stamp",
    "checkpoint_body",
    "compare",
    "has_signed",
    "keep_stamp",
    "load_key",
    "load_stamps",
    "make_key",
    "misfits",
    "note_problems",
    "origin_of",
    "parse_note",
    "question",
    "sealed",
    "signed",
    "verifier",
]
