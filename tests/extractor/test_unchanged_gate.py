"""The gate never says that two pages read alike which do not, and says it of pages with nonces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.corpus import CORPUS, needs_corpus
from tests.extractor.test_lxml_reader import markup, selectors
from tests.strategies import PAGE
from tracker.extractor import read, reads_alike
from tracker.extractor.normalise import clean_target, differ_in_tracking
from tracker.importer import opened
from tracker.model import Source

HTML = "text/html; charset=utf-8"
MEDIA = (HTML, HTML)
TERMS = Source(PAGE, ("main",), (".note",))

values = st.sampled_from(
    [
        "",
        "1",
        "2",
        "x",
        "true",
        "false",
        "heading",
        "/a",
        "display:none",
        "display:block",
        "color:red",
        "text-decoration:line-through",
        "/a?trk=1",
        "/b",
    ]
)
names = st.sampled_from(
    "id class href role aria-level aria-expanded aria-controls aria-haspopup rowspan colspan nonce "
    "title hidden lang dir data-x aria-modal aria-hidden aria-labelledby style open".split()
)
elements = st.sampled_from(
    "p a div li h2 td button summary span ul nav footer b del sup pre dialog".split()
)
part = st.builds(
    lambda name, mark, value, text: f'<{name} {mark}="{value}">{text}</{name}>',
    elements,
    names,
    values,
    st.sampled_from(["We share data with partners when the law asks for it.", "x", "", "<!--n-->"]),
)
bodies = st.lists(part, min_size=1, max_size=5)


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[str, str]:
    """Two pages that differ in one part at most."""
    before = draw(bodies)
    after = list(before)
    after[draw(st.integers(0, len(after) - 1))] = draw(part)
    return tuple(f"<html><main>{''.join(side)}</main>" for side in (before, after))  # type: ignore[return-value]


sources = st.one_of(st.none(), st.just(TERMS), st.builds(lambda s: Source(PAGE, (s,)), selectors))


@given(neighbours(), sources)
@example(("<main><a href=/a?trk=1>x y</a>", "<main><a href=/a?trk=2>x y</a>"), None)
@example(("<main><p class=note>a</p>b</main>", "<main><p>a</p>b</main>"), TERMS)
@example(("<title>a</title><main>b", "<title>c</title><main>b"), TERMS)
@example(("<base href=/a/><main><a href=x>b</a>", "<base href=/c/><main><a href=x>b</a>"), TERMS)
def test_what_reads_alike_has_one_reading(pages: tuple[str, str], source: Source | None) -> None:
    one, other = (page.encode() for page in pages)
    if reads_alike(one, other, MEDIA, source):
        assert read(one, HTML, source) == read(other, HTML, source)


@given(markup.map("".join), markup.map("".join), sources)
def test_nor_has_any_other_page(one: str, other: str, source: Source | None) -> None:
    if reads_alike(one.encode(), other.encode(), MEDIA, source):
        assert read(one.encode(), HTML, source) == read(other.encode(), HTML, source)


pieces = st.sampled_from(
    ["trk=1", "trk=2", "utm_a=x", "utm_a=", "utm_a", "q=1", "q=2", "url=https://a.example/b", "",
     "trk=a%20b", "lang=en", "lang=en#top", "u=x y", "trk=2;q=3"]
)  # fmt: skip
addresses = st.builds(
    lambda path, parts: f"{path}?{'&'.join(parts)}" if parts else path,
    st.sampled_from(["/a", "https://www.linkedin.com/redir/x", "https://www.google.com/url", "#x"]),
    st.lists(pieces, max_size=3),
)


@given(addresses, addresses)
@example("/a?trk=1&q=1", "/a?trk=2&q=1")
@example("/a?trk", "/a?trk=1")
@example("#x", "#x?")
@example("#x?trk=1", "#x?trk=2")
def test_addresses_that_differ_in_tracking_have_one_target(one: str, other: str) -> None:
    if differ_in_tracking(one, other):
        assert clean_target(one, PAGE) == clean_target(other, PAGE)


def test_a_nonce_in_a_tracking_parameter_is_seen_to_be_one() -> None:
    assert differ_in_tracking("/a?x=1&trk=5f-1", "/a?x=1&trk=6e_2")
    assert not differ_in_tracking("/a?x=1&trk=5f", "/a?x=2&trk=6e")


def noisy(nonce: str) -> bytes:
    return (
        f'<html lang=en><script nonce="{nonce}">var a = "{nonce}";</script><!-- {nonce} -->'
        f'<main id="m{nonce}"><h1 data-id="{nonce}">Terms</h1><p id="{nonce}" class="c-{nonce}">A '
        f'<a href="/b?trk={nonce}">berth</a>.</p><button aria-expanded=true aria-controls={nonce}>'
        f"More</button></main><footer>{nonce}</footer>"
    ).encode()


def test_pages_that_differ_in_what_no_reader_sees_read_alike() -> None:
    assert reads_alike(noisy("1f"), noisy("2e"), MEDIA, TERMS)


@pytest.mark.parametrize(
    ("old", "new"),
    [("berth", "bed"), ("/b?", "/c?"), ("Terms", "Rules"), ("<h1", "<h2"), ("lang=en", "lang=fr"),
     ("aria-expanded=true ", ""), (".</p>", ".</p>\u00a0"), ("<p ", "<p hidden "),
     ("<p ", "<p style='visibility:hidden' "), ("A <a", "<del>A</del> <a"),
     ("berth", "<i style='text-decoration:line-through'>berth</i>"),
     ("berth", "<i style=display:block>berth</i>"), ("berth", "<sup>2</sup>")],
)  # fmt: skip
def test_what_a_reader_could_see_is_no_likeness(old: str, new: str) -> None:
    changed = noisy("1f").decode().replace(old, new).encode()
    assert not reads_alike(noisy("1f"), changed, MEDIA, TERMS)


def test_what_is_not_surely_html_in_a_known_encoding_is_left_alone() -> None:
    page = noisy("1f")
    assert not reads_alike(page, page, ("text/markdown", HTML), TERMS)
    assert not reads_alike(page + b"\xff", page + b"\xff", ("text/html", "text/html"), TERMS)
    assert not reads_alike(page + b"\xff", page, MEDIA, TERMS)


@pytest.mark.corpus
@needs_corpus
@pytest.mark.parametrize(
    "bundle", ["linkedin-snapshots-fr", "linkedin-snapshots-hi", "other-snapshots"]
)
def test_on_real_pages_it_sees_every_change_and_hardly_any_other(bundle: str) -> None:
    """Each capture against the one before, as on a visit."""
    equal = found = 0
    with opened(str(CORPUS / f"{bundle}.bundle")) as repository:
        kinds = sorted({(e.service, e.type) for e in repository.entries})
        for kind in kinds:
            entries = [e for e in repository.entries if (e.service, e.type) == kind][::8]
            for (_, one), (_, other) in pairwise(repository.bodies(entries)):
                source = Source(PAGE, ("main",))
                same = read(one, HTML, source) == read(other, HTML, source)
                alike = reads_alike(one, other, MEDIA, source)
                assert same or not alike, kind
                equal, found = equal + same, found + alike
    assert found >= 0.9 * equal
