"""The reference reading of a page: beautifulsoup4 over lxml, with every kind of selector."""

from __future__ import annotations

import warnings
from collections.abc import Container, Iterable, Sequence
from itertools import groupby

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, NavigableString, PageElement, Tag
from bs4.builder import XMLParsedAsHTMLWarning
from bs4.element import PreformattedString
from soupsieve import SelectorSyntaxError

from tracker.extractor.nodes import DROPPED, STRUCTURE, Node, Parts, is_dropped
from tracker.extractor.normalise import decode_email
from tracker.extractor.page_rules import Rule, has_rules, merged, rules
from tracker.extractor.selectors import compile_one
from tracker.model import Range, Selector


def parts(text: str, select: Sequence[Selector], remove: Sequence[Selector]) -> Parts:
    """Return what `text` is as a page, and the parts of it that are the document."""
    soup = _parse(text)
    title = soup.title.get_text() if soup.title else ""
    language = soup.html.get("lang") if soup.html else None
    base = soup.find("base", href=True)
    _restore_emails(soup)
    _style(soup, text)
    missing = tuple(_name(s) for s in select if not _matches(soup, s))
    # Where to begin or to end cannot be seen, so that more, or less, would be taken for the text.
    missing += tuple(_name(s) for s in remove if isinstance(s, Range) and not _has_ends(soup, s))
    dropped = [e for e in soup.find_all(sorted(DROPPED)) if is_dropped(e.name, e.attrs)]
    unwanted = {id(e) for e in (*dropped, *(e for s in remove for e in _matches(soup, s)))}
    # Only the outermost: to take one out of another costs a walk down each time.
    for element in _outermost(soup, unwanted):
        element.extract()
    region = _region(soup, select)
    return Parts(
        title,
        language if isinstance(language, str) else None,
        str(base["href"]) if isinstance(base, Tag) else "",
        missing,
        tuple(_nodes(run) for _, run in groupby(region, key=lambda e: id(e.parent))),
    )


def _parse(text: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        # That a page looks like a file name or like XML is no news to whoever reads our output.
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(text, "lxml")


def _name(selector: Selector) -> str:
    return selector if isinstance(selector, str) else f"{selector.start} … {selector.end}"


def _restore_emails(soup: BeautifulSoup) -> None:
    for element in soup.select("[data-cfemail]"):
        element.string = decode_email(str(element["data-cfemail"]))


def _style(soup: BeautifulSoup, text: str) -> None:
    """Give elements the style that the page's own rules give them."""
    sheets = [e for e in soup.find_all("style") if has_rules(e.get_text())]
    about: dict[int, tuple[Tag, list[Rule]]] = {}
    for scope in {id(_scope(e)): _scope(e) for e in sheets}.values():
        given = [(str(e.get("media", "")), e.get_text()) for e in sheets if _scope(e) is scope]
        for rule in rules(given, text):
            for element in _about(soup, rule):
                if _scope(element) is scope:
                    about.setdefault(id(element), (element, []))[1].append(rule)
    for element, matching in about.values():
        element["style"] = merged(str(element.get("style", "")), matching)


def _about(soup: BeautifulSoup, rule: Rule) -> Sequence[Tag]:
    """Return what a rule is about; nothing for one that the other reading would pass over."""
    if not rule.hides and compile_one(rule.selector) is None:
        return ()
    try:
        return soup.select(rule.selector)
    except (SelectorSyntaxError, NotImplementedError):
        return ()


def _scope(element: Tag) -> Tag | None:
    """Return the shadow root that an element stands in, if it does."""
    return element.find_parent("template")


def _nodes(run: Iterable[PageElement]) -> tuple[Node | str, ...]:
    """Return the elements and texts of a run as plain nodes; comments are left out."""
    holder = Node("", {}, None)
    waiting: list[tuple[Node, Iterable[PageElement]]] = [(holder, run)]
    while waiting:
        node, inside = waiting.pop()
        for child in inside:
            if isinstance(child, Tag):
                attributes = {k: v if isinstance(v, str) else " ".join(v)
                              for k, v in child.attrs.items()}  # fmt: skip
                inner = Node(child.name, attributes, node)
                node.children.append(inner)
                waiting.append((inner, child.contents))
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                node.children.append(str(child))
    return tuple(holder.children)


def _region(soup: BeautifulSoup, select: Sequence[Selector]) -> list[PageElement]:
    """Return the outermost parts of the page that are the document, by selectors and in their
    order.
    """
    if select:
        chosen = _ranked([_matches(soup, s) for s in select])
        return sorted(_outermost(soup, chosen), key=lambda e: chosen[id(e)])
    for css in STRUCTURE:
        found = _outermost(soup, set(map(id, soup.select(css))))
        if any(isinstance(e, Tag) and e.get_text(strip=True) for e in found):
            return found
    return []


def _ranked(found: Sequence[Sequence[PageElement]]) -> dict[int, int]:
    """Return the chosen parts (by identity) with the first selector that chose them, or part of
    them.
    """
    ranked = [*enumerate(found)]
    ranks = {id(e): rank for rank, matches in reversed(ranked) for e in matches}
    for rank, matches in ranked if len(found) > 1 else ():
        for around in (a for e in matches for a in e.parents):
            if ranks.get(id(around), 0) > rank:
                ranks[id(around)] = rank
    return ranks


def _outermost(soup: BeautifulSoup, chosen: Container[int]) -> list[PageElement]:
    """Return the chosen parts (by identity) that stand in no other, in document order."""
    parts: list[PageElement] = []
    node = soup.contents[0] if soup.contents else None
    while node is not None:
        inside = id(node) in chosen
        if inside:
            parts.append(node)
        node = _after(node) if inside else node.next_element
    return parts


def _after(node: PageElement) -> PageElement | None:
    """Return what follows `node` and everything in it, in document order."""
    while node.next_sibling is None:
        if node.parent is None:
            return None
        node = node.parent
    return node.next_sibling


def _matches(soup: BeautifulSoup, selector: Selector) -> Sequence[PageElement]:
    return soup.select(selector) if isinstance(selector, str) else _between(soup, selector)


def _ends(soup: BeautifulSoup, span: Range) -> tuple[Tag | None, Tag | None]:
    return soup.select_one(span.start), soup.select_one(span.end)


def _has_ends(soup: BeautifulSoup, span: Range) -> bool:
    return all(end is not None for end in _ends(soup, span))


def _between(soup: BeautifulSoup, span: Range) -> list[PageElement]:
    """Return the elements and bare texts wholly between the two ends of a range selector."""
    start, end = _ends(soup, span)
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
