"""References to sections that were renumbered: "see Section 3.2" becomes "see Section 4.2".

Where a section kept its wording and changed its number, a reference that follows it is no change
of what the text says. A reference that went elsewhere is, and so is "within 3 days".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from tracker.extractor.normalise import fold
from tracker.model import Clause, Op, Pair, Span, Unit

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*")
# The longest first, and none is tried anew: of ", , , ," there is more than one way to read it.
_AND = r"(?:\s*+(?:,|;|and|through|to|und|oder|or|et|ou|y|o|en|e|–|-|&)\s*+)++"
_NUMBERS = re.compile(rf"{_NUMBER.pattern}(?:{_AND}{_NUMBER.pattern})*")
#: What stands before a number that names a section, in the languages of LinkedIn's own texts;
#: further numbers may follow the first ("Sections 3.2, 3.4 and 5").
_NAMES = """
    section sec. article art. clause paragraph para. part chapter point annex abschnitt ziffer
    artikel absatz punkt paragraphe sección artículo cláusula apartado seção artigo sezione
    articolo clausola sectie hoofdstuk afsnit avsnitt
""".split()
_REFERENCE = re.compile(
    rf"(?:§|\b(?:{'|'.join(map(re.escape, _NAMES))})(?:es|en|s|e|n)?)\s*+"
    rf"(?:{_NUMBER.pattern}(?:\([a-z\d]+\))*+{_AND})*+$",
    re.IGNORECASE,
)

#: Characters in front of a number among which a reference may begin: a list of sections is shorter.
_FARTHEST = 1000


def renumbering(
    before: Sequence[Clause], after: Sequence[Clause], pairs: Sequence[Pair]
) -> dict[str, str]:
    """Map old section numbers to new ones, those that one clause alone had and has.

    Items of many lists have the number of some section; it is the section that is referred to.
    """
    both = [(before[p.before[0]], after[p.after[0]]) for p in pairs if p.before and p.after]
    sections = _numbers(pair for pair in both if pair[1].unit is not Unit.ITEM)
    had, have = {old for old, _ in sections}, {new for _, new in sections}
    items = _numbers(pair for pair in both if pair[1].unit is Unit.ITEM)
    rest = {(old, new) for old, new in items if old not in had and new not in have}
    return _one_to_one(sections) | _one_to_one(rest)


def _numbers(pairs: Iterable[tuple[Clause, Clause]]) -> set[tuple[str, str]]:
    found = set()
    for one, other in pairs:
        if one.number and other.number:  # which most have not
            old, new = _NUMBER.search(one.number), _NUMBER.search(other.number)
            if old and new:
                found.add((old.group(), new.group()))
    return found


def _one_to_one(numbers: Collection[tuple[str, str]]) -> dict[str, str]:
    olds, news = Counter(old for old, _ in numbers), Counter(new for _, new in numbers)
    return {old: new for old, new in sorted(numbers) if olds[old] == news[new] == 1}


def following(spans: Sequence[Span], numbers: Mapping[str, str]) -> frozenset[int]:
    """Places in `spans` of the edits that only follow the renumbering `numbers`."""
    found: set[int] = set()
    text = ""
    for n, (old, new) in enumerate(pairwise(spans)):
        is_swap = (old.op, new.op) == (Op.DELETE, Op.INSERT)
        if is_swap and _follows(old, new, numbers) and _REFERENCE.search(fold(text)):
            found |= {n, n + 1}
        text = (text + old.after)[-_FARTHEST:]
    return frozenset(found)


def _follows(old: Span, new: Span, numbers: Mapping[str, str]) -> bool:
    before = fold(old.before)
    after = _NUMBER.sub(lambda m: numbers.get(m.group(), ""), before)
    return bool(_NUMBERS.fullmatch(before)) and after == fold(new.after)


def only_renumbered(spans: Sequence[Span], numbers: Mapping[str, str]) -> bool:
    """Return whether something changed, and all of it only follows the renumbering `numbers`."""
    edits = {n for n, span in enumerate(spans) if span.op is not Op.SAME}
    return bool(edits) and edits == following(spans, numbers)
