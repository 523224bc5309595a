"""The quick reading gives what the reference reading gives, or leaves the page to it."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.corpus import CORPUS, needs_corpus
from tests.strategies import PAGE
from tracker._support import budget
from tracker._support.budget import limited
from tracker.extractor import bs4_reader, lxml_reader
from tracker.extractor.decode import decode
from tracker.extractor.extract import _without_noscript
from tracker.extractor.nodes import Parts
from tracker.extractor.segment import segment
from tracker.importer import opened
from tracker.model import Clause, Range

Telling = tuple[str, str | None, str, tuple[str, ...], tuple[Clause, ...]]


def quickly(
    text: str, select: tuple[str, ...] = (), remove: tuple[str, ...] = ()
) -> Telling | None:
    found = lxml_reader.parts(text, select, remove)
    return (*_said(found), segment(found.runs, PAGE)) if found else None


def by_reference(text: str, select: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> Telling:
    found = bs4_reader.parts(text, select, remove)
    return (*_said(found), segment(found.runs, PAGE))


def _said(found: Parts) -> tuple[str, str | None, str, tuple[str, ...]]:
    return found.title, found.language, found.base, found.missing


NAMES = (
    "main article body html div p h1 h2 ul ol li table tr td th a b strong span br section details "
    "summary button title base template script svg rt ruby textarea select option noscript dl dt "
    "dd del s ins sup sub pre legend dialog"
).split()
ATTRIBUTES = (
    ' id=top', ' id="terms"', ' class="legal text"', " class=note", " role=main", " role=heading",
    ' href="/a?utm_source=x"', " aria-expanded=true", ' rowspan=2', " colspan=3",
    " hidden", " readonly", " shadowrootmode=open", ' style="display:none"',
    ' data-cfemail="422b2c242d02276c27"', ' data-cfemail="4242"', " lang=fr", ' class="prose-lg"',
)  # fmt: skip
WORDS = ("We share data. ", "(a) You may", "<!-- x -->", "2.1 Rules", " ", "\n", "&nbsp;", "é“x”")
opening = st.builds(
    lambda name, marks: f"<{name}{''.join(marks)}>",
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(ATTRIBUTES), max_size=2),
)
closing = st.sampled_from([f"</{name}>" for name in NAMES])
markup = st.lists(st.one_of(opening, opening, closing, st.sampled_from(WORDS)), max_size=30)
pages = st.one_of(markup.map("".join), st.text(max_size=30))
simple = st.sampled_from(
    """
    main p .note .text #terms #top [role=main] [class*="prose"] [class^='legal'] [href] [lang=fr]
    div.note li.text h2#top body html td [class$=text] [data-cfemail] DIV svg .legal.text
    """.split()
)
selectors = st.one_of(
    simple,
    st.builds("{} {}".format, simple, simple),
    st.builds("{} > {}".format, simple, simple),
    st.builds("{} > {} {}".format, simple, simple, simple),
    st.builds("{}, {}".format, simple, simple),
    st.sampled_from(["p:first-child", "p + p", "*", "main ~ p", ":is(p, li)", "[type=x]"]),
)
some = st.lists(selectors, max_size=2).map(tuple)


@given(pages, some, some)
@example("<p>a<rt>b</rt></p><main><rt>x</rt></main>", (), ())
@example("<main><p>a</p><!-- --> b <script>x</script> c</main>", (), ("p",))
@example("<div class=note><div class=note>a</div></div>", (".note",), (".note .note",))
@example(
    "<p class=note>a</p><div><p class=note>b</p></div> tail<p class=note>c</p>", (".note",), ()
)
@example("<main><template><p id=top>x</p></template></main>", ("#top",), ())
@example("<p>a</p></body>after<p>b</p>", (), ())
@example("We share data. </html><title><main>", (), ())
@example("<main></html><main>We share data. ", (), ())
@example('<rt data-cfemail="422b2c242d02276c27">', (), ())
@example("<rt><main>We share data. ", (), ())
@example('<p class=note>a</p></body></html><html class="note">', (".note",), ())
@example("<p lang=fr>a</p></body></html><html lang=fr><script lang=fr></script>", ("[lang]",), ())
@example('<a data-cfemail="4242">x</a>', (), ())
@example("<template><svg><title><main>", (), ())
def test_both_readings_are_one(text: str, select: tuple[str, ...], remove: tuple[str, ...]) -> None:
    found = quickly(text, select, remove)
    assert found is None or found == by_reference(text, select, remove)


@given(markup.map("".join), simple)
def test_simple_pages_are_read_quickly(text: str, select: str) -> None:
    # An address that may decode to what no tree can hold, a title where none belongs, a ruby,
    # and more after the end.
    is_odd = any(mark in text for mark in ('="4', "<title", "<rt", "</html"))
    assert is_odd or lxml_reader.parts(f"<main>x</main>{text}", (select,), ()) is not None


@pytest.mark.parametrize("depth", [150, 198, 199, 255, 256, 300, 3000])
def test_a_deep_nest_hides_nothing(depth: int) -> None:
    text = "<body>" + "<div>" * depth + "deep" + "</div>" * depth + "<p>After it all.</p>"
    found = quickly(text)
    assert (found is None) == (depth >= 199)
    assert found is None or "After it all." in [c.text for c in found[-1]]


@pytest.mark.parametrize(
    "selector",
    ["p:not(.x)", "p + p", "*", "a[rel=x]", "p >", "> p", "p >> a", "", " ", "p,", 'a[b="]"]c',
     "[type=text]", "p\\.x", "ns|p", "a[b=c i]", 'a[b="x,y"]', "p.1x", "a[b~=c]"],
)  # fmt: skip
def test_what_is_not_surely_understood_is_left_to_the_reference(selector: str) -> None:
    assert lxml_reader.parts("<p>x</p>", (selector,), ()) is None


def test_ranges_are_left_to_the_reference() -> None:
    assert lxml_reader.parts("<p>x</p>", (), (Range("p", "p", True, True),)) is None


@pytest.mark.corpus
@needs_corpus
@pytest.mark.parametrize(
    "bundle", ["linkedin-snapshots-fr", "linkedin-snapshots-hi", "other-snapshots"]
)
def test_both_readings_are_one_on_real_pages(bundle: str) -> None:
    """Every tenth page of the corpus."""
    with opened(str(CORPUS / f"{bundle}.bundle")) as repository:
        entries = list(islice(repository.entries, 0, None, 10))
        for entry, body in repository.bodies(entries):
            text = _without_noscript(decode(body, entry.media))
            for select, remove in (((), ()), (("#component-container", "article p"), ("nav > a",))):
                found = quickly(text, select, remove)
                assert found is not None
                assert found == by_reference(text, select, remove), (entry.type, entry.time)


def test_a_deep_nest_costs_what_it_is_deep() -> None:
    """Not its depth to the power of the steps of a selector."""
    page = "<div>" * 90 + "<p>x" * 20
    with limited("A deep nest", 10 - budget.SECONDS):
        found = lxml_reader.parts(
            page, ["section div div div div div div div p", "div > div div p"], ()
        )
    assert found is not None
    assert found.missing == ("section div div div div div div div p",)
