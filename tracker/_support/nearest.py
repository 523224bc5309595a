"""What somebody probably meant by a name that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ALIKE = 0.72  # of 1; "privcy" and "privacy" are 0.92 alike, "cookie" and "policy" 0.5
_SWAPPED = 0.8  # letters in another order, as in a short word typed in haste
_MOST = 4


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return the names that are spelled almost as `name`, or have a part that is, closest first."""
    wanted = name.strip().casefold()
    scored = [(_likeness(wanted, one.casefold()), one) for one in known]
    close = sorted((-score, one) for score, one in scored if score >= _ALIKE)
    return [one for score, one in close if score - close[0][0] < 0.1][:_MOST]


def _likeness(wanted: str, name: str) -> float:
    from difflib import SequenceMatcher  # only for what was not found

    # So many words of the name as were given may be what was meant.
    length, words = len(re.findall(r"\w+", wanted)), list(re.finditer(r"\w+", name))
    parts = {
        name[first.start() : last.end()]
        for first, last in zip(words, words[max(length - 1, 0) :], strict=False)
    }
    if wanted[:1] == name[:1] and sorted(wanted) == sorted(name):
        return _SWAPPED
    likenesses = (SequenceMatcher(None, wanted, part).ratio() for part in {name, *parts})
    return max(likenesses, default=0.0)
