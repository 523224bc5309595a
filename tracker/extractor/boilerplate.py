"""What stands around the text on a page that no declaration describes: menus, footers, consent.

Without a selector the whole `main` or `body` is read, and with it navigation that changes every
week. What is removed here either says of itself (by element, role or name) that it is no part of
the text, or is a block of links, or of the text's own headings, before its first sentence or after
its last. It never holds much of the page's prose: on six of 103 real pages the document itself
stood in a `nav`. Prose is text that is neither link nor button.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tracker.extractor.nodes import Node, Run

#: Of the page's prose, what chrome may hold at most.
_MOST = 0.25
#: Of its own text, what a page header or a footer inside the text must have in links.
_LINKED = 0.3
_FEWEST_ENTRIES = 3  # of a table of contents, or of a block of links
_SENTENCE = 8  # words in one run of text, which no menu has
_MOSTLY = 0.8  # of the entries of a table of contents that are headings of the text
_MOSTLY_LINKS = 0.5
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_ROLES = frozenset("banner contentinfo menu menubar navigation search".split())
_DIALOGS = frozenset({"alertdialog", "dialog"})
#: What a page marks as its text, and what its sentences stand in.
_TEXTS = frozenset({"main", "article"})
_PARAGRAPHS = frozenset("p ul ol dl table blockquote pre li td dd".split())
#: The containers of consent dialogues, by the names their makers give them.
CONSENT = re.compile(
    r"\b(?:onetrust|ot-sdk|cybotcookiebot|cookiebot|usercentrics|didomi|truste|osano|iubenda|qc-cmp"
    r"|cookie[-_]?(?:banner|bar|consent|dialog|law|modal|notice|popup)"
    r"|consent[-_]?(?:banner|dialog|manager|modal|popup))",
    re.IGNORECASE,
)


def remove_boilerplate(runs: Sequence[Run]) -> None:
    """Take out of `runs` (the parts of a page) what is not the text."""
    roots = [part for run in runs for part in run if isinstance(part, Node)]
    left = _MOST * sum(_prose(root) for root in roots)
    for root in roots:
        outline = _Outline(root)
        for element in [e for e in root.elements() if _is_chrome(e, outline)]:
            prose = _prose(element)
            if prose <= left:
                left -= prose
                element.remove()
        _trim(root, outline)


class _Outline:
    """The headings of a text: those with its sentences below them, and those placed like them."""

    def __init__(self, root: Node) -> None:
        self.root = root

    @cached_property
    def titles(self) -> list[Node]:
        return self.root.find_all({"h1"})

    @cached_property
    def _told(self) -> set[int]:
        """Return the headings (by identity) in whose element there is a sentence."""
        has_sentence: dict[int, bool] = {}
        found = set()
        for heading in self.root.find_all(_HEADINGS):
            around = heading.parent
            if around is None:
                continue
            if id(around) not in has_sentence:
                has_sentence[id(around)] = any(map(_is_sentence, _texts(around)))
            if has_sentence[id(around)]:
                found.add(id(heading))
        return found

    @cached_property
    def _places(self) -> Counter[tuple[str, ...]]:
        headings = self.root.find_all(_HEADINGS)
        return Counter(self._place(h) for h in headings if id(h) in self._told)

    def _place(self, element: Node) -> tuple[str, ...]:
        """Return the names of what an element stands in, and its own."""
        names = [element.name]
        while element is not self.root and element.parent is not None:
            element = element.parent
            names.append(element.name)
        return tuple(names)

    def has(self, heading: Node) -> bool:
        """Return whether a heading is one of those that have sentences of the text below them.

        It has paragraphs beside it, or stands where others stand that have sentences.
        """
        if heading.parent is not None and any(map(_is_paragraph, heading.parent.children)):
            return True
        return self._places[self._place(heading)] > (id(heading) in self._told)


def _is_chrome(element: Node, outline: _Outline) -> bool:
    marks = element.attributes
    if marks.get("aria-modal") == "true" or marks.get("role") in _DIALOGS:
        return True
    if element.name == "nav" or marks.get("role") in _ROLES:
        return True
    if element.name == "aside" or marks.get("role") == "complementary":
        return not (_stands_in_text(element) and _is_told(element))
    if _is_consent(_names(element)):
        return not _is_section(element, outline)
    if element.name in {"header", "footer"}:
        if _link_share(element) >= _LINKED:
            return True
        return not element.stands_in(_TEXTS) and not _is_head(element, outline)
    return element.name in {"ul", "ol"} and _is_contents(element)


def _stands_in_text(element: Node) -> bool:
    """Return whether it stands in what a page marks as its text."""
    around = element.parent
    while around is not None:
        if around.name in _TEXTS or around.attributes.get("role") == "main":
            return True
        around = around.parent
    return False


def _is_told(element: Node) -> bool:
    """Return whether it says something in sentences, and asks for nothing."""
    asks = bool(element.find_all({"form", "button"}))
    return not asks and _link_share(element) < _LINKED and any(map(_is_sentence, _texts(element)))


def _is_head(element: Node, outline: _Outline) -> bool:
    """Return whether a header has the only title of its page, and no menu."""
    if element.name != "header" or element.find_all({"nav", "form"}):
        return False
    titles = outline.titles
    return len(titles) == 1 and any(title is titles[0] for title in element.find_all({"h1"}))


def _is_section(element: Node, outline: _Outline) -> bool:
    """Return whether what is named like a consent dialogue is a section of the text all the
    same.
    """
    if not _is_told(element):
        return False
    if _stands_in_text(element) or element.name in _PARAGRAPHS:
        return True
    heading = next(iter(element.find_all(_HEADINGS)), None)
    return heading is not None and outline.has(heading)


def _is_paragraph(child: Node | str) -> bool:
    """Return whether it is a paragraph, a list or a table with a sentence."""
    return (
        isinstance(child, Node)
        and child.name in _PARAGRAPHS
        and any(map(_is_sentence, _texts(child)))
    )


@lru_cache(maxsize=4096)  # many elements of a page have the same names, or none
def _is_consent(names: str) -> bool:
    return CONSENT.search(names) is not None


def _names(element: Node) -> str:
    return f"{element.attributes.get('id') or ''} {element.attributes.get('class') or ''}"


def _is_contents(listing: Node) -> bool:
    """Return a table of contents: nothing but links to places on the page."""
    links = listing.find_all({"a"})
    return (
        len(links) >= _FEWEST_ENTRIES
        and all((link.attributes.get("href") or "").startswith("#") for link in links)
        and _prose(listing) == 0
    )


# ── what it says ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Text:
    """Some visible text, the element it stands in, and whether that is a link or a button."""

    words: str
    parent: Node
    is_linked: bool


def _texts(root: Node) -> Iterator[_Text]:
    """Yield the texts in `root`, in document order."""
    linked = root.name in _LINKS or root.stands_in(_LINKS)
    waiting: list[tuple[Node | str, Node, bool]] = [(root, root, linked)]
    while waiting:
        node, parent, linked = waiting.pop()
        if isinstance(node, Node):
            inside = linked or node.name in _LINKS
            waiting += [(child, node, inside) for child in reversed(node.children)]
        elif not node.isspace():
            yield _Text(node.strip(), parent, linked)


_LINKS = frozenset({"a", "button"})


def _link_share(element: Node) -> float:
    whole = sum(len(text.words) for text in _texts(element))
    return 1 - _prose(element) / whole if whole else 1.0


def _prose(element: Node) -> int:
    """Characters of text that is neither link nor button."""
    if element.name in _LINKS or element.stands_in(_LINKS):
        return 0
    number, waiting = 0, [element]
    while waiting:
        for child in waiting.pop().children:
            if isinstance(child, str):
                number += len(child.strip())
            elif child.name not in _LINKS:
                waiting.append(child)
    return number


# ── the edges ─────────────────────────────────────────────────────────────────────


def _trim(root: Node, outline: _Outline) -> None:
    """Take out the blocks of links and of headings before the first sentence and after the last."""
    texts = list(_texts(root))
    first = next((n for n, text in enumerate(texts) if _is_sentence(text)), None)
    if first is None:
        return
    last = next(n for n in reversed(range(len(texts))) if _is_sentence(texts[n]))
    elements = root.elements()
    headings = (e for e in elements if e.name in _HEADINGS)
    titles = {" ".join(text.words for text in _texts(heading)) for heading in headings}
    whole = _held(texts, elements)
    for edge in (texts[:first], texts[last + 1 :]):
        for block in _blocks(edge, elements, whole):
            if _is_furniture(block, titles, outline) and not _is_led(block, outline):
                block.remove()


def _is_sentence(text: _Text) -> bool:
    return not text.is_linked and len(text.words.split()) >= _SENTENCE


def _blocks(
    edge: Sequence[_Text], elements: Sequence[Node], whole: Mapping[int, int]
) -> list[Node]:
    """Return the largest of `elements` with texts of this edge and no others; `whole` says how many
    each holds in all.

    Every element is looked at once: a page may be as deep as it is long.
    """
    if not edge:
        return []
    own = _held(edge, elements)
    around: dict[int, Node] = {}  # each element (by identity) and the largest such one around it
    for element in elements:
        if id(element.parent) in around:
            around[id(element)] = around[id(element.parent)]
        elif own[id(element)] and own[id(element)] == whole[id(element)]:
            around[id(element)] = element
    found = [around[id(text.parent)] for text in edge if id(text.parent) in around]
    return list({id(block): block for block in found}.values())


def _held(texts: Sequence[_Text], elements: Sequence[Node]) -> Counter[int]:
    """Return how many of `texts` each element (by identity) holds; `elements` in document order."""
    held = Counter(id(text.parent) for text in texts)
    for element in reversed(elements):
        held[id(element.parent)] += held[id(element)]
    return held


def _is_led(block: Node, outline: _Outline) -> bool:
    """Return whether a block of links stands under a heading of the text, or is what a line
    announces.
    """
    around = block
    for _ in range(3):
        if (before := around.previous()) is not None:
            return _leads(before, outline)
        if around.parent is None or around is outline.root:
            return False
        around = around.parent
    return False


def _leads(head: Node, outline: _Outline) -> bool:
    if head.name in _HEADINGS or head.attributes.get("role") == "heading":
        return head.name != "h1" and outline.has(head)
    texts = list(_texts(head))
    is_line = head.name in {"p", "dt", "summary", "legend", "strong", "b"} and bool(texts)
    return is_line and not texts[-1].is_linked and texts[-1].words.endswith((":", "："))


def _is_furniture(block: Node, titles: set[str], outline: _Outline) -> bool:
    if block.name in _HEADINGS:
        return False
    if headings := block.find_all(_HEADINGS):
        is_own = any(h.name == "h1" or outline.has(h) for h in headings)
        return not is_own and _is_linked(block)
    texts = [text.words for text in _texts(block)]
    repeated = sum(text in titles for text in texts)
    is_contents = len(texts) >= _FEWEST_ENTRIES and repeated >= _MOSTLY * len(texts)
    return is_contents or _is_linked(block)


def _is_linked(block: Node) -> bool:
    """Return whether most of it is links, and there are some."""
    links = len(block.find_all({"a"}))
    return links >= _FEWEST_ENTRIES and _link_share(block) >= _MOSTLY_LINKS
