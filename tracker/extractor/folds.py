"""What `fold` makes of a text as a list of replacements, for programs that have no `fold`.

The comparison in the browser knows no rule of its own: it replaces what is listed here, and two
clauses are equal for it exactly when they are equal here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from tracker.extractor.combining_marks import ATTACHED_ONE
from tracker.extractor.normalise import fold

# All that may be folded: several blanks or another one than a space, a character with what is
# attached to it, any other sign that is no ASCII.
_VARIANT = re.compile(rf"\s{{2,}}|[^\S ]|[^\s](?:{ATTACHED_ONE})+|{ATTACHED_ONE}|[^\x00-\x7f]|`")


def folds(texts: Iterable[str]) -> dict[str, str]:
    """Return what stands in any of `texts` and is compared as something else → as what."""
    return dict(sorted({pair for text in texts for pair in _folds(text)}))


@lru_cache(maxsize=2048)  # the clauses of a version come back in the next one
def _folds(text: str) -> tuple[tuple[str, str], ...]:
    found = dict.fromkeys(_VARIANT.findall(text))
    folded = ((variant, " " if variant.isspace() else fold(variant)) for variant in found)
    return tuple((variant, plain) for variant, plain in folded if variant != plain)
