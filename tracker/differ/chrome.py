"""What stands around the text on a page that no declaration describes: menus, footers, consent.

Without a selector the whole `main` or `body` is read, and with it navigation that changes every
week. What is removed here either says of itself (by element, role or name) that it is no part of
the text, or is a block of links, or of the text's own headings, before its first sentence or after
its last. It never holds much of the page's prose: on six of 103 real pages the document itself
stood in a `nav`. Prose is text that is neither link nor button.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bs4 import NavigableString, PageElement, Tag

#: Of the page's prose, what chrome may hold at most.
_MOST = 0.25
#: Of its own text, what a page header or a footer inside the text must have in links.
_LINKED = 0.3
_FEWEST_ENTRIES = 3  # of a table of contents, or of a block of links
_SENTENCE = 8  # words in one run of text, which no menu has
_MOSTLY = 0.8  # of the entries of a table of contents that are headings of the text
_MOSTLY_LINKS = 0.5
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_ROLES = frozenset(
    "alertdialog banner complementary contentinfo dialog menu menubar navigation search".split()
)
# The containers of consent dialogues, by the names their makers give them.
_CONSENT = re.compile(
    r"\b(?:onetrust|ot-sdk|cybotcookiebot|cookiebot|usercentrics|didomi|truste|osano|iubenda|qc-cmp"
    r"|cookie[-_]?(?:banner|bar|consent|dialog|law|modal|notice|popup)"
    r"|consent[-_]?(?:banner|dialog|manager|modal|popup))",
    re.IGNORECASE,
)


def remove_chrome(region: Sequence[PageElement]) -> None:
    """Take out of `region` (the parts of a parsed page) what is not the text."""
    roots = [part for part in region if isinstance(part, Tag)]
    most = _MOST * sum(_prose(root) for root in roots)
    for root in roots:
        for element in list(_candidates(root)):
            if element.parent is not None and _prose(element) <= most:
                element.extract()
        _trim(root)


def _candidates(root: Tag) -> Iterator[Tag]:
    return (element for element in root.find_all(True) if _is_chrome(element))


def _is_chrome(element: Tag) -> bool:
    if element.name in {"nav", "aside"} or element.get("role") in _ROLES:
        return True
    if element.get("aria-modal") == "true" or _CONSENT.search(_names(element)):
        return True
    if element.name in {"header", "footer"}:
        return _link_share(element) >= _LINKED or not element.find_parent(["main", "article"])
    return element.name in {"ul", "ol"} and _is_contents(element)


def _names(element: Tag) -> str:
    classes = element.get("class")
    return " ".join([str(element.get("id") or ""), *(classes if isinstance(classes, list) else ())])


def _is_contents(listing: Tag) -> bool:
    """A table of contents: nothing but links to places on the page."""
    links = listing.find_all("a")
    return (
        len(links) >= _FEWEST_ENTRIES
        and all(str(link.get("href", "")).startswith("#") for link in links)
        and _prose(listing) == 0
    )


def _link_share(element: Tag) -> float:
    whole = _length(element.find_all(string=True))
    return 1 - _prose(element) / whole if whole else 1.0


def _prose(element: Tag) -> int:
    """Characters of text that is neither link nor button."""
    return _length(
        text for text in element.find_all(string=True) if text.find_parent(["a", "button"]) is None
    )


def _length(texts: Iterable[NavigableString]) -> int:
    return sum(len(text.strip()) for text in texts)


# ── the edges ─────────────────────────────────────────────────────────────────────


def _trim(root: Tag) -> None:
    """Take out the blocks of links and of headings before the first sentence and after the last."""
    texts = [text for text in root.find_all(string=True) if text.strip()]
    spoken = [n for n, text in enumerate(texts) if _is_sentence(text)]
    if not spoken:
        return
    titles = {h.get_text(" ", strip=True) for h in root.find_all(_HEADINGS)}
    before, after = texts[: spoken[0]], texts[spoken[-1] + 1 :]
    for edge in (before, after):
        for block in _blocks(edge, root):
            if _is_furniture(block, titles):
                block.extract()


def _is_sentence(text: NavigableString) -> bool:
    return len(text.split()) >= _SENTENCE and text.find_parent(["a", "button"]) is None


def _blocks(edge: Sequence[NavigableString], root: Tag) -> list[Tag]:
    """The largest elements below `root` that hold texts of this edge and nothing else."""
    own = {id(text) for text in edge}
    found: dict[int, Tag] = {}
    for text in edge:
        block: Tag | None = None
        for parent in text.parents:
            if parent is root or not _holds_only(parent, own):
                break
            block = parent
        if block is not None:
            found[id(block)] = block
    return list(found.values())


def _holds_only(element: Tag, own: set[int]) -> bool:
    return all(id(text) in own for text in element.find_all(string=True) if text.strip())


def _is_furniture(block: Tag, titles: set[str]) -> bool:
    if block.find(_HEADINGS) is not None or block.name in _HEADINGS:
        return False
    texts = [text.strip() for text in block.find_all(string=True) if text.strip()]
    repeated = sum(text in titles for text in texts)
    is_contents = len(texts) >= _FEWEST_ENTRIES and repeated >= _MOSTLY * len(texts)
    return is_contents or (
        len(block.find_all("a")) >= _FEWEST_ENTRIES and _link_share(block) >= _MOSTLY_LINKS
    )
