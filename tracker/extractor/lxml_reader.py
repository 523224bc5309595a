"""The same reading at a fraction of the cost, for pages and selectors that are simple enough.

lxml alone: the parser beneath beautifulsoup4, without building its tree of the whole page. What
is not certain to read alike (a deep nest, at which libxml2 silently stops, a range, any selector
but names, ids, classes, attributes and their descent) is left to the reference reading. That both
give the same clauses is tested with made-up pages and with every page of the corpus.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from lxml import etree

from tracker.extractor.nodes import STRUCTURE, Node, Parts, is_dropped
from tracker.extractor.normalise import decode_email
from tracker.extractor.page_rules import Rule, has_rules, merged, rules
from tracker.extractor.selectors import compile_one, compiled
from tracker.model import Selector

_Element = Any  # lxml comes without types
#: libxml2 gives up at 256 without a word.
_IS_DEEP = etree.XPath("boolean(//*[ancestor::*[200]])")
#: What stands in a title is text to one parser and markup to the other, away from the head, and
#: beautifulsoup4 takes nothing that a ruby or a template says for text, wherever it is left open.
_HAS_STRAYS = etree.XPath(
    "boolean(//title[not(parent::head or ancestor::svg) or ancestor::template] | //rt | //rp)"
)
_EMAILS = etree.XPath("//*[@data-cfemail]")


def parts(text: str, select: Sequence[Selector], remove: Sequence[Selector]) -> Parts | None:
    """Return what `text` is as a page, and the parts of it that are the document; None if
    unsure.
    """
    wanted, unwanted = compiled(select), compiled(remove)
    if wanted is None or unwanted is None or (root := _parse(text)) is None:
        return None
    if not _styled(root, text):
        return None
    title = next((_node(e) for e in root.iter("title")), None)
    language = next((e.get("lang") for e in root.iter("html")), None)
    base = next((e.get("href") for e in root.iter("base") if "href" in e.attrib), "")
    found = [list(one.matches(root)) for one in wanted]
    removed = {e for one in unwanted for e in one.matches(root)}
    missing = tuple(str(s) for s, matches in zip(select, found, strict=True) if not matches)
    chosen = _ranked(found)
    runs = _runs(root, chosen, removed) if select else _by_structure(root, removed)
    return Parts(_text(title) if title else "", language, base, missing, runs)


def _parse(text: str) -> _Element | None:
    parser = etree.HTMLParser()
    try:
        parser.feed(text)
        root = parser.close()
        if root is None or _is_odd(root):
            return None
        for element in _EMAILS(root):
            if element.tag not in {"a", "span"}:  # what Cloudflare writes
                return None
            email = decode_email(element.get("data-cfemail"))
            for child in list(element):
                element.remove(child)
            element.text = email
    except (etree.LxmlError, ValueError):  # an empty page, or characters no tree can hold
        return None
    return root


def _is_odd(root: _Element) -> bool:
    """Return whether there is more to the page than a reading from its root would find."""
    # What comes after the end of a page may be put beside the root, where nothing is looked for.
    beside = (e for other in root.itersiblings() for e in other.iter() if isinstance(e.tag, str))
    return any(map(_is_more, beside)) or bool(_IS_DEEP(root) or _HAS_STRAYS(root))


def _is_more(element: _Element) -> bool:
    """Return whether it is anything but an empty script, as hosts put at the end of a page."""
    text = f"{element.text or ''}{element.tail or ''}".strip()
    is_bare = element.tag == "html" and not element.attrib
    return bool(text) or not (is_bare or element.tag == "script")


def _styled(root: _Element, text: str) -> bool:
    """Give elements the style that the page's own rules give them; False where that is unsure."""
    sheets = [e for e in root.iter("style") if has_rules(e.text or "")]
    if not sheets:
        return True
    about: dict[_Element, list[Rule]] = {}
    for scope in dict.fromkeys(map(_scope, sheets)):
        given = [(e.get("media", ""), e.text or "") for e in sheets if _scope(e) is scope]
        for rule in rules(given, text):
            found = compile_one(rule.selector)
            if found is None and rule.hides:
                return False
            for element in found.matches(root) if found else ():
                if _scope(element) is scope:
                    about.setdefault(element, []).append(rule)
    for element, matching in about.items():
        element.set("style", merged(element.get("style", ""), matching))
    return True


def _scope(element: _Element) -> _Element | None:
    """Return the shadow root that an element stands in, if it does."""
    return next(element.iterancestors("template"), None)


def _text(node: Node) -> str:
    return "".join(part for part in node.descendants() if isinstance(part, str))


def _ranked(found: Sequence[Sequence[_Element]]) -> dict[_Element, int]:
    """Return the chosen elements with the first selector that chose them, or something in them."""
    ranks = {e: rank for rank, matches in reversed([*enumerate(found)]) for e in matches}
    if len(found) > 1:
        for element, rank in [*ranks.items()]:
            for around in element.iterancestors():
                if ranks.get(around, 0) > rank:
                    ranks[around] = rank
    return ranks


# ── the region ────────────────────────────────────────────────────────────────────


def _by_structure(root: _Element, removed: set[_Element]) -> tuple[tuple[Node, ...], ...]:
    for css in STRUCTURE:
        found = {e: 0 for one in compiled([css]) or () for e in one.matches(root)}
        runs = _runs(root, found, removed)
        if any(node.has_text() for run in runs for node in run):
            return runs
    return ()


def _runs(
    root: _Element, chosen: Mapping[_Element, int], removed: set[_Element]
) -> tuple[tuple[Node, ...], ...]:
    """Return the outermost chosen elements, those with one parent together.

    They are in the order of the selectors that chose them, and then in that of the page.
    """
    outermost = [e for e in chosen if _stands(e, chosen, removed)]
    if len(outermost) > 1:
        place = {e: n for n, e in enumerate(root.iter())}
        outermost.sort(key=lambda e: (chosen[e], place[e]))
    return tuple(
        tuple(_node(e, removed) for e in run)
        for _, run in groupby(outermost, key=lambda e: e.getparent())
    )


def _stands(element: _Element, chosen: Container[_Element], removed: set[_Element]) -> bool:
    """Return whether an element stands in no other that is chosen, nor in what is not to be
    read.
    """
    if element in removed or is_dropped(element.tag, element.attrib):
        return False
    return not any(
        a in chosen or a in removed or is_dropped(a.tag, a.attrib) for a in element.iterancestors()
    )


def _node(root: _Element, removed: Iterable[_Element] = ()) -> Node:
    top = Node(root.tag, root.attrib, None)
    waiting = [(root, top)]
    while waiting:
        element, node = waiting.pop()
        children = node.children
        if element.text:
            children.append(element.text)
        for child in element:
            name = child.tag
            # The tag of a comment is a function.
            if (
                isinstance(name, str)
                and child not in removed
                and not is_dropped(name, child.attrib)
            ):
                inner = Node(name, child.attrib, node)
                children.append(inner)
                waiting.append((child, inner))
            tail = child.tail
            if tail:
                children.append(tail)
    return top
