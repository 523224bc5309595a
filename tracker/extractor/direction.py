"""Text whose letters are made to run the other way, as a reader sees them.

Between U+202E and U+202C the letters of a Latin text are shown from the last to the first, as in
`<bdo dir=rtl>`: to quote the letters in the order of the bytes is to quote what nobody could read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

RIGHT_TO_LEFT, LEFT_TO_RIGHT, END = "\u202e", "\u202d", "\u202c"
_BEGINS = {RIGHT_TO_LEFT, LEFT_TO_RIGHT}
_OTHER_BEGINS = {"\u202a", "\u202b"}
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")

#: A letter with what is attached to it, and which piece of a text it is of.
_Letter = tuple[str, int]


def is_turned(texts: Sequence[str]) -> bool:
    """Return whether any of `texts` asks for another direction."""
    return any(RIGHT_TO_LEFT in text or LEFT_TO_RIGHT in text for text in texts)


def displayed(texts: Sequence[str]) -> list[tuple[str, int]]:
    """Return the pieces of a line as displayed: each with the place of the one that it is of."""
    letters = [(c, n) for n, text in enumerate(texts) for c in _with_marks(text)]
    shown = _level(letters)
    found: list[tuple[str, int]] = []
    for letter, n in shown:
        if found and found[-1][1] == n:
            found[-1] = found[-1][0] + letter, n
        else:
            found.append((letter, n))
    return found


def _with_marks(text: str) -> list[str]:
    letters: list[str] = []
    for c in text:
        if letters and unicodedata.combining(c):
            letters[-1] += c
        else:
            letters.append(c)
    return letters


def _level(letters: Sequence[_Letter]) -> list[_Letter]:
    """Return the letters in the order in which they are read, without the marks of direction."""
    opened: list[tuple[str, list[_Letter]]] = [("", [])]
    for letter in letters:
        if letter[0] in _BEGINS or letter[0] in _OTHER_BEGINS:
            opened.append((letter[0], []))
        elif letter[0] != END:
            opened[-1][1].append(letter)
        elif len(opened) > 1:
            _close(opened)
    while len(opened) > 1:
        _close(opened)
    return opened[0][1]


def _close(opened: list[tuple[str, list[_Letter]]]) -> None:
    mark, inside = opened.pop()
    natural = RIGHT_TO_LEFT if _runs_left(inside) else LEFT_TO_RIGHT
    if mark in _BEGINS and mark != natural:
        inside = [(letter.translate(_MIRRORED), n) for letter, n in reversed(inside)]
    opened[-1][1].extend(inside)


def _runs_left(letters: Sequence[_Letter]) -> bool:
    """Return whether most letters are of a script that is written from right to left."""
    kinds = [unicodedata.bidirectional(letter[0]) for letter, _ in letters]
    return sum(kind in {"R", "AL"} for kind in kinds) > kinds.count("L")
