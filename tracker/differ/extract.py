"""A body → a Reading: which part of the page is the document, and its clauses.

beautifulsoup4 over lxml is the reference parser. Rules measured on 40,956 real captures:
`<noscript>` goes before parsing (one malformed tag inside it hid a whole page), nothing is
dropped for `aria-hidden` (a consent dialog sets it on everything), only outermost matches of a
selector count, and where no selector is declared `main`, `[role=main]`, `article`, `body` is
tried in this order.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from urllib.parse import urljoin

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, PageElement, Tag
from bs4.builder import XMLParsedAsHTMLWarning
from markdown_it import MarkdownIt

from tracker.differ.chrome import remove_chrome
from tracker.differ.decode import decode
from tracker.differ.normalise import decode_email, display, without_counters
from tracker.differ.segment import segment
from tracker.model import Clause, Range, Reading, Selector, Source, Unit, digest

#: Raised whenever the same body may give other clauses; part of every cache key.
EXTRACTOR = "2"

# What is raw text to a browser: a tag that stands in one of these is no tag.
_RAW = re.compile(r"<(noscript|script|style)\b|<!(--)", re.IGNORECASE)
_END = {
    "--": re.compile(r"--!?>|(?<=<!--)>"),
    **{n: re.compile(rf"</{n}\b[^<>]*>", re.IGNORECASE) for n in ("noscript", "script", "style")},
}
_STRUCTURE = ("main", "[role=main]", "article", "body")
_DROP = "script, style, template, svg, iframe, object, input, select, textarea"
# Four spaces mean a nested list item in these texts, never program code.
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": True, "maxNesting": 100}).enable("table").disable("code")
)


def read(body: bytes, media: str, source: Source | None) -> Reading:
    """Read `body` (of Content-Type `media`) with the selectors of `source`, or by structure.

    Raises `differ.decode.Undecodable` where the bytes contradict their declared charset.
    """
    text = decode(body, media)
    if media.startswith("text/markdown"):
        text = f"<body>{_MARKDOWN.render(text)}</body>"
    soup = _parse(_without_noscript(text))
    page_title = display(soup.title.get_text()) if soup.title else ""
    language = soup.html.get("lang") if soup.html else None
    _restore_emails(soup)
    select, remove = (source.select, source.remove) if source else ((), ())
    missing = tuple(_name(s) for s in select if not _matches(soup, s))
    base = _base(soup, source)
    for element in soup.select(_DROP) + [e for s in remove for e in _matches(soup, s)]:
        element.extract()
    region = _region(soup, select)
    if not select:
        remove_chrome(region)
    clauses = segment(region, base)
    title = _title(clauses) or page_title
    return Reading(title, language if isinstance(language, str) else None, clauses, missing)


def _without_noscript(text: str) -> str:
    """`text` without its `<noscript>` elements; one that is never closed hides nothing."""
    kept, start, opened = [], 0, _RAW.search(text)
    while opened:
        name = (opened[1] or opened[2]).lower()
        closed = _END[name].search(text, opened.end())
        if closed is None:
            break
        if name == "noscript":
            kept.append(text[start : opened.start()])
            start = closed.end()
        opened = _RAW.search(text, closed.end())
    return "".join([*kept, text[start:]])


def _parse(text: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        # That a page looks like a file name or like XML is no news to whoever reads our output.
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(text, "lxml")


def text_digest(clauses: Iterable[Clause]) -> str:
    """Identifies what a reader would read: the words, numbers and link targets, in order.

    A counter ("updated 3 days ago") is no part of it: by it a page would never be the same.
    """
    lines = (
        "\x1f".join([c.number, without_counters(c.key), *(link.target for link in c.links)])
        for c in clauses
    )
    return digest("\x1e".join(lines).encode("utf-8", "surrogatepass"))


def _base(soup: BeautifulSoup, source: Source | None) -> str:
    page = source.url if source else ""
    base = soup.find("base", href=True)
    try:
        return urljoin(page, str(base["href"])) if isinstance(base, Tag) else page
    except ValueError:
        return page


def _name(selector: Selector) -> str:
    return selector if isinstance(selector, str) else f"{selector.start} … {selector.end}"


def _title(clauses: Sequence[Clause]) -> str:
    """The text's own name: its first top heading, or else its first heading."""
    headings = [c for c in clauses if c.unit is Unit.HEADING]
    return next((c.text for c in headings if c.level == 1), headings[0].text if headings else "")


def _restore_emails(soup: BeautifulSoup) -> None:
    for element in soup.select("[data-cfemail]"):
        element.string = decode_email(str(element["data-cfemail"]))


def _region(soup: BeautifulSoup, select: Sequence[Selector]) -> list[PageElement]:
    """The outermost parts of the page that are the document, in document order."""
    if select:
        return _outermost(soup, {id(e) for s in select for e in _matches(soup, s)})
    for css in _STRUCTURE:
        found = _outermost(soup, set(map(id, soup.select(css))))
        if any(isinstance(e, Tag) and e.get_text(strip=True) for e in found):
            return found
    return []


def _outermost(soup: BeautifulSoup, chosen: set[int]) -> list[PageElement]:
    """The chosen parts (by identity) that stand in no other, in document order."""
    parts: list[PageElement] = []
    node = soup.contents[0] if soup.contents else None
    while node is not None:
        inside = id(node) in chosen
        if inside:
            parts.append(node)
        node = _after(node) if inside else node.next_element
    return parts


def _after(node: PageElement) -> PageElement | None:
    """What follows `node` and everything in it, in document order."""
    while node.next_sibling is None:
        if node.parent is None:
            return None
        node = node.parent
    return node.next_sibling


def _matches(soup: BeautifulSoup, selector: Selector) -> Sequence[PageElement]:
    return soup.select(selector) if isinstance(selector, str) else _between(soup, selector)


def _between(soup: BeautifulSoup, span: Range) -> list[PageElement]:
    """The elements and bare texts wholly between the two ends of a range selector."""
    start, end = soup.select_one(span.start), soup.select_one(span.end)
    if start is None or end is None:
        return []
    node = start if span.start_included else _after(start)
    stop = _after(end) if span.end_included else end
    within = {id(p) for p in (stop.parents if stop is not None else ())}
    found: list[PageElement] = []
    while node is not None and node is not stop:
        if id(node) not in within:
            found.append(node)
        node = node.next_element
    return found if node is stop else []
