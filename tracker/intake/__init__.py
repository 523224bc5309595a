"""Bringing in: a document is visited, or a foreign record read, judged and appended.

The only part of the program that adds to what was seen. Every answer is recorded with its
outcome before the next is asked for, so a run that is stopped loses nothing and is simply
run again.

visits    what the site itself serves     wayback   what a public archive kept of it
imports   records of any archive
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
from tracker.intake.visits import Visit, visit, why_not, with_preview
from tracker.intake.wayback import PublicArchive, bring_captures

__all__ = [
    "Found",
    "Looking",
    "PublicArchive",
    "Visit",
    "Wanted",
    "bring_captures",
    "bring_in",
    "bring_pages",
    "is_within",
    "look",
    "owners",
    "visit",
    "why_not",
    "with_preview",
]
