"""The numbers that a browser writes before the items of a list."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tracker.extractor.nodes import Node
from tracker.extractor.styles import style_of

_LISTS = frozenset({"ol", "ul", "menu"})
_WHOLE = re.compile(r"\s*([+-]?\d{1,6})(?!\d)")
_KINDS = frozenset(
    """
    none disc circle square decimal-leading-zero decimal lower-alpha upper-alpha lower-latin
    upper-latin lower-roman upper-roman lower-greek upper-greek
    """.split()
)
_TYPES = {"a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_BULLETS = frozenset({"none", "disc", "circle", "square"})
_LATIN, _GREEK = "abcdefghijklmnopqrstuvwxyz", "αβγδεζηθικλμνξοπρστυφχψω"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


class ListNumbers:
    """The numbers of the lists of a page, whose items are asked for in their order."""

    def __init__(self) -> None:
        self._next: dict[int, int] = {}

    def of(self, item: Node) -> str:
        """Return the number before an item, "3." or "b."; empty where it has a bullet or
        nothing.
        """
        around = item.parent
        while around is not None and around.name not in _LISTS:
            around = around.parent
        if around is None:
            return ""
        number = self._number(item, around)
        kind = _kind(item.attributes) or _kind(around.attributes)
        if kind in _BULLETS or (not kind and around.name != "ol"):
            return ""
        return f"{_written(number, kind)}."

    def _number(self, item: Node, around: Node) -> int:
        backwards = around.name == "ol" and "reversed" in around.attributes
        said = _whole(item.attributes.get("value")) if around.name == "ol" else None
        number = said if said is not None else self._next.get(id(around))
        if number is None:
            number = _first(around, backwards=backwards)
        self._next[id(around)] = number + (-1 if backwards else 1)
        return number


def _first(listing: Node, *, backwards: bool) -> int:
    start = _whole(listing.attributes.get("start")) if listing.name == "ol" else None
    if start is not None:
        return start
    items = sum(isinstance(c, Node) and c.name == "li" for c in listing.children)
    return items if backwards else 1


def _whole(value: str | None) -> int | None:
    found = _WHOLE.match(value or "")
    return int(found[1]) if found else None


def _kind(attributes: Mapping[str, str]) -> str:
    """Return how an element says that its numbers are written, if it does."""
    style = style_of(attributes)
    said = f"{style.get('list-style-type', '')} {style.get('list-style', '')}".split()
    if found := next((word for word in said if word in _KINDS), ""):
        return found
    kind = (attributes.get("type") or "").strip()
    return _TYPES.get(kind) or ({"1": "decimal"} | {b: b for b in _BULLETS}).get(kind.lower(), "")


def _written(number: int, kind: str) -> str:
    name = kind.removeprefix("lower-").removeprefix("upper-")
    letters = ""
    if name in {"alpha", "latin"}:
        letters = _in_letters(number, _LATIN)
    elif name == "greek":
        letters = _in_letters(number, _GREEK)
    elif name == "roman":
        letters = _in_roman(number)
    elif name == "decimal-leading-zero":
        return f"{number:02}"
    return (letters.upper() if kind.startswith("upper") else letters) or str(number)


def _in_letters(number: int, letters: str) -> str:
    """Return a, B … Z, AA; empty for what has no such number."""
    found = ""
    while number > 0:
        number, place = divmod(number - 1, len(letters))
        found = letters[place] + found
    return found


def _in_roman(number: int) -> str:
    found = ""
    if number < 4000:
        for value, letters in _ROMAN:
            while number >= value:
                found, number = found + letters, number - value
    return found
