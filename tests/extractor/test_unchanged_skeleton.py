"""What is seen in the characters of two pages: a yes is never wrong, and nonces get one."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.extractor.test_lxml_reader import markup, selectors
from tests.strategies import PAGE
from tracker.extractor import read
from tracker.extractor.decode import Undecodable, decode
from tracker.extractor.unchanged.skeleton import same_but_for_nonces
from tracker.model import Range, Source

HTML = "text/html; charset=utf-8"
TERMS = Source(PAGE, ("main",), (".note",))

NONCES = ("1f", "2e", "", "terms", "note", "x y", "cookie-banner", "a>b", "<b>", "--", '" href="/c',
          "'", "&amp;", "&#35;", "\0", "</script>", "<!--", "-->", "</p>", "none",
          "display")  # fmt: skip
# N is where the nonce goes, M another one: into what nobody reads, what somebody does, and what is
# hardly markup.
PLACES = (
    '<p id="N">', '<p class="x N">', '<p data-n="N">', '<P ID="N">', "<p id='N'>", "<p id=N>",
    '<p style="color:N">', '<p style="display:N">', '<p style="N:none">', '<del class="N">',
    '<p style="disp&#108;ay:none;color:N">', '<dialog id="N">', '<sup>N</sup>',
    '<p id="a" id="N">', '<p title="N" hidden>', '<a href="/b?trk=N">', '<a href="/bN">',
    '<a href="/b?x=1&amp;trk=N&y=2">', '<a href="/b&num;c?trk=N">', '<a href="#c?trk=N">',
    '<a href="/b?trk=N" href="/N">', '<link href="/b?trk=N">', '<base href="/b?trk=N">',
    '<div role="N">', '<div role=heading aria-level="N">', '<div aria-expanded="N">',
    '<div aria-expanded="true" aria-controls="N">', '<td rowspan="N">', '<b data-cfemail="42N">',
    '<script nonce="N">', "<script>N</script>", '<script>"<p id="N">"</script>', "</script>",
    "<style>N</style>", "<!-- N -->", "<!--N", "-->", "<!-->", "<!--->", "<!---->", "<!---->N",
    '<p title="<!-- N -->">',
    '<p title="<script>N</script>">', '<p title="a id=" class="N">', "<p title=' id=\"N\"'>",
    '<p title="', "<p title='", '">', "'>", "<title>N</title>", '<title><p id="N"></title>',
    '<textarea><p id="N"></textarea>', "<textarea>", "</textarea>", '<noscript><p id="N">',
    "</noscript>", "<noscript>N</noscript>", "<scr<noscript></noscript>ipt>", "<xmp>", "</xmp>",
    "<plaintext>", "<![CDATA[ N ]]>", "<?x N?>", "</N>", "<N>", "<p N>", "<p =N>", "<p/id=\"N\"/>",
    '<html lang="N">', '<html id="N">', '<meta charset="N">', '<meta id="N">', "<svg><style>N",
    "<svg><title>N</title></svg>", '<script id="N"></script>', '<button id="N">More</button>',
    "a < b", "N", 'p id="N"', "We share data with partners when the law asks for it. ",
    '<a href="/b?trk=M">', '<p id="M">', "<b id='M'>", "(a) You may", "M",
    "<script><!--N</script>", "<script><!--<script></script>N-->", "</scriptN>",
    "<iframe>N</iframe>", "<main>", "<p>", "</p>", "</a>", "<h1>Terms</h1>", "<ul><li>", "<footer>",
)  # fmt: skip
templates = st.lists(st.one_of(st.sampled_from(PLACES), st.sampled_from(PLACES[:10])), max_size=9)
sources = st.one_of(
    st.none(),
    st.just(TERMS),
    st.builds(lambda s: Source(PAGE, (s,)), selectors),
    st.builds(lambda s, r: Source(PAGE, (s,), (r,)), selectors, selectors),
)


def alike(one: str, other: str, source: Source | None) -> bool:
    first, second = (decode(page.encode(), HTML) for page in (one, other))
    return same_but_for_nonces(first, second, source)


def holds(one: str, other: str, source: Source | None) -> None:
    """That a yes means one reading."""
    try:
        if alike(one, other, source):
            assert read(one.encode(), HTML, source) == read(other.encode(), HTML, source)
    except Undecodable:
        pass


@settings(max_examples=1000)
@given(templates, st.sampled_from(NONCES), st.sampled_from(NONCES), sources)
@example(['<p title="<!-- N -->">', "x"], "1f", "2e", None)
@example(["<title>N</title>", "x"], "1f", "2e", TERMS)
@example(['<p id="N">', "We share."], "terms", "2e", Source(PAGE, ("#terms",)))
@example(['<p id="N">', "We share."], "cookie-banner", "2e", None)
@example(["<script><!--<script></script>N-->", "x"], "1f", "2e", None)
def test_a_nonce_that_is_not_seen_changes_no_reading(
    template: list[str], one: str, other: str, source: Source | None
) -> None:
    for page in (f"<html><main>{''.join(template)}", "".join(template)):
        first, second = page.replace("M", other), page.replace("M", one)
        holds(first.replace("N", one), second.replace("N", other), source)


@given(markup.map("".join), markup.map("".join), sources)
def test_nor_do_two_pages_have_one_reading_by_mistake(
    one: str, other: str, source: Source | None
) -> None:
    holds(one, other, source)


@settings(max_examples=500)
@given(st.lists(st.sampled_from(PLACES), max_size=6), st.data(), sources)
def test_nor_does_any_word_in_place_of_another(
    template: list[str], data: st.DataObject, source: Source | None
) -> None:
    page = f"<html><main>{''.join(template)}"
    words = sorted({w[n:] for w in re.findall("[A-Za-z0-9]+", page) for n in range(len(w))})
    one = data.draw(st.sampled_from(words))
    other = data.draw(st.sampled_from([*words, "q", "terms", "note", "script", "cookiebar", "1"]))
    holds(page, page.replace(one, other), source)


@settings(max_examples=500)
@given(templates, st.integers(0, 20), sources)
@example(['<p data-n="N">', "<button>", "We may sell it", "</button>"], 2, None)
def test_nor_does_a_tag_that_lacks_its_end(
    template: list[str], place: int, source: Source | None
) -> None:
    page = f"<html><main>{''.join(template)}</main>"
    ends = [n for n, character in enumerate(page) if character == ">"]
    end = ends[place % len(ends)]
    holds(page.replace("N", "2e"), (page[:end] + page[end + 1 :]).replace("N", "1f"), source)


def noisy(nonce: str) -> str:
    return (
        f'<!DOCTYPE html><html lang=en><head><title>Terms</title><script nonce="{nonce}">'
        f'if (a < 3) b("{nonce}");</script><style>p {{}}</style></head><body><!---->'
        f'<!-- {nonce} --><main id="m{nonce}"><h1 data-id="{nonce}">Terms</h1><p id="{nonce}" '
        f'class="c {nonce}">A '
        f'<a href="/b?x=1&amp;trk={nonce}">berth</a>.<br/></p><button aria-expanded="true" '
        f'aria-controls="{nonce}">More</button></main></body></html>'
    )


@pytest.mark.parametrize(
    "source", [None, TERMS, Source(PAGE, ("#terms", "main > p.legal"), (".note, #b",))]
)
def test_what_no_reader_sees_is_passed_over(source: Source | None) -> None:
    assert alike(noisy("1f"), noisy("2e"), source)
    assert alike(noisy("1f"), noisy("1f"), source)
    one, other = (noisy(n).replace('<p id="', f'<p id="{n[::-1]}') for n in ("1f", "2e"))
    assert alike(one, other, source)  # more than one word has changed


@pytest.mark.parametrize(
    ("old", "new"),
    [("berth", "bed"), ("/b?", "/c?"), ("<h1", "<h2"), ("lang=en", "lang=fr"), ("x=1", "x=2"),
     ('aria-expanded="true" ', ""), (".<br/>", ".<br>"), ("<title>Terms", "<title>Rules"),
     ('id="1f"', 'id="terms"'), ('"c 1f"', '"c terms"'), ("<p ", "<p hidden "),
     ('id="1f"', 'id="&#116;erms"'), ("?x=1&amp;", "?x=1&num;"), ("<!-- 1f", "<!-- 1f --"),
     ('("1f")', '("<!--")'), ("</style>", "</stylex></style>"), ("berth", "<b>erth"),
     ("</main>", "</main><noscript>"), ("</main>", "\0</main>")],
)  # fmt: skip
def test_what_might_be_seen_is_left_to_a_parser(old: str, new: str) -> None:
    source = Source(PAGE, ("#terms",), (".terms",))
    assert not alike(noisy("1f"), noisy("1f").replace(old, new), source)


def test_text_before_the_first_tag_is_no_tag() -> None:
    one, other = (f'p id="{nonce}"<p>We keep it.</p>' for nonce in ("1f", "2e"))
    assert not alike(one, other, None)
    assert alike(f"{one}<b>", f"{one}<b>", None)


@pytest.mark.parametrize(
    "source",
    [Source(PAGE, ("[id=x]",)), Source(PAGE, ("p:first-child",)), Source(PAGE, ("#m\\:1",)),
     Source(PAGE, (), (Range("h1", "p", True, True),))],
)  # fmt: skip
def test_a_selector_that_may_ask_for_anything_is_left_to_a_parser(source: Source) -> None:
    assert not alike(noisy("1f"), noisy("1f"), source)
