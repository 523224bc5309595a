"""Selectors of the simple kind over lxml's elements: names, ids, classes, attributes, descent."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from tracker.model import Selector

_Element = Any  # lxml comes without types
_BY_ID = etree.XPath("//*[@id=$value]")
_BY_CLASS = etree.XPath("//*[contains(@class, $value)]")
_BY_ATTRIBUTE = etree.XPath("//*[@*[local-name()=$value]]")
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
class Compiled:
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


def compiled(selectors: Sequence[Selector]) -> list[Compiled] | None:
    """Return what matches each selector; None where one of them is more than we are sure of."""
    found = [compile_one(s) if isinstance(s, str) else None for s in selectors]
    certain = [one for one in found if one is not None]
    return certain if len(certain) == len(found) else None


@lru_cache(maxsize=1024)
def compile_one(selector: str) -> Compiled | None:
    # A comma or a blank inside of quotation marks makes parts that are no selectors: unsure.
    paths = [_path(part.strip()) for part in selector.split(",")]
    certain = tuple(path for path in paths if path is not None)
    return Compiled(certain) if len(certain) == len(paths) else None


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
