"""The same reading at a fraction of the cost, for pages and selectors that are simple enough.

lxml alone: the parser beneath beautifulsoup4, without building its tree of the whole page. What
is not certain to read alike (a deep nest, at which libxml2 silently stops, a range, any selector
but names, ids, classes, attributes and their descent) is left to the reference reading. That both
give the same clauses is tested with made-up pages and with every page of the corpus.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from lxml import etree

from tracker.extractor.nodes import STRUCTURE, Node, Parts, is_dropped
from tracker.extractor.normalise import decode_email
from tracker.model import Selector

_Element = Any  # lxml comes without types
#: libxml2 gives up at 256 without a word.
_IS_DEEP = etree.XPath("boolean(//*[ancestor::*[200]])")
#: What stands in a title is text to one parser and markup to the other, away from the head, and
#: beautifulsoup4 takes nothing that a ruby or a template says for text, wherever it is left open.
_HAS_STRAYS = etree.XPath(
    "boolean(//title[not(parent::head or ancestor::svg) or ancestor::template] | //rt | //rp)"
)
_BY_ID = etree.XPath("//*[@id=$value]")
_BY_CLASS = etree.XPath("//*[contains(@class, $value)]")
_BY_ATTRIBUTE = etree.XPath("//*[@*[local-name()=$value]]")
_EMAILS = etree.XPath("//*[@data-cfemail]")


def parts(text: str, select: Sequence[Selector], remove: Sequence[Selector]) -> Parts | None:
    """Return what `text` is as a page, and the parts of it that are the document; None if
    unsure.
    """
    wanted, unwanted = _compiled(select), _compiled(remove)
    if wanted is None or unwanted is None or (root := _parse(text)) is None:
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
        found = {e: 0 for one in _compiled([css]) or () for e in one.matches(root)}
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


# ── selectors ─────────────────────────────────────────────────────────────────────

_NAME = r"-?[A-Za-z_][A-Za-z0-9_-]*"
_SIMPLE = re.compile(
    rf"(?P<tag>(?<![\w\].#-]){_NAME})|\#(?P<id>{_NAME})|\.(?P<class>{_NAME})"
    rf"|\[(?P<attr>{_NAME})(?:(?P<op>[\^$*]?=)(?:\"(?P<v1>[^\"\\]+)\"|'(?P<v2>[^'\\]+)'|(?P<v3>{_NAME})))?\]"
)
_COMBINATOR = re.compile(r"\s*>\s*|\s+")
# Attributes that soupsieve compares without regard to case, or bs4 keeps as lists.
_SPECIAL = frozenset(
    "type rel rev accept-charset headers accesskey dropzone archive for sizes sandbox".split()
)

_Test = Callable[[_Element], bool]
_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "^=": str.startswith,
    "$=": str.endswith,
    "*=": operator.contains,
}


@dataclass(frozen=True, slots=True)
class _Step:
    """A test of one element. `candidates` are all that could pass it, perhaps more."""

    tests: tuple[_Test, ...]
    candidates: Callable[[_Element], Iterable[_Element]]
    is_child: bool  # of what the step before matches, rather than any descendant

    def holds(self, element: _Element) -> bool:
        return all(test(element) for test in self.tests)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A selector; each of `paths` is one of its alternatives."""

    paths: tuple[tuple[_Step, ...], ...]

    def matches(self, root: _Element) -> Iterator[_Element]:
        for path in self.paths:
            for element in path[-1].candidates(root):
                if isinstance(element.tag, str) and _is_at_end(path, element):
                    yield element


def _is_at_end(path: tuple[_Step, ...], element: _Element) -> bool:
    """Return whether an element is what the last step of a path asks for, and stands where it
    should.

    Its ancestors are gone through once: for each the steps are known that it may match. To try
    every choice of ancestors would cost depth to the power of the steps.
    """
    if not path[-1].holds(element):
        return False
    just = {len(path) - 1}  # the steps that the element below matches
    below: set[int] = set()  # and those that may be matched by any ancestor above it
    ancestors = element.iterancestors()
    while 0 not in just:
        ancestor = next(ancestors, None)
        if ancestor is None:
            return False
        below |= {n for n in just if not path[n].is_child}
        just = {n - 1 for n in just | below if path[n - 1].holds(ancestor)}
    return True


def _compiled(selectors: Sequence[Selector]) -> list[_Compiled] | None:
    """Return what matches each selector; None where one of them is more than we are sure of."""
    found = [_compile(s) if isinstance(s, str) else None for s in selectors]
    certain = [one for one in found if one is not None]
    return certain if len(certain) == len(found) else None


@lru_cache(maxsize=1024)
def _compile(selector: str) -> _Compiled | None:
    # A comma or a blank inside of quotation marks makes parts that are no selectors: unsure.
    paths = [_path(part.strip()) for part in selector.split(",")]
    certain = tuple(path for path in paths if path is not None)
    return _Compiled(certain) if len(certain) == len(paths) else None


def _path(text: str) -> tuple[_Step, ...] | None:
    steps: list[_Step] = []
    place, is_child = 0, False
    while True:
        simples: list[re.Match[str]] = []
        while found := _SIMPLE.match(text, place):
            simples.append(found)
            place = found.end()
        if not simples or any(m["attr"] in _SPECIAL for m in simples):
            return None
        steps.append(_step(simples, is_child))
        between = _COMBINATOR.match(text, place)
        if between is None:
            return tuple(steps) if place == len(text) else None
        place, is_child = between.end(), ">" in between[0]


def _step(simples: Sequence[re.Match[str]], is_child: bool) -> _Step:
    tests = tuple(_test(m) for m in simples)
    return _Step(tests, _candidates(simples[0]), is_child)


def _candidates(simple: re.Match[str]) -> Callable[[_Element], Iterable[_Element]]:
    tag, name, group = simple["tag"], simple["id"], simple["class"]
    if tag:
        return lambda root: root.iter(tag.lower())
    if name:
        return lambda root: _BY_ID(root, value=name)
    if group:
        return lambda root: _BY_CLASS(root, value=group)
    attribute = simple["attr"].lower()
    return lambda root: _BY_ATTRIBUTE(root, value=attribute)


def _test(simple: re.Match[str]) -> _Test:
    tag, name, group = simple["tag"], simple["id"], simple["class"]
    if tag:
        return lambda e: bool(e.tag == tag.lower())
    if name:
        return lambda e: bool(e.get("id") == name)
    if group:
        return lambda e: group in e.get("class", "").split()
    attribute = simple["attr"].lower()
    if not simple["op"]:
        return lambda e: attribute in e.attrib
    compare = _COMPARE[simple["op"]]
    value = simple["v1"] or simple["v2"] or simple["v3"]
    return lambda e: attribute in e.attrib and compare(_value(e, attribute), value)


def _value(element: _Element, attribute: str) -> str:
    value = str(element.get(attribute))
    return " ".join(value.split()) if attribute == "class" else value
