"""What can be proved to others: checkpoints of the log, and bundles that need nothing of ours."""

from __future__ import annotations

from tracker.evidence.bundle import Bundle, Exhibit, bundle
from tracker.evidence.keys import Key, can_sign, load_key, make_key
from tracker.evidence.note import (
    Note,
    checkpoint_body,
    note_problems,
    origin_of,
    parse_note,
    signed,
    verifier,
)
from tracker.evidence.published import Comparison, compare

__all__ = [
    "Bundle",
    "Comparison",
    "Exhibit",
    "Key",
    "Note",
    "bundle",
    "can_sign",
    "checkpoint_body",
    "compare",
    "load_key",
    "make_key",
    "note_problems",
    "origin_of",
    "parse_note",
    "signed",
    "verifier",
]
