"""The part of a page that is the document, as plain nodes: what both parsers are read into."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

#: What a browser shows small above a word; no text of its own when asked whether there is any.
_RUBY = {"rt", "rp"}


@dataclass(slots=True, eq=False)
class Node:
    """An element with what stands in it: elements and texts, without comments."""

    name: str
    attributes: Mapping[str, str]
    parent: Node | None
    children: list[Node | str] = field(default_factory=list)

    def descendants(self) -> Iterator[Node | str]:
        """Everything in it, in document order."""
        waiting = self.children[::-1]
        while waiting:
            node = waiting.pop()
            yield node
            if isinstance(node, Node):
                waiting += reversed(node.children)

    def elements(self) -> list[Node]:
        """Return the elements in it, in document order."""
        found: list[Node] = []
        waiting = [child for child in reversed(self.children) if isinstance(child, Node)]
        while waiting:
            node = waiting.pop()
            found.append(node)
            waiting += [child for child in reversed(node.children) if isinstance(child, Node)]
        return found

    def find_all(self, names: Collection[str]) -> list[Node]:
        """Return the elements in it that have one of these names, in document order."""
        return [node for node in self.elements() if node.name in names]

    def stands_in(self, names: Collection[str]) -> bool:
        """Return whether an element around it has one of these names."""
        around = self.parent
        while around is not None and around.name not in names:
            around = around.parent
        return around is not None

    def previous(self) -> Node | None:
        """Return the element right before it in the same parent, if there is one."""
        found: Node | None = None
        for child in self.parent.children if self.parent else ():
            if child is self:
                return found
            if isinstance(child, Node):
                found = child
        return None

    def remove(self) -> None:
        """Take it out of what it stands in."""
        if self.parent is not None:
            self.parent.children = [c for c in self.parent.children if c is not self]

    def has_text(self) -> bool:
        """Return whether anything in it can be read."""
        waiting: list[Node | str] = [self]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                if node.strip():
                    return True
            elif node is self or node.name not in _RUBY:
                waiting += node.children
        return False


#: Neighbours on the page with one parent: text may go on from one to the next.
Run = Sequence[Node | str]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a page says of itself, and the runs that are the document, in document order.

    `base` is the `href` of its `<base>`; `missing` the selectors that matched nothing.
    """

    title: str
    language: str | None
    base: str
    missing: tuple[str, ...]
    runs: tuple[Run, ...]


#: Never a part of the text, but for the exceptions: what holds text all the same if it has a mark.
DROPPED = frozenset(
    """
    script style template svg iframe object input select textarea title noframes noembed audio video
    canvas progress meter
    """.split()
)
EXCEPTIONS = {"template": ("shadowrootmode",), "textarea": ("readonly", "disabled")}


def is_dropped(name: str, attributes: Mapping[str, str]) -> bool:
    """Return whether an element is never a part of the text."""
    if name not in DROPPED:
        return False
    return not any(mark in attributes for mark in EXCEPTIONS.get(name, ()))


#: Where a page keeps its text if nobody declared where.
STRUCTURE = ("main", "[role=main]", "article", "body")
