"""Clauses × clauses → a revision. Pure.

align      which clause of the old version is which of the new one
redline    what changed in a clause, exact to the letter
revision   two versions → everything that changed, with topics and significance
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker._support.lazy import lazy_names

if TYPE_CHECKING:
    from tracker.differ.effective_dates import names_day
    from tracker.differ.redline import read_back
    from tracker.differ.revision import kept_share, revise
else:
    __getattr__ = lazy_names(
        __name__,
        {
            **dict.fromkeys(("kept_share", "revise"), "revision"),
            "names_day": "effective_dates",
            "read_back": "redline",
        },
    )

__all__ = ["kept_share", "names_day", "read_back", "revise"]
