"""Declarative shadow roots: what a browser shows in place of what stands in their elements."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.extractor.nodes import Node, Run


def open_shadow_roots(runs: Sequence[Run]) -> None:
    """Put what a shadow root holds where its element is, with the element's own text in its slots.

    What has no slot there is not shown.
    """
    for root in (part for run in runs for part in run if isinstance(part, Node)):
        for template in root.find_all({"template"}):
            if template.parent is not None:
                _open(template.parent, template)


def _open(host: Node, template: Node) -> None:
    light = [c for c in host.children if not (isinstance(c, Node) and c.name == "template")]
    for slot in template.find_all({"slot"}):
        name = slot.attributes.get("name") or ""
        given = [child for child in light if _slot(child) == name]
        if any(child.has_text() if isinstance(child, Node) else child.strip() for child in given):
            _fill(slot, given)
    _fill(host, template.children)


def _slot(child: Node | str) -> str:
    return (child.attributes.get("slot") or "") if isinstance(child, Node) else ""


def _fill(around: Node, children: Sequence[Node | str]) -> None:
    around.children = [*children]
    for child in around.children:
        if isinstance(child, Node):
            child.parent = around
