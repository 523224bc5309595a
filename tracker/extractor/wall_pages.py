"""Pages that say of themselves that they are no document: errors, walls, challenges, maintenance.

A phrase alone says little: an honest text may speak of captchas, of logging in, of things no
longer available. A page is a notice where it is short, has such a phrase, and has next to nothing
of terms beside it; the more clearly its title or heading says so, the more of them it takes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.extractor.normalise import fold
from tracker.extractor.wall_words import ERROR, MARKERS, TERMS
from tracker.model import Outcome, Reading, Unit

#: A notice is short; a real document may well speak of signing in.
SHORT = 3000
_FEWEST_WORDS = 5  # of a sentence of terms; a link to them in a footer has less
#: So much of terms outweighs a phrase: in the text, and in the title or a heading.
_ENOUGH, _ENOUGH_BELOW_HEADING = 2, 6
_CLEAR_WORDS = 9  # of a sentence that has a phrase, and yet is one of terms


#: A status code as the title or a heading of a page, or as all of a clause.
_CODE = re.compile(
    r"^\W*+(?:(?:http|status|error|erreur|fehler|errore|erro|fout)\W*+)?+(?:(?:status|code)\W*+)?+"
    r"(4(?:0\d|10|18|2\d|51)|5(?:0\d|2\d))(?=\W|$)(?!\W{0,3}(?:days|years|euros?)\b)",
    re.IGNORECASE,
)
#: What walls say beneath their buttons.
_BY_CLICK = re.compile(r"\bby (?:clicking|continuing|signing|joining|logging)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?।؟])\s+|(?<=[。！？])")
#: Letters of scripts that do not set words apart: two of them are about a word.
_UNPARTED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)


@dataclass(frozen=True, slots=True)
class Notice:
    """The outcome a page says of itself, and the words by which it does."""

    outcome: Outcome
    words: str


def notice(reading: Reading) -> Notice | None:
    """Return what a short page says of itself in place of a document, if anything."""
    if sum(len(clause.key) for clause in reading.clauses) >= SHORT:
        return None
    headings = [fold(reading.title)]
    headings += [c.key for c in reading.clauses if c.unit is Unit.HEADING]
    clauses = [f"{c.number} {c.key}".strip() for c in reading.clauses]
    said = _coded([*headings, *clauses]) or _said(headings)
    found = said or _said(clauses) or _error(headings)
    if found is None:
        return None
    terms = weight_of_terms(clauses)
    is_titled = not said and any(map(TERMS.search, headings))
    enough = _ENOUGH_BELOW_HEADING if said else _ENOUGH - is_titled
    return None if terms >= enough else found


def weight_of_terms(texts: Sequence[str]) -> int:
    """Return how much `texts` speak of what terms speak of: up to two for each sentence."""
    return sum(_weight(sentence) for text in texts for sentence in _SENTENCE.split(text))


def _weight(sentence: str) -> int:
    words = len(sentence.split()) + len(_UNPARTED.findall(sentence)) // 2
    if words < _FEWEST_WORDS or _BY_CLICK.search(sentence):
        return 0
    weight = min(2, len({found.lower() for found in TERMS.findall(sentence)}))
    # "If an article is no longer available we pay back what you paid": as good as any other.
    is_doubtful = (words < _CLEAR_WORDS or weight < 2) and _said([sentence]) is not None
    return 0 if is_doubtful else weight


def _said(texts: Sequence[str]) -> Notice | None:
    for outcome, pattern in MARKERS:
        for text in texts:
            if match := pattern.search(text):
                return Notice(outcome, match[0].strip())
    return None


def _error(headings: Sequence[str]) -> Notice | None:
    """Return what a heading says that has no other word than that something went wrong."""
    found = next((heading for heading in headings if ERROR.fullmatch(heading)), None)
    return Notice(Outcome.SERVER_ERROR, found.strip()) if found else None


def _coded(texts: Sequence[str]) -> Notice | None:
    """Return the status code that a page has for a title, a heading or a clause of few words."""
    few = (text for text in texts if len(text.split()) <= _FEWEST_WORDS)
    code = next((match for match in map(_CODE.search, few) if match), None)
    if code is None:
        return None
    is_missing = code[1] in {"404", "410"}
    return Notice(Outcome.MISSING if is_missing else Outcome.SERVER_ERROR, code[0].strip())
