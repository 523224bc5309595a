"""Have two pages the same elements, as far as a reading looks? Both are parsed, nothing is read.

What the walk over them would see is compared, element by element. A yes is never wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracker.extractor.decode import Undecodable
from tracker.extractor.extract import base_of, page_text, simple_parts
from tracker.extractor.limits import TooLarge
from tracker.extractor.nodes import Node, Parts
from tracker.extractor.normalise import clean_target, differ_in_tracking
from tracker.extractor.styles import style_of
from tracker.model import Source

#: All that `segment` looks at in an element; of the last two only whether they are there.
_VALUES = (
    *("role", "aria-level", "aria-haspopup", "rowspan", "colspan", "dir"),
    *("start", "value", "reversed", "type"),
)
_PRESENT = ("aria-expanded", "aria-controls")


def same_elements(one: bytes, other: bytes, media: tuple[str, str], source: Source | None) -> bool:
    """Return whether two bodies of HTML, of these media types, surely have the same reading."""
    # The first one last, since that is the one to be read where they differ.
    second, first = _parts(other, media[1], source), _parts(one, media[0], source)
    return first is not None and second is not None and _same(first, second, source)


def _parts(body: bytes, media: str, source: Source | None) -> Parts | None:
    select, remove = (source.select, source.remove) if source else ((), ())
    try:
        return simple_parts(page_text(body, media, bounded=True), select, remove)
    except (Undecodable, TooLarge):
        return None


def _same(one: Parts, other: Parts, source: Source | None) -> bool:
    said = [(p.title, p.language, p.base, p.missing, len(p.runs)) for p in (one, other)]
    base = base_of(one.base, source)
    return said[0] == said[1] and all(
        _same_children(a, b, base) for a, b in zip(one.runs, other.runs, strict=True)
    )


def _same_children(one: Sequence[Node | str], other: Sequence[Node | str], base: str) -> bool:
    waiting = [(one, other)]
    while waiting:
        ours, theirs = waiting.pop()
        if len(ours) != len(theirs):
            return False
        for a, b in zip(ours, theirs, strict=True):
            if isinstance(a, Node) and isinstance(b, Node):
                if not _same_element(a, b, base):
                    return False
                waiting.append((a.children, b.children))
            elif a != b:
                return False
    return True


def _same_element(one: Node, other: Node, base: str) -> bool:
    if one.name != other.name:
        return False
    a, b = one.attributes, other.attributes
    if not a and not b:
        return True
    return (
        all(a.get(name) == b.get(name) for name in _VALUES)
        and style_of(a) == style_of(b)
        and all((name in a) == (name in b) for name in _PRESENT)
        and (one.name != "a" or _same_target(a.get("href"), b.get("href"), base))
    )


def _same_target(one: str | None, other: str | None, base: str) -> bool:
    if one == other:
        return True
    if not one or not other:
        return False
    return differ_in_tracking(one, other) or clean_target(one, base) == clean_target(other, base)
