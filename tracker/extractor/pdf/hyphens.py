"""Words across lines: a hyphen at the end of a line is the typesetter's, or the word's own.

The document itself says: "informa-tion" is elsewhere "information", "third-party" is elsewhere
"third-party", or "third" and "party" are words of their own. Where it says nothing, it depends on
whether the document divides words at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SOFT = "\u00ad"
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010'’][^\W\d_]+)*+")
_LAST = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,80}+)[-\u2010\u00ad]$")
_FIRST = re.compile(r"[^\W\d_]+")
_WEB, _ENDS_OPENLY = ("http://", "https://", "www."), ("/", "?", "&", "=", "_", "-")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_OFTEN = 0.5  # of the hyphens that can be judged


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a document as they are inside of its lines, and whether it divides any."""

    known: frozenset[str]
    divides: bool

    def joined(self, before: str, after: str) -> tuple[str, str]:
        """Return the end of a line and the beginning of the next: what to keep, and what goes
        between.
        """
        last, first = _LAST.search(before), _FIRST.match(after)
        if last and first:
            return (
                (before[:-1], "")
                if self.is_divided(last[1], first[0], before[-1])
                else (before, "")
            )
        if _UNSPACED.match(before[-1:]) and _UNSPACED.match(after):
            return before, ""
        if before.rpartition(" ")[2].startswith(_WEB) and before.endswith(_ENDS_OPENLY):
            return before, ""
        return before.rstrip(_SOFT), " "

    def is_divided(self, last: str, first: str, hyphen: str) -> bool:
        """Return whether the hyphen between two halves is no part of the word."""
        said = _said(self.known, last, first, hyphen)
        return self.divides and first[0].islower() if said is None else said


def words(lines: Iterable[str]) -> Words:
    """Return what the lines of a document, in order, say about words."""
    found: set[str] = set()
    ends: list[tuple[str, str, str]] = []
    before = ""
    for line in lines:
        text = line.strip()
        last, first = _LAST.search(before), _FIRST.match(text)
        if last and first:
            ends.append((last[1], first[0], before[-1]))
        inside = text[first.end() :] if last and first else text
        cut = _LAST.search(inside)
        found.update(
            m[0].casefold() for m in _WORD.finditer(inside[: cut.start()] if cut else inside)
        )
        before = text
    known = frozenset(w.replace("\u2010", "-") for w in found)
    judged = [said for end in ends if (said := _said(known, *end)) is not None]
    divided = sum(judged)
    return Words(known, divided > 0 and divided >= _OFTEN * len(judged))


def _said(known: frozenset[str], last: str, first: str, hyphen: str) -> bool | None:
    if hyphen != "-":
        return f"{last}-{first}".casefold() not in known
    one, other = last.casefold(), first.casefold()
    if f"{one}{other}" in known:
        return True
    if f"{one}-{other}" in known or (one in known and other in known):
        return False
    return None
