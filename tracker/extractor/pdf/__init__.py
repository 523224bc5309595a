"""PDF → the elements of its text.

glyphs      letters on a page → lines; in a child process, for a foreign file may do anything to it
lines       the lines, as the child tells them
margins     headers, footers and page numbers go
blocks      lines → paragraphs, points, headings and cells
hyphens     words across lines
layout      blocks → elements, which are cut into clauses as those of a page of HTML are
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tracker._support.isolated import Lost, isolated
from tracker.extractor.decode import Undecodable
from tracker.extractor.nodes import Parts
from tracker.extractor.pdf.blocks import blocks
from tracker.extractor.pdf.hyphens import words
from tracker.extractor.pdf.layout import elements
from tracker.extractor.pdf.lines import lines
from tracker.extractor.pdf.margins import without_margins

_WRONG = {
    "locked": "it is a PDF that opens only with a password",
    "broken": "it is a PDF that is damaged",
    "large": "it is a PDF with more pages or letters than any text of terms has",
}
_WAY_OUT = "declare a page that has the same text, or import one"
_FEW = 0.02  # of the letters of a PDF whose fonts do not say what they are


@dataclass(frozen=True, slots=True)
class _Told:
    """What the child says of a PDF; `note` is about what could not be read of it."""

    pages: tuple[dict[str, Any], ...]
    note: str


def parts(body: bytes) -> Parts:
    """Return the text of a PDF. Raises Undecodable where it has none that can be read."""
    pages = without_margins(lines(_told(body).pages))
    known = words(line.text for page in pages for line in page)
    return Parts("", None, "", (), (elements(blocks(pages), known),))


def note(body: bytes) -> str:
    """Return a sentence about what could not be read of a PDF that could; empty if all could."""
    return _told(body).note


@lru_cache(maxsize=2)
def _told(body: bytes) -> _Told:
    try:
        told = json.loads(isolated("tracker.extractor.pdf", body))
    except Lost as error:
        problem = "it is a PDF that takes too much time or memory to read, or cannot be read at all"
        raise Undecodable(f"{problem}; {_WAY_OUT}") from error
    if wrong := told.get("wrong"):
        raise Undecodable(f"{_WRONG[wrong]}; {_WAY_OUT}")
    pages = tuple(told["pages"])
    if problem := _problem(pages):
        raise Undecodable(f"{problem}; {_WAY_OUT}")
    return _Told(pages, _note(pages))


def _problem(pages: tuple[dict[str, Any], ...]) -> str:
    pictures = sum(page["picture"] for page in pages)
    if pictures and pictures >= len(pages) / 2:
        return "it is a PDF with pictures of its pages in place of text, as from a scanner"
    letters = sum(page["letters"] for page in pages)
    if sum(page["unknown"] for page in pages) > _FEW * letters:
        return "it is a PDF whose fonts do not say which letters they show"
    if not any(page["lines"] for page in pages):
        return "it is a PDF without text"
    return ""


def _note(pages: tuple[dict[str, Any], ...]) -> str:
    if any(page["recognised"] for page in pages):
        return "Its letters were recognised by a program in pictures of the pages."
    lost = [str(n) for n, page in enumerate(pages, 1) if page["picture"]]
    if lost:
        said = (
            f"Page {lost[0]} is a picture"
            if len(lost) == 1
            else f"Pages {', '.join(lost)} are pictures"
        )
        return f"{said} without text and could not be read."
    return ""
