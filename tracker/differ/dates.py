"""From when a text says that it applies.

A date counts only beside words that make it an effective date, and only when it is written out
in full; day, month and year are never guessed (03/11/2025 stays unknown).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

import dateparser

# Days and months in any language: "November 3, 2025", "3 novembre 2025", "3. November 2025", ISO.
_DATE = (
    r"(?:\d{4}-\d{2}-\d{2}"
    r"|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
    r"|\d{1,2}(?:\.|er|º|ª|°|st|nd|rd|th)?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?\d{4})"
)
_BEFORE_DATE = (
    r"effective(?:\s+date)?(?:\s+(?:on|as\s+of|from|since))?|in\s+(?:force|effect)(?:\s+(?:from|since|as\s+of|on))?"
    r"|takes?\s+effect(?:\s+on)?|appl(?:y|ies)\s+(?:from|as\s+of)|(?:from|as\s+of|starting|beginning)\s+(?:on\s+)?"
    r"|en\s+vigueur(?:\s+(?:le|depuis\s+le))?|à\s+(?:compter|partir)\s+du"
    r"|(?:gültig|wirksam)\s+ab(?:\s+dem)?|in\s+kraft(?:\s+(?:seit|ab)(?:\s+dem)?)?|tritt\s+am"
    r"|in\s+vigore(?:\s+(?:dal|il))?|a\s+partire\s+dal"
    r"|en\s+vigor(?:\s+(?:el|desde\s+el))?|vigente\s+desde\s+el|a\s+partir\s+del|(?:last\s+)?(?:updated|modified|revised)(?:\s+on)?"
)
_PHRASE = re.compile(
    rf"\b(?:{_BEFORE_DATE})\s*[:\-–]?\s*(?P<after>{_DATE})"
    rf"|\bon\s+(?P<on>{_DATE}),?\s+(?:we|our|these|this|the)\b[^.]{{0,80}}\b(?:updat|chang|revis|amend|mak|tak)\w*"
    rf"|\b(?:updat|chang|revis|amend)\w*[^.]{{0,80}}\bon\s+(?P<later>{_DATE})",
    re.IGNORECASE,
)


def effective(text: str) -> date | None:
    """The first effective date that `text` names, or None."""
    # Runs of white space would make the search slow, and mean nothing.
    for match in _PHRASE.finditer(" ".join(text.split())):
        written = match["after"] or match["on"] or match["later"]
        found = parse_date(written)
        if found:
            return found
    return None


def date_line(text: str) -> date | None:
    """The date of a line that is a date and nothing else, as stands under many titles."""
    return parse_date(" ".join(text.split())) if re.fullmatch(_DATE, text.strip()) else None


@lru_cache(maxsize=4096)
def parse_date(written: str) -> date | None:
    """A date written out in full, in any language; None where it is not one."""
    settings = {"STRICT_PARSING": True, "RELATIVE_BASE": datetime(2000, 1, 1)}  # noqa: DTZ001
    found = dateparser.parse(written, settings=settings)
    return found.date() if found else None
