"""The elements of a page are found in document order, without its texts."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracker.extractor.nodes import Node

names = st.sampled_from(["p", "div", "h1", "a"])
trees: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.text(max_size=3), st.tuples(names, st.just([]))),
    lambda inner: st.tuples(names, st.lists(inner, max_size=4)),
)


def grown(name: str, children: list[Any], parent: Node | None = None) -> Node:
    node = Node(name, {}, parent)
    node.children = [c if isinstance(c, str) else grown(c[0], c[1], node) for c in children]
    return node


@given(st.lists(trees, max_size=4))
def test_elements_are_the_descendants_that_are_no_texts(children: list[Any]) -> None:
    root = grown("body", children)
    elements = [node for node in root.descendants() if isinstance(node, Node)]
    assert list(map(id, root.elements())) == list(map(id, elements))
    found = [id(e) for e in elements if e.name in {"h1", "a"}]
    assert list(map(id, root.find_all({"h1", "a"}))) == found
