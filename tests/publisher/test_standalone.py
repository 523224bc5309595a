"""Pages of HTML that need nothing else: whole, valid, exact, and harmless."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from tests.factories import (
    NASTY,
    TOPICS,
    every_kind,
    everything,
    heron,
    heron_eu,
    history,
    hostile,
    never_seen,
)
from tracker.differ import revise
from tracker.model import Op
from tracker.publisher import standalone

_VOID = {"meta", "br"}


class Page(HTMLParser):
    """What a browser makes of a page: its text, its tags in balance, what it asks for."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.shown: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        self.addresses += [v or "" for name, v in attrs if name in {"src", "href", "action"}]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.shown.append((self.open[-1] if self.open else "", data))

    @property
    def text(self) -> str:
        return "".join(text for tag, text in self.shown if tag != "style")


def compared(whole: bool = False) -> str:
    revision = revise(heron().versions[0], heron_eu().versions[-1], TOPICS)
    return standalone.compare(revision, TOPICS, whole=whole)


REVISIONS = [r for h in everything() for r in h.revisions]
ALL = [
    standalone.log(everything(), TOPICS),
    standalone.log([never_seen()], TOPICS),
    compared(),
    compared(whole=True),
    *(standalone.diff(r, TOPICS) for r in REVISIONS),
    *(standalone.compare(r, TOPICS, whole=True) for r in REVISIONS),
    *(standalone.show(v) for h in everything() for v in h.versions),
]


@pytest.mark.parametrize("html", ALL, ids=range(len(ALL)))
def test_a_page_is_whole_and_asks_for_nothing(html: str) -> None:
    page = Page(html)
    assert html.lstrip().startswith("<!DOCTYPE html>")
    assert page.addresses == []
    assert not {"script", "img", "link", "iframe", "a"} & set(page.tags)
    assert [page.tags.count(tag) for tag in ("title", "h1", "style")] == [1, 1, 1]


@pytest.mark.parametrize("number", range(len(REVISIONS)))
def test_a_redline_holds_what_went_and_what_came(number: int) -> None:
    revision = REVISIONS[number]
    page = Page(standalone.diff(revision, TOPICS))
    for op, tag in ((Op.DELETE, "del"), (Op.INSERT, "ins")):
        spans = [s for c in revision.changes for s in c.redline if s.op is op]
        assert sum(shown == tag for shown, _ in page.shown) == len(spans)


def test_a_redline_has_marks_in_its_text() -> None:
    text = Page(standalone.diff(heron().revisions[0], TOPICS)).text
    assert "club, and to [−nobody else−][+our advertising partners+]." in text
    assert "In force from 12 March 2025." in text
    assert "Generative AI (" in text


def test_two_texts_stand_side_by_side_each_with_its_own_words_only() -> None:
    html = standalone.compare(heron().revisions[0], TOPICS, whole=False)
    row = next(line for line in html.splitlines() if "nobody else" in line)
    left, right = row.split("</td><td")
    assert "nobody else" in left
    assert "advertising partners" not in left
    assert "advertising partners" in right
    assert "nobody else" not in right
    assert "Write to the keeper" not in html
    assert "Write to the keeper" in standalone.compare(heron().revisions[0], TOPICS, whole=True)


def test_texts_that_agree_and_logs_without_a_revision_say_so() -> None:
    same = revise(heron().versions[0], heron().versions[0], TOPICS)
    assert "They say the same." in standalone.compare(same, TOPICS, whole=False)
    assert "Nothing changed." in standalone.diff(same, TOPICS)
    assert "No revision yet." in standalone.log([never_seen()], TOPICS)


def test_link_targets_are_shown_and_never_linked() -> None:
    text = Page(standalone.diff(every_kind().revisions[0], TOPICS)).text
    assert "− link https://heron.example/landings" in text
    assert "javascript:alert(5)" in Page(standalone.diff(hostile().revisions[0], TOPICS)).text


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_text_that_wants_to_be_more_stays_text(text: str) -> None:
    found = history("# Rules\nWe walk.", ["# Rules", "We walk.", text])
    page = Page(standalone.diff(found.revisions[0], TOPICS))
    assert set(page.tags) <= set("html head meta title style body h1 h2 p br del ins".split())
