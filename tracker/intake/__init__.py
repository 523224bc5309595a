"""Bringing in: a document is visited, or a foreign record read, judged and appended.

The only part of the program that adds to what was seen. Every answer is recorded with its
outcome before anybody is told of it, so a run that is stopped loses nothing that was told and is
simply run again.

visits    what the site itself serves     wayback   what a public archive kept of it
imports   records of any archive          recorded  visits that are told of once they are on disk
"""

from tracker.intake.imports import (
    Found,
    Looking,
    Wanted,
    bring_in,
    bring_pages,
    is_within,
    look,
    owners,
)
from tracker.intake.recorded import Recorded
from tracker.intake.visits import Visit, in_turns, visit, why_not, with_preview
from tracker.intake.wayback import PublicArchive, bring_captures

__all__ = [
    "Found",
    "Looking",
    "PublicArchive",
    "Recorded",
    "Visit",
    "Wanted",
    "bring_captures",
    "bring_in",
    "bring_pages",
    "in_turns",
    "is_within",
    "look",
    "owners",
    "visit",
    "why_not",
    "with_preview",
]
