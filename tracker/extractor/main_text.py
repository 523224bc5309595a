"""The text of an article among what stands around it: comments, teasers, letters to subscribe to.

A page that speaks of terms is read as a whole, up to its chrome (see `boilerplate`): a clause too
many is noise, a clause too few is a lie. Of any other page only the part is kept that holds its
sentences: the element whose own paragraphs weigh most, those beside it that hold paragraphs too,
and the heading above them. Of that part what is mostly links goes as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.extractor.nodes import Node, Run
from tracker.extractor.wall_pages import weight_of_terms

_LINKS = frozenset({"a", "button"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS = frozenset({"p", "li", "td", "pre", "blockquote", "dd", "div", "section", "article"})
_INLINE = frozenset(
    """
    a abbr acronym b bdi bdo big br cite code data del dfn em font i ins kbd label mark q rp rt ruby
    s samp small span strike strong sub sup time tt u var wbr img
    """.split()
)
#: The little words of the languages in which it is known how texts of terms speak.
_KNOWN = frozenset(
    """
    a al and are as at au aux bei by ce che con da das de deel dei del della den der des di die do
    does dos du e een ein eine el em en er es est et for from has het i il im in is it ist la las le
    les lo los mit na nas não nel nicht no non nos of on op os ou over para per por pour qu que qui
    se sich si sur te that the this to um un und une van von was we were with y you zu è é
    """.split()
)
_SHORT = 1000  # letters of a page that is read as a whole, whatever it speaks of
_SAMPLE = 400  # of the blocks of a page are looked at
_LITTLE = 0.12  # of the words of such a text
#: What a text of terms is called, in the title of its page or its first heading.
_NAMES = re.compile(
    r"\b(?:terms|conditions|privacy|polic(?:y|ies)|agreements?|guidelines|legal|imprint|cookies?"
    r"|licen[cs]e|rules|standards|code of conduct|confidentialité|mentions légales"
    r"|datenschutz\w*|\w*bedingungen|impressum|nutzungs\w+|richtlinien?|privacidad|condiciones"
    r"|términos|aviso legal|riservatezza|condizioni|termini|privacidade|termos|voorwaarden"
    r"|privacybeleid)\b",
    re.IGNORECASE,
)
#: Of a page that speaks of terms: the weight of its sentences on the average.
_SPEAKS = 0.8
_PARTS = re.compile(r"\s[-–—|·•:»]\s|[|:»]")
_LONGEST_NAME = 7  # words
_STOPS = re.compile("[,;:、，。；।،]")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+")
_LEAST = 25  # letters of a paragraph that weighs anything
_SHARE = 0.2  # of the weight of the best part, for one beside it to be of the text
_MOST_LINKED = 0.35
_ALONE = 80  # letters of a paragraph beside it
_WORDS = 8  # in a row, which no list of links has
_ALL_LINKED, _LINKED, _SOME_LINKED = 0.8, 0.5, 0.2
_ALIKE = 0.3  # of the weight of the best part's own paragraphs, for one that is farther away
_LEAST_OWN = 8.0
_WITHIN = frozenset("ul ol dl table tbody tr li blockquote".split())
_LEADS = frozenset("p div section article header blockquote".split())


def narrow(runs: Sequence[Run], title: str) -> tuple[Run, ...]:
    """Return what of `runs` is the text, where the page is no text of terms; else all of them."""
    roots = [part for run in runs for part in run if isinstance(part, Node)]
    if not roots or _speaks_of_terms(roots, title):
        return tuple(runs)
    page = Node("body", {}, None, [*roots])
    parents = [root.parent for root in roots]
    for root in roots:
        root.parent = page
    if parts := _parts(page):
        _cut(page, parts)
        _clean(page)
    for root, parent in zip(roots, parents, strict=True):
        root.parent = parent
    kept = {id(child) for child in page.children}
    return tuple(tuple(p for p in run if isinstance(p, str) or id(p) in kept) for run in runs)


def _speaks_of_terms(roots: Sequence[Node], title: str) -> bool:
    """Return whether a page may be a text of terms: by its names, its sentences, or for want of
    both.
    """
    headings = (h for root in roots for h in _named(root, {"h1"}))
    if any(map(_is_name, [title, *(" ".join(_texts(h)) for h in headings)])):
        return True
    texts = [text for root in roots for text in _block_texts(root)]
    if sum(map(len, texts)) < _SHORT:
        return True
    # Of any other language it is not known how texts of terms speak.
    texts = texts[:: len(texts) // _SAMPLE + 1]
    words = [word.lower() for text in texts for word in text.split()]
    if sum(word in _KNOWN for word in words) < _LITTLE * len(words):
        return True
    sentences = sum(
        len(sentence.split()) > 4 for text in texts for sentence in _SENTENCE_ENDS.split(text)
    )
    return weight_of_terms(texts) >= _SPEAKS * max(sentences, 1)


def _is_name(title: str) -> bool:
    """Return whether a title, or a part of it, is what texts of terms are called."""
    return any(
        len(part.split()) <= _LONGEST_NAME and _NAMES.search(part) for part in _PARTS.split(title)
    )


def names_terms(words: str) -> bool:
    """Return whether words say that something is a text of terms."""
    return _NAMES.search(words) is not None


def _named(root: Node, names: set[str]) -> Iterator[Node]:
    if root.name in names:
        yield root
    yield from root.find_all(names)


def _texts(element: Node) -> list[str]:
    return [part for part in element.descendants() if isinstance(part, str)]


def _block_texts(root: Node) -> Iterator[str]:
    """Yield what each block says by itself, in the order of the page."""
    for element in (root, *root.elements()):
        if element.name not in _INLINE and (text := _own(element)):
            yield text


def _own(element: Node) -> str:
    """Return the text of a block without the blocks in it, and without links."""
    parts: list[str] = []
    waiting: list[Node | str] = element.children[::-1]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            parts.append(node)
        elif node.name in _INLINE and node.name not in _LINKS:
            waiting += reversed(node.children)
    return " ".join("".join(parts).split())


# ── the part with the sentences ───────────────────────────────────────────────────


@dataclass(slots=True)
class _Weight:
    """What the paragraphs of an element weigh: its own, and with those deeper in it."""

    element: Node
    own: float = 0.0
    all: float = 0.0


def _parts(root: Node) -> list[Node]:
    """Return the elements that hold the text, in the order of the page."""
    weights = _weights(root)
    best = max(weights.values(), key=lambda one: one.all, default=None)
    if best is None:
        return []
    core = best.element
    while core.name in _WITHIN and core.parent is not None:
        core = core.parent
    near = core.parent if core.parent is not None else core
    own = max(weights[key].own for key in weights if weights[key].element in (core, best.element))
    found = []
    place = [e.name for e in _line(core, root)]
    for element in (root, *root.elements()):
        weight = weights.get(id(element))
        is_beside = element.parent is near and element is not near
        is_alike = (
            weight is not None
            and weight.own >= max(_ALIKE * own, _LEAST_OWN)
            and [e.name for e in _line(element, root)] == place
            and not _is_linked(element)
        )
        if element is core or is_alike or (is_beside and _is_text(element, weight, best.all)):
            found.append(element)
    return found


def _weights(root: Node) -> dict[int, _Weight]:
    """Return what the paragraphs in each element weigh, by its identity: near ones more than far
    ones.
    """
    found: dict[int, _Weight] = {}
    for element in (root, *root.elements()):
        if element.name not in _PARAGRAPHS:
            continue
        text = _own(element)
        if len(text) < _LEAST:
            continue
        weight = 1 + len(_STOPS.findall(text)) + min(len(text) / 100, 3)
        around = element.parent if element.name != "div" or element.parent is None else element
        for share in (1.0, 0.5, 0.25, 0.125):
            if around is None:
                break
            known = found.setdefault(id(around), _Weight(around))
            known.own += weight if share == 1.0 else 0.0
            known.all += share * weight
            around = around.parent
    for known in found.values():
        known.all *= 1 - _link_share(known.element)
    return found


def _link_share(element: Node) -> float:
    whole = linked = 0
    waiting: list[tuple[Node | str, bool]] = [(element, False)]
    while waiting:
        node, inside = waiting.pop()
        if isinstance(node, str):
            length = len(node.strip())
            whole += length
            linked += length if inside else 0
        else:
            inside = inside or node.name in _LINKS
            waiting += [(child, inside) for child in node.children]
    return linked / whole if whole else 0.0


def _is_linked(element: Node) -> bool:
    return _link_share(element) > _MOST_LINKED


def _is_text(element: Node, weight: _Weight | None, best: float) -> bool:
    """Return whether what is beside the best part is of the text too."""
    if element.name in _HEADINGS or _is_linked(element) or any(_named(element, {"form"})):
        return False
    if weight is not None and weight.own >= _SHARE * best:
        return True
    inside = [child for child in element.children if isinstance(child, Node) and child.name == "p"]
    texts = [element, *inside] if element.name in _LEADS else []
    return any(len(_own(text)) >= _ALONE for text in texts)


# ── cut to it ─────────────────────────────────────────────────────────────────────


def _cut(root: Node, parts: Sequence[Node]) -> None:
    """Take out what comes before the first of `parts` and after the last, but for the heading."""
    heading = _heading_above(root, parts[0])
    before, after = _line(parts[0], root), _line(parts[-1], root)
    kept = {id(element) for element in (*before, *after)}
    above = {id(element) for element in _line(heading, root)} if heading else set()
    for element, is_first in [(e, True) for e in before[1:]] + [(e, False) for e in after[1:]]:
        around = element.parent
        if around is None:
            continue
        place = next(n for n, child in enumerate(around.children) if child is element)
        inside = around.children
        edge = inside[:place] if is_first else inside[place + 1 :]
        left = [c for c in edge if isinstance(c, Node) and id(c) in kept | above]
        around.children = [*left, *inside[place:]] if is_first else [*inside[: place + 1], *left]
    if heading:
        _alone(heading, root, {id(element) for element in before})


def _line(element: Node, root: Node) -> list[Node]:
    """Return the elements from `root` down to one in it."""
    found = [element]
    while found[-1] is not root and found[-1].parent is not None:
        found.append(found[-1].parent)
    return found[::-1]


def _alone(heading: Node, root: Node, others: set[int]) -> None:
    """Take out all beside a heading that stands away from the text."""
    line = _line(heading, root)
    for around, inner in pairwise(line):
        if id(around) not in others:
            around.children = [inner]


def _heading_above(root: Node, first: Node) -> Node | None:
    """Return the last top heading before the text, where it has none itself."""
    if any(_named(first, {"h1"})):
        return None
    found = None
    for element in root.elements():
        if element is first:
            return found
        if element.name == "h1":
            found = element
    return None


# ── within it ─────────────────────────────────────────────────────────────────────


def _clean(part: Node) -> None:
    """Take out what is mostly links, forms and the like."""
    waiting = [part]
    while waiting:
        around = waiting.pop()
        around.children = [c for c in around.children if isinstance(c, str) or not _is_beside(c)]
        waiting += [child for child in around.children if isinstance(child, Node)]


def _is_beside(element: Node) -> bool:
    if element.name in {"form", "aside", "nav", "footer"}:
        return True
    return element.name in {"ul", "ol", "div", "section", "table"} and _is_furniture(element)


def _is_furniture(element: Node) -> bool:
    letters = sum(len(text.strip()) for text in _texts(element))
    if not letters:
        return False
    share = _link_share(element)
    if len(_own(element)) >= _LEAST:  # a paragraph, whatever it is called
        return share > _ALL_LINKED
    has_prose = any(len(text.split()) > _WORDS for text in _block_texts(element))
    return share > _LINKED or (share > _SOME_LINKED and not has_prose)
