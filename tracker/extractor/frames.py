"""Pages that show their document in a frame: another page within them, at an address of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from tracker.extractor.main_text import names_terms
from tracker.extractor.styles import is_hidden
from tracker.extractor.wall_pages import weight_of_terms
from tracker.model import Reading

_FRAMES = {"iframe": "src", "frame": "src", "embed": "src", "object": "data"}
_HAS_FRAME = re.compile(r"<(?:i?frame|embed|object)\b", re.IGNORECASE)
_NAMED = ("title", "name", "id", "class", "aria-label")
_WEB = re.compile(r"(?!(?:about|data|javascript|blob|mailto):)\s*+\S", re.IGNORECASE)
_TINY = re.compile(r"\s*+[01]?(?:px)?\s*+", re.IGNORECASE)
_SHORT = 600  # letters of a page around a frame
#: So much of terms is a document, whatever stands in a frame beside it; more where its name or its
#: address says that the document stands there.
_ENOUGH, _ENOUGH_BESIDE_NAMED = 2, 5


def framed(text: str, page: Reading) -> str:
    """Return the address, as written, of the frame in which a page shows its document; else empty.

    `page` is what is read of it besides.
    """
    texts = [clause.key for clause in page.clauses]
    if sum(map(len, texts)) >= _SHORT or not _HAS_FRAME.search(text):
        return ""
    weight = weight_of_terms(texts)
    for address, name in _frames(text):
        if weight < (_ENOUGH_BESIDE_NAMED if names_terms(name) else _ENOUGH):
            return address
    return ""


def _frames(text: str) -> Iterator[tuple[str, str]]:
    """Yield the frames that a reader sees: their addresses, and all that they are called."""
    parser = etree.HTMLParser()
    try:
        parser.feed(text)
        root: Any = parser.close()
    except (etree.LxmlError, ValueError):
        return
    for element in root.iter(*_FRAMES) if root is not None else ():
        marks: Mapping[str, str] = element.attrib
        address = (marks.get(_FRAMES[element.tag]) or "").strip()
        if _WEB.match(address) and not _is_unseen(element):
            names = [marks.get(mark) or "" for mark in _NAMED]
            yield address, " ".join(re.split(r"[\W_]+", " ".join([address, *names])))


def _is_unseen(element: Any) -> bool:
    marks = element.attrib
    is_tiny = any(_TINY.fullmatch(marks[side]) for side in ("width", "height") if marks.get(side))
    return is_tiny or any(is_hidden(e.attrib) for e in (element, *element.iterancestors()))
