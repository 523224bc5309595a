"""A body → a Reading: which part of the page is the document, and its clauses.

Rules measured on 40,956 real captures: `<noscript>` goes before parsing (one malformed tag
inside it hid a whole page), nothing is dropped for `aria-hidden` (a consent dialog sets it on
everything), only outermost matches of a selector count, and where no selector is declared
`main`, `[role=main]`, `article`, `body` is tried in this order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from tracker._support.budget import limited
from tracker.extractor import lxml_reader
from tracker.extractor.boilerplate import remove_boilerplate
from tracker.extractor.decode import decode
from tracker.extractor.formats import is_pdf
from tracker.extractor.hidden_parts import remove_unseen
from tracker.extractor.limits import check_markdown, check_markup, check_text
from tracker.extractor.main_text import narrow
from tracker.extractor.media import is_markdown, is_plain
from tracker.extractor.mhtml import page_in
from tracker.extractor.nodes import Parts
from tracker.extractor.normalise import display
from tracker.extractor.segment import segment
from tracker.extractor.shadow_roots import open_shadow_roots
from tracker.model import Clause, Reading, Selector, Source, Unit

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore

# What is raw text to a browser: a tag that stands in one of these is no tag.
_RAW = re.compile(r"<(noscript|script|style|iframe)\b|<!(--)", re.IGNORECASE)
_END = {
    "--": re.compile(r"--!?>|(?<=<!--)>"),
    **{
        n: re.compile(rf"</{n}\b[^<>]*>", re.IGNORECASE)
        for n in ("noscript", "script", "style", "iframe")
    },
}
#: A page that its server calls plain text.
_IS_MARKUP = re.compile(r"\s*+<(?:!doctype|html|head|body|!--)", re.IGNORECASE)
#: What may end a paragraph: beginnings of blocks, and ends of what is around it.
_ENDS_PARAGRAPH = re.compile(
    r"<(/?)(p|address|article|aside|blockquote|body|center|dd|details|dialog|dir|div|dl|dt|fieldset"
    r"|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|li|main|menu|nav|ol|pre|search|section"
    r"|summary|table|td|th|ul)(?=[\s/>])[^>]{0,2000}>",
    re.IGNORECASE,
)
_MARKS = r"(?:[^\s<>\"']|\s(?!srcdoc)|\"[^\"]*+\"|'[^']*+')*"
#: The page in a frame that is written in the page around it.
_INNER = re.compile(
    rf"<iframe(?=[\s/])(?P<before>{_MARKS})\ssrcdoc\s*+=\s*+(?:\"(?P<one>[^\"]*+)\"|'(?P<two>[^']*+)')"
    rf"(?P<after>{_MARKS})>",
    re.IGNORECASE,
)
_HEAD = re.compile(r"<!doctype[^>]{0,200}>|</?(?:html|head|body)\b[^>]{0,500}>", re.IGNORECASE)
_DEEPEST = 3  # frames within frames
#: To the parser these two end where a block begins, which to a browser they do not.
_STRUCK = re.compile(r"<(/?)(?:s|strike)(?=[\s/>])", re.IGNORECASE)
_STRAY_BREAK = re.compile(r"</br\s*+/?>", re.IGNORECASE)


@limited("Reading the page")
def read(body: bytes, media: str, source: Source | None, *, bounded: bool = False) -> Reading:
    """Read `body` (of Content-Type `media`) with the selectors of `source`, or by structure.

    A PDF has no elements to be selected: it is read whole.

    Raises `decode.Undecodable` where the bytes contradict their declared charset, or are a PDF
    whose letters cannot be read; and, only if `bounded`, `limits.TooLarge` for more than any text
    of terms has; and TooCostly.
    """
    return _read(body, media, source, bounded)


@lru_cache(maxsize=2)  # what was judged is remembered next
def _read(body: bytes, media: str, source: Source | None, bounded: bool) -> Reading:
    body, media = page_in(body, media)
    found = _pdf_parts(body) if is_pdf(body) else _page_parts(body, media, source, bounded)
    clauses = segment(found.runs, base_of(found.base, source))
    if bounded:
        check_text(clauses)
    title = _title(clauses) or display(found.title)
    return Reading(title, found.language, clauses, found.missing)


def _pdf_parts(body: bytes) -> Parts:
    from tracker.extractor import pdf  # most pages are none

    return pdf.parts(body)


def _page_parts(body: bytes, media: str, source: Source | None, bounded: bool) -> Parts:
    text = page_text(body, media, bounded=bounded)
    select, remove = (source.select, source.remove) if source else ((), ())
    return simple_parts(text, select, remove) or _by_reference(text, select, remove)


@lru_cache(maxsize=1)  # what the gate could not say yes to is read next
def simple_parts(
    text: str, select: tuple[Selector, ...], remove: tuple[Selector, ...]
) -> Parts | None:
    """Return the parts of a page that are the document, without chrome; None for the reference
    reading.

    They are for looking at only.
    """
    found = lxml_reader.parts(text, select, remove)
    return _shown(found, select) if found is not None else None


def _by_reference(text: str, select: tuple[Selector, ...], remove: tuple[Selector, ...]) -> Parts:
    from tracker.extractor import (
        bs4_reader as soup,  # beautifulsoup4 is loaded where it is needed only
    )

    return _shown(soup.parts(text, select, remove), select)


def _shown(found: Parts, select: tuple[Selector, ...]) -> Parts:
    """Return the parts as a reader sees them; without selectors, the text alone."""
    open_shadow_roots(found.runs)
    remove_unseen(found.runs)
    if select:
        return found
    remove_boilerplate(found.runs)
    return replace(found, runs=narrow(found.runs, found.title))


@lru_cache(maxsize=1)
def page_text(body: bytes, media: str, *, bounded: bool = False) -> str:
    """Return the characters of a page as they are parsed; raises what `read` does."""
    text = decode(body, media)
    if is_markdown(media):
        if bounded:
            check_markdown(text)
        text = f"<body>{_markdown().render(text)}</body>"
    elif is_plain(media) and not _IS_MARKUP.match(text):
        text = f"<body><pre>\n{escape(text, quote=False)}</pre></body>"
    text = _STRUCK.sub(r"<\1del", _without_noscript(text))
    if "</br" in text or "</BR" in text:
        text = _STRAY_BREAK.sub("<br>", text)
    if text.count("</p>") > text.count("<p>") + text.count("<p "):
        text = _with_stray_ends(text)
    if bounded:
        check_markup(text)
    return text


def _with_stray_ends(text: str) -> str:
    """`text` where the end of a paragraph that never began is an empty line, as in a browser."""
    is_open = False

    def ended(tag: re.Match[str]) -> str:
        nonlocal is_open
        is_end, is_paragraph = bool(tag[1]), tag[2].lower() == "p"
        is_stray = is_end and is_paragraph and not is_open
        is_open = is_paragraph and not is_end
        return "<br><br>" if is_stray else tag[0]

    return _ENDS_PARAGRAPH.sub(ended, text)


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Four spaces mean a nested list item in these texts, never program code.
    plain = MarkdownIt("commonmark", {"html": True, "maxNesting": 100})
    plain.core.ruler.push("numbers", _keep_numbers)
    return plain.enable("table").disable("code")


def _keep_numbers(state: StateCore) -> None:
    """Keep the number of an item that is written where a count breaks off: "9." and then "1.".

    To CommonMark the items of two lists that follow each other are those of one.
    """
    last: list[int] = []  # in each of the lists around
    for token in state.tokens:
        if token.type in {"ordered_list_open", "bullet_list_open"}:
            last.append(-1)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            last.pop()
        elif token.type == "list_item_open" and token.info:
            number = int(token.info)
            if last[-1] >= 0 and number not in (last[-1], last[-1] + 1):
                token.attrSet("value", token.info)
            last[-1] = number


def _without_noscript(text: str, depth: int = 0) -> str:
    """`text` without its `<noscript>` elements, and with the pages that are written in its frames.

    One that is never closed hides nothing.
    """
    kept, start, opened = [], 0, _RAW.search(text)
    while opened:
        name = (opened[1] or opened[2]).lower()
        closed = _END[name].search(text, opened.end())
        if closed is None:
            break
        inner = _inner_page(text, opened, depth) if name == "iframe" else ""
        if name == "noscript" or inner:
            kept += [text[start : opened.start()], inner]
            start = closed.end()
        opened = _RAW.search(text, closed.end())
    return "".join([*kept, text[start:]])


def _inner_page(text: str, opened: re.Match[str], depth: int) -> str:
    """Return the page that is written in a frame itself, as a part of the page around it."""
    frame = _INNER.match(text, opened.start()) if depth < _DEEPEST else None
    if frame is None:
        return ""
    page = _HEAD.sub("", unescape(frame["one"] or frame["two"] or ""))
    marks = f"{frame['before']} {frame['after'].rstrip('/')}"
    return f"<div {marks}>{_without_noscript(page, depth + 1)}</div>"


def base_of(href: str, source: Source | None) -> str:
    """Return what relative links of a page are relative to; `href` is that of its `<base>`, or
    empty.
    """
    page = source.url if source else ""
    try:
        return urljoin(page, href) if href else page
    except ValueError:
        return page


def _title(clauses: Sequence[Clause]) -> str:
    """Return the text's own name: its first top heading, or else its first heading."""
    headings = [c for c in clauses if c.unit is Unit.HEADING]
    return next((c.text for c in headings if c.level == 1), headings[0].text if headings else "")
