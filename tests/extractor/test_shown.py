"""The text is what a reader sees: numbers of lists, turned letters, shadow roots, lines, frames."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import page
from tracker.extractor import read
from tracker.extractor.list_numbers import ListNumbers
from tracker.extractor.nodes import Node


def texts(html: str) -> list[str]:
    return [f"{c.number} {c.text}".strip() for c in page(f"<main>{html}</main>").clauses]


def items(number: int) -> str:
    return "".join(f"<li>{word}</li>" for word in ("one", "two", "three", "four")[:number])


@pytest.mark.parametrize(
    ("listing", "numbers"),
    [
        (f"<ol>{items(2)}</ol>", ["1.", "2."]),
        (f"<ol start=9>{items(3)}</ol>", ["9.", "10.", "11."]),
        (f"<ol start=-1>{items(3)}</ol>", ["-1.", "0.", "1."]),
        (f"<ol reversed>{items(3)}</ol>", ["3.", "2.", "1."]),
        (f"<ol reversed start=20>{items(2)}</ol>", ["20.", "19."]),
        ("<ol><li>one<li value=7>two<li>three</ol>", ["1.", "7.", "8."]),
        (f"<ol type=a start=26>{items(2)}</ol>", ["z.", "aa."]),
        (f"<ol type=A>{items(2)}</ol>", ["A.", "B."]),
        (f"<ol type=i start=3>{items(2)}</ol>", ["iii.", "iv."]),
        (f"<ol type=I start=1999>{items(2)}</ol>", ["MCMXCIX.", "MM."]),
        (f"<ol style='list-style: lower-greek inside'>{items(2)}</ol>", ["α.", "β."]),
        (f"<ol style='list-style-type:decimal-leading-zero'>{items(2)}</ol>", ["01.", "02."]),
        (f"<ol style='list-style:none'>{items(2)}</ol>", ["", ""]),
        (f"<ul>{items(2)}</ul>", ["", ""]),
        (f"<ul style='list-style-type:upper-latin'>{items(2)}</ul>", ["A.", "B."]),
        ("<ol><li>one<li style='list-style-type:none'>two<li>three</ol>", ["1.", "", "3."]),
        ("<ol><li><s>gone</s><li>two</ol>", ["2."]),
        ("<ol><li style='text-decoration:line-through'>gone<li>two</ol>", ["2."]),
        ("<ol><li>2.1 own</ol>", ["2.1"]),
        ("<ol><li><p>one<p>more<li>two</ol>", ["1.", "", "2."]),
        ("<ol><li>one<ol type=a><li>in<li>ner</ol><li>two</ol>", ["1.", "a.", "b.", "2."]),
        ("<ol><li><h3>Head</h3><p>text</ol>", ["1.", ""]),
    ],
)
def test_items_have_the_numbers_that_are_written_before_them(
    listing: str, numbers: list[str]
) -> None:
    assert [c.number for c in page(f"<main>{listing}</main>").clauses] == numbers


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=12))
def test_any_list_is_numbered(start: str, kind: str, value: str) -> None:
    listing = Node("ol", {"start": start, "type": kind, "reversed": ""}, None)
    item = Node("li", {"value": value}, listing)
    listing.children.append(item)
    number = ListNumbers().of(item)
    assert number == "" or number.endswith(".")


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("We <bdo dir=rtl>reven</bdo> sell it.", "We never sell it."),
        ("We \u202ereven\u202c sell it.", "We never sell it."),
        ("We \u202ere<b>ve</b>n\u202c sell it.", "We never sell it."),
        ("We <span style='unicode-bidi:bidi-override;direction:rtl'>reven</span> sell.",
         "We never sell."),
        ("For 30 \u202esyad 21\u202c.", "For 30 12 days."),
        ("We <bdo dir=ltr>never</bdo> sell it.", "We never sell it."),
        ("<p dir=rtl>We never sell it.", "We never sell it."),
        ("\u202eשלום לכולם\u202c", "שלום לכולם"),
        ("<bdo dir=rtl>e\u0301te</bdo>", "ete\u0301"),
        ("\u202a plain \u202c", "plain"),
    ],
)  # fmt: skip
def test_turned_letters_are_read_as_displayed(html: str, shown: str) -> None:
    assert [t.strip("\u202a\u202c ") for t in texts(html)] == [shown]


def test_links_keep_their_words_in_turned_text() -> None:
    (clause,) = page("<main>See \u202e<a href=/x>ereh</a>\u202c now.</main>").clauses
    assert [link.words for link in clause.links] == ["here"]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<div><template shadowrootmode=open><p>In.</p></template></div>", ["In."]),
        ("<div><template shadowrootmode=open><p>In.</p></template>Not shown.</div>", ["In."]),
        ("<div><template shadowrootmode=open><p>In.</p><slot></slot></template><p>Own.</p></div>",
         ["In.", "Own."]),
        ("<x-a><template shadowrootmode=closed><slot name=b></slot><p>In.</p><slot></slot>"
         "</template><p>One.</p><p slot=b>Two.</p></x-a>", ["Two.", "In.", "One."]),
        ("<x-a><template shadowrootmode=open><slot>Instead.</slot></template></x-a>", ["Instead."]),
        ("<x-a><template shadowrootmode=open><x-b><template shadowrootmode=open><slot></slot>"
         "</template><slot></slot></x-b></template>Deep.</x-a>", ["Deep."]),
        ("<template><p>Never.</p></template>One.", ["One."]),
        ("<textarea readonly>One.\n\nTwo.</textarea>", ["One.", "Two."]),
        ("<textarea disabled>One.</textarea>", ["One."]),
        ("<textarea>typed</textarea>One.", ["One."]),
        ("<div style='white-space: pre-wrap'>One.\n\nTwo.</div>", ["One.", "Two."]),
        ("<p style='white-space:pre-line'>One\n2. Two</p>", ["One", "2. Two"]),
        ("<pre>1. One\n\n2. Second</pre>", ["1. One", "2. Second"]),
        ("<p>data.<div>x</div></p>One<p>two</p>three</p>four",
         ["data.", "x", "One", "two", "three", "four"]),
        ("<p style='visibility:hidden'>no <b style='visibility:visible'>yes</b></p>"
         "<p>More of the text is here.</p>", ["yes", "More of the text is here."]),
        ("30<span style='vertical-align: super'>2</span> days", ["30² days"]),
        ("<button>One part</button><div><p>What it says to all of you here.</p></div>"
         "<button>Other part</button><div><p>What else it says to all of you.</p></div>",
         ["One part", "What it says to all of you here.", "Other part",
          "What else it says to all of you."]),
        ("<p>Before it.</p><button>One part</button>"
         "<div style='display:none'>What it says to all of you.</div>",
         ["Before it.", "One part", "What it says to all of you."]),
        ("<button>Copy</button><p>What it says to all of you here.</p>",
         ["What it says to all of you here."]),
    ],
)  # fmt: skip
def test_what_is_shown_is_read(html: str, shown: list[str]) -> None:
    assert texts(html) == shown


def test_a_cell_is_under_all_of_its_headers() -> None:
    table = """<table><tr><th rowspan=2>Purpose<th colspan=2>Basis<tr><th>Here<th>There
    <tr><td>Ads<td>Consent<td>Interest</table>"""
    paths = {c.text: c.path for c in page(f"<main>{table}</main>").clauses}
    assert paths["Consent"] == ("Ads", "Basis", "Here")
    assert paths["Interest"] == ("Ads", "Basis", "There")


@pytest.mark.parametrize(
    "media",
    ["text/markdown", "Text/Markdown; charset=utf-8", "text/x-markdown", "application/markdown",
     "application/x-markdown", "text/vnd.daringfireball.markdown", "text/x-web-markdown",
     "text/md", "text/x-gfm"],
)  # fmt: skip
def test_markdown_has_many_names(media: str) -> None:
    assert [c.text for c in read(b"# Rules\n\n* one\n", media, None).clauses] == ["Rules", "one"]


def test_a_list_of_markdown_begins_again_where_its_numbers_do() -> None:
    text = "1. Berths\n2. Fees\n\n1. ### Berths\n\nBerths are let.\n\n2. ### Fees\n"
    found = read(text.encode(), "text/markdown", None).clauses
    assert [c.number for c in found if c.number] == ["1.", "2.", "1.", "2."]
    same = read(b"1. One berth\n1. Two berths\n1. Three berths\n", "text/markdown", None).clauses
    assert [c.number for c in same] == ["1.", "2.", "3."]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<s><p>We never sell it.</p></s><p>We do.", ["We do."]),
        ("<strike class=a><ul><li>Never</ul></strike><p>We do.", ["We do."]),
        ("<p style='display:none;display:block'>Seen.", ["Seen."]),
        ("<p style='/*display:none*/'>Seen.", ["Seen."]),
        ("<p style='display:none!important;display:block'>Gone.<p>Seen.", ["Seen."]),
        ("<p hidden style='display:block'>Seen.", ["Seen."]),
        ("<p style='content-visibility:hidden'>Gone.<p>Seen.", ["Seen."]),
        ("<div popover>Gone.</div><p>Seen.", ["Seen."]),
        ("<details hidden><summary>G</summary>G.</details><p>Seen.", ["Seen."]),
        ("<video>Gone.</video><noframes>Gone.</noframes><canvas>Gone.</canvas>Seen.", ["Seen."]),
        ("<p>Seen.</p><title>Gone</title>", ["Seen."]),
        ("<div style='display:flex'><b>Mail</b><i>a year</i></div>", ["Mail a year"]),
        ("<listing>One.\n\nTwo.</listing>", ["One.", "Two."]),
    ],
)
def test_what_is_not_shown_is_no_text(html: str, shown: list[str]) -> None:
    assert texts(html) == shown


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<iframe srcdoc='<p>Inner.</p>'>No frames.</iframe><p>Seen.", ["Inner.", "Seen."]),
        ('<iframe title="a>b" srcdoc="&lt;!doctype html>&lt;body>Inner &amp;amp; more.">'
         "</iframe>", ["Inner & more."]),
        ("<iframe srcdoc='Gone.' hidden></iframe><p>Seen.", ["Seen."]),
        ("<iframe style='display:none' srcdoc='Gone.'></iframe><p>Seen.", ["Seen."]),
        ("<!--<iframe srcdoc='Gone.'></iframe>--><p>Seen.", ["Seen."]),
        ("<iframe srcdoc='<iframe srcdoc=\"Inner.\"></iframe>'></iframe>", ["Inner."]),
    ],
)  # fmt: skip
def test_a_page_written_in_a_frame_is_text_of_the_page(html: str, shown: list[str]) -> None:
    assert texts(html) == shown
