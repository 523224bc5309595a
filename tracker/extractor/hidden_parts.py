"""What stands in a page and is not in force, or not to be seen: struck text, hidden parts.

What a click opens, a tab or an accordion, is text that a reader sees. Whether one opens it is told
by what stands before it, never by names, which change from visit to visit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracker.extractor.nodes import Node, Run
from tracker.extractor.styles import is_gone, is_hidden, is_struck, style_of

_STRUCK = frozenset({"del", "s", "strike"})
_MARKED = _STRUCK | {"dialog"}
_MARKS = ("style", "hidden", "popover")
#: What opens a part that stands behind it, where that is more than a paragraph.
_OPENERS = frozenset("summary button a dt label h1 h2 h3 h4 h5 h6".split())
_PARTS = frozenset("div section article dd ul ol dl table".split())
_OPENING = ("aria-expanded", "aria-controls")
_PANELS = frozenset({"tabpanel", "region"})
#: Of the page's letters; a page that hides more shows them by a script.
_MOST = 0.5


def remove_unseen(runs: Sequence[Run]) -> None:
    """Take out of `runs` (the parts of a page) what is struck out, and what nobody can see."""
    roots = [part for run in runs for part in run if isinstance(part, Node)]
    most: float | None = None
    for root in roots:
        for element in filter(_is_marked, root.elements()):
            if _is_struck(element):
                _strike(element)
            elif _is_hidden(element) and not _opens(element):
                if most is None:
                    most = _MOST * sum(map(_letters, roots))
                if _letters(element) <= most:
                    _hide(element)


def _strike(element: Node) -> None:
    """Take it out; of a list's item its number is left, by which those after it are counted."""
    if element.name == "li":
        element.children = []
    else:
        element.remove()


def _hide(element: Node) -> None:
    """Take it out, but for what in it is said to be visible all the same."""
    seen = [e for e in element.elements() if style_of(e.attributes).get("visibility") == "visible"]
    if is_gone(element.attributes) or _is_closed(element) or not seen:
        element.remove()
        return
    outermost = [e for e in seen if not any(around in seen for around in _around(e, element))]
    element.children = [*outermost]
    for shown in outermost:
        shown.parent = element


def _around(inner: Node, outer: Node) -> Iterator[Node]:
    while inner.parent is not None and inner.parent is not outer:
        inner = inner.parent
        yield inner


def _is_marked(element: Node) -> bool:
    """Return whether an element has anything that could strike it out or hide it; hardly any
    has.
    """
    marks = element.attributes
    return element.name in _MARKED or any(mark in marks for mark in _MARKS)


def _is_struck(element: Node) -> bool:
    return element.name in _STRUCK or is_struck(element.attributes)


def _is_hidden(element: Node) -> bool:
    return _is_closed(element) or is_hidden(element.attributes)


def _is_closed(element: Node) -> bool:
    """Return whether it is a dialogue that waits for something to open it."""
    marks = element.attributes
    return "popover" in marks or (element.name == "dialog" and "open" not in marks)


def _opens(element: Node) -> bool:
    """Return whether a click shows a part that is hidden: an opener stands before it or its
    parent.
    """
    marks = element.attributes
    if marks.get("role") in _PANELS or "aria-labelledby" in marks:
        return True
    around: Node | None = element
    for _ in range(2):
        if around is None or around.parent is None:
            return False
        if (before := around.previous()) is not None:
            is_part = element.name in _PARTS
            return any(_is_opener(e, is_part=is_part) for e in (before, *before.elements()))
        around = around.parent
    return False


def _is_opener(element: Node, *, is_part: bool) -> bool:
    marks = element.attributes
    is_marked = any(mark in marks for mark in _OPENING) or marks.get("role") in {"tab", "button"}
    return is_marked or (is_part and element.name in _OPENERS)


def _letters(element: Node) -> int:
    return sum(len(part.strip()) for part in element.descendants() if isinstance(part, str))
