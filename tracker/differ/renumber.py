"""References to sections that were renumbered: "see Section 3.2" becomes "see Section 4.2".

Where a section kept its wording and changed its number, a reference that follows it is no change
of what the text says. A reference that went elsewhere is, and so is "within 3 days".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from tracker.differ.normalise import fold
from tracker.model import Clause, Op, Pair, Span

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*")
#: What stands before a number that names a section, in the languages of LinkedIn's own texts;
#: further numbers may follow the first ("Sections 3.2, 3.4 and 5").
_REFERENCE = re.compile(
    r"(?:§|\b(?:section|sec\.|article|art\.|clause|paragraph|para\.|part|chapter|point|annex|abschnitt|ziffer|"
    r"artikel|absatz|punkt|paragraphe|sección|artículo|cláusula|apartado|seção|artigo|sezione|articolo|"
    r"clausola|sectie|hoofdstuk|afsnit|avsnitt)(?:s|es|e|n|en)?)\s*"
    r"(?:\d[\d.]*(?:\([a-z\d]+\))*\s*(?:,|;|and|or|to|through|und|oder|et|ou|y|o|e|en|–|-|&)\s*)*$",
    re.IGNORECASE,
)


def renumbering(
    before: Sequence[Clause], after: Sequence[Clause], pairs: Sequence[Pair]
) -> dict[str, str]:
    """Old section number → new one, for the numbers that one clause alone had and has."""
    found: dict[str, set[str]] = defaultdict(set)
    back: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        for i, j in zip(pair.before[:1], pair.after[:1], strict=False):
            old, new = (_NUMBER.search(c.number) for c in (before[i], after[j]))
            if old and new:
                found[old.group()].add(new.group())
                back[new.group()].add(old.group())
    return {
        old: next(iter(news))
        for old, news in found.items()
        if len(news) == 1 and len(back[next(iter(news))]) == 1
    }


def following(spans: Sequence[Span], numbers: Mapping[str, str]) -> frozenset[int]:
    """Places in `spans` of the edits that only follow the renumbering `numbers`."""
    found: set[int] = set()
    text = ""
    for n, span in enumerate(spans):
        new = spans[n + 1] if n + 1 < len(spans) else None
        is_swap = span.op is Op.DELETE and new is not None and new.op is Op.INSERT
        if is_swap and new and numbers.get(fold(span.before)) == fold(new.after):
            if _REFERENCE.search(fold(text)):
                found |= {n, n + 1}
        text += span.after
    return frozenset(found)


def only_renumbered(spans: Sequence[Span], numbers: Mapping[str, str]) -> bool:
    """Whether something changed, and all of it only follows the renumbering `numbers`."""
    edits = {n for n, span in enumerate(spans) if span.op is not Op.SAME}
    return bool(edits) and edits == following(spans, numbers)
