"""The rules of a page's own style sheets, as far as they change what is read.

Each element that a rule is about is given what the rule says as a style of its own, weakest first,
so that the reading has one place to look at. What a click would show is not hidden by a rule: one
about a state, or one beside which another rule shows the same elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tracker.extractor.styles import READ, is_hidden

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"\n]{0,500}\"|'[^'\n]{0,500}'")
#: A declaration or the head of a block, and the sign that ends it.
_PART = re.compile(r"([^{};]*+)([{};]|\Z)")
#: What a sheet must have for anything in it to be read.
_ANY = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(READ))})\s*+:", re.IGNORECASE)
_TRANSPARENT = ("@supports", "@layer")
_WIDTH = re.compile(r"\(\s*+(min|max)-width\s*+:\s*+(\d{1,5}(?:\.\d{1,4})?)(px|r?em)\s*+\)")
_SCREEN = 1280  # pixels
_SEEN = frozenset({"", "all", "screen", "only screen", "only all", "not print"})
#: What holds only for a while: until a click, or under a pointer.
_STATE = re.compile(
    r":(?:hover|focus|active|checked|target|open|popover-open)|\[(?:open|aria-|data-state)"
)
_SPECIFIC = re.compile(
    r"(#[\w-]++)|(\.[\w-]++|\[[^\]]*+\]?|(?<!:):(?!:)[\w-]++)|((?<![\w.#:\[-])[a-z][\w-]*+)"
)
_COMMA = re.compile(r",(?![^()]{0,1000}\))")
_NAME = re.compile(r"[.#]?[\w-]+")
_MOST = 2000  # rules of a page


@dataclass(frozen=True, slots=True)
class Rule:
    """What the elements of a selector are given, and what counts where two rules are about one."""

    selector: str
    style: str
    weight: tuple[int, int, int, int]

    @property
    def hides(self) -> bool:
        return is_hidden({"style": self.style})

    @property
    def names(self) -> frozenset[str]:
        """What the elements themselves must have: a name, an identity, classes."""
        last = re.split(r"[\s>+~]+", self.selector)[-1]
        return frozenset(_NAME.findall(re.sub(r"\[[^\]]*+\]?|:.*", "", last)))


def has_rules(sheet: str) -> bool:
    """Return whether anything in a style sheet could change what is read."""
    return _ANY.search(sheet) is not None


def rules(sheets: Iterable[tuple[str, str]], page: str) -> tuple[Rule, ...]:
    """Return the rules in sheets (their media and their text) that are about anything in `page`."""
    found: list[Rule] = []
    place = 0
    for media, sheet in sheets:
        if _applies(media):
            found += _parsed(sheet, place)
        place += len(sheet)
    shown: dict[str, tuple[int, ...]] = {}
    for rule in found:
        if not rule.hides:
            shown |= {name: max(rule.weight[:3], shown.get(name, ())) for name in rule.names}
    return tuple(
        rule
        for rule in found[:_MOST]
        if not _STATE.search(rule.selector)
        and _is_met(rule, page)
        and not (rule.hides and any(shown.get(n, ()) > rule.weight[:3] for n in rule.names))
    )


def merged(own: str, matching: Sequence[Rule]) -> str:
    """Return what an element's style is, after rules about it and its own."""
    ranked = sorted(matching, key=lambda rule: rule.weight)
    return ";".join([*(rule.style for rule in ranked), own])


def _is_met(rule: Rule, page: str) -> bool:
    """Return whether the names that a rule asks for stand anywhere in a page."""
    return all(name.lstrip(".#") in page for name in rule.names if name[0] in ".#")


def _parsed(sheet: str, place: int) -> Iterator[Rule]:
    """Yield the rules of a sheet, those within blocks that hold on a screen too."""
    around: list[str] = []  # selectors, or the beginnings of blocks
    said: list[str] = []
    plain = _QUOTED.sub(_without_braces, _COMMENT.sub(" ", sheet))
    for part in _PART.finditer(plain):
        text, end = part[1].strip(), part[2]
        if end == "{":
            around.append(text)
            said = []
            continue
        said.append(text)
        if end == "}" and around:
            yield from _made(around, ";".join(said), place + part.start())
            around.pop()
            said = []


def _without_braces(quoted: re.Match[str]) -> str:
    return re.sub("[{};]", "", quoted[0])


def _made(around: Sequence[str], said: str, place: int) -> Iterator[Rule]:
    *outer, selectors = around
    if not all(map(_holds, outer)) or selectors.startswith("@"):
        return
    style = ";".join(p for p in said.split(";") if p.partition(":")[0].strip().lower() in READ)
    if not style:
        return
    for selector in _COMMA.split(selectors):
        if selector.strip() and "::" not in selector:
            yield Rule(selector.strip(), style, (*_specificity(selector), place))


def _specificity(selector: str) -> tuple[int, int, int]:
    found = _SPECIFIC.findall(selector.lower())
    ids, classes, names = (sum(bool(one[n]) for one in found) for n in range(3))
    return ids, classes, names


def _holds(block: str) -> bool:
    """Return whether the rules in a block count on a screen."""
    if block.startswith("@media"):
        return _applies(block.removeprefix("@media"))
    return block.startswith(_TRANSPARENT)


def _applies(media: str) -> bool:
    return any(all(map(_is_so, one.split(" and "))) for one in media.lower().split(","))


def _is_so(query: str) -> bool:
    width = _WIDTH.fullmatch(query := query.strip())
    if width is None:
        return query in _SEEN
    pixels = float(width[2]) * (1 if width[3] == "px" else 16)
    return pixels <= _SCREEN if width[1] == "min" else pixels >= _SCREEN
