"""Links by which a reader can choose: settings, objections, opt-outs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracker.model import Clause, Link

_WORDS = re.compile(
    r"\b(?:opt(?:ing|ed)?[\s-]?(?:out|in)|object(?:ion)?s?|settings?|preferences?|choices?|controls?"
    r"|unsubscribe|withdraw|do not sell|manage)\b",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"settings|preferences|opt-?out|object|consent|choices|ad-?choices|guest-controls|data-for-ai",
    re.IGNORECASE,
)


def is_choice(link: Link) -> bool:
    """Return whether a link leads to a choice, by its words or by its address."""
    return bool(_WORDS.search(link.words) or _TARGET.search(link.target))


def lost_choice(before: Sequence[Clause], after: Sequence[Clause]) -> bool:
    """Return whether a link to a choice went without another link coming in its place."""
    old, new = ([link for c in side for link in c.links] for side in (before, after))
    there = {link.target for link in new}
    return len(new) < len(old) and any(is_choice(a) and a.target not in there for a in old)
