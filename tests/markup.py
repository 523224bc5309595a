"""Feeds and the bodies in them, taken apart for the tests of what is published."""

from __future__ import annotations

from html.parser import HTMLParser

from lxml import etree

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
A = "{http://www.w3.org/2005/Atom}"
ATOM = f"{A}link"
#: What every reader's sanitizer lets through.
TAGS = {"p", "strong", "em", "del", "ins", "blockquote", "ul", "li", "a", "code", "br"}


def items(data: bytes) -> list[etree._Element]:
    """The items of an RSS feed."""
    return list(etree.fromstring(data).findall("channel/item"))


def bodies(data: bytes) -> list[str]:
    return [i.findtext(CONTENT) for i in items(data)]


def titles(data: bytes) -> list[str]:
    return [i.findtext("title") for i in items(data)]


def guids(data: bytes) -> list[str]:
    return [i.findtext("guid") for i in items(data)]


class Body(HTMLParser):
    """The tags, attributes and text of an item as a reader without a sanitizer has them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "br":
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")
