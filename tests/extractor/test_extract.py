"""A page as read: which part of it is the document, and its clauses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import PAGE, markdown, page
from tracker.extractor import Undecodable, read, text_digest
from tracker.extractor.normalise import fold
from tracker.model import Link, Range, Reading, Source, Unit

H, P, I, C, D = Unit.HEADING, Unit.PARAGRAPH, Unit.ITEM, Unit.CELL, Unit.DEFINITION  # noqa: E741


def units(html: str) -> list[tuple[Unit, str]]:
    return [(c.unit, c.text) for c in page(html).clauses]


def lines(html: str, *select: str | Range, remove: tuple[str | Range, ...] = ()) -> list[str]:
    return [c.text for c in page(html, Source(PAGE, select, remove)).clauses]


def paths(reading: Reading) -> dict[str, tuple[str, ...]]:
    return {c.text: c.path for c in reading.clauses}


# ── anything may come ─────────────────────────────────────────────────────────────

TAGS = (
    "p div main article table tr td th ul ol li dl dt dd h1 h2 h6 b a br details summary button "
    "svg script style noscript iframe template select textarea title base math frameset plaintext"
).split()
SOUP = [f"<{t}>" for t in TAGS] + [f"</{t}>" for t in TAGS]
SOUP += ["<!--", "-->", "<!-->", "<![CDATA[", "<?xml version='1.0'?>", "<!doctype html>", "\x00"]
SOUP += ['<td colspan="-1" rowspan="9e9">', f'<th colspan="{"9" * 5000}">', "<td rowspan=0>"]
SOUP += ['<p role="heading" aria-level="x">', f"<p role=heading aria-level={'7' * 5000}>"]
SOUP += ['<a href="javascript:x">', '<a href="http://[">', '<base href="//[">', "&#0;", "&#xD800;"]
SOUP += ['<i data-cfemail="zz">', "<button aria-expanded>", "text ", "2.1 ", "• ", "&nbsp;", "<"]


@given(st.lists(st.one_of(st.sampled_from(SOUP), st.text(max_size=5)), max_size=25).map("".join))
def test_no_page_is_too_broken_to_read(html: str) -> None:
    reading = page(html, Source(PAGE, (), (".x", Range("h1", "h2", False, True))))
    for clause in reading.clauses:
        assert clause.key == fold(clause.text) != ""
        assert all(link.words and not link.target.startswith("javascript") for link in clause.links)
    assert text_digest(page(html).clauses) == text_digest(page(html).clauses)


@given(st.lists(st.sampled_from([*SOUP, "# ", "- ", "> ", "|", "\n", "\n\n", "```", "[a](b)"])))
def test_no_markdown_is_too_broken_to_read(parts: list[str]) -> None:
    assert all(c.key for c in markdown("".join(parts)).clauses)


@given(st.binary(), st.sampled_from(["text/html", "text/html; charset=utf-8", "text/markdown", ""]))
def test_any_bytes_are_a_reading_or_undecodable(body: bytes, media: str) -> None:
    try:
        read(body, media, None)
    except Undecodable as error:
        assert str(error)


@pytest.mark.parametrize("name", ["div", "main", "b", "details", "li", "blockquote"])
def test_twenty_thousand_levels_deep(name: str) -> None:
    assert [c.text for c in page(f"<{name}>" * 20_000 + "still read").clauses] == ["still read"]


def test_what_a_hostile_page_repeats_is_read_in_one_pass() -> None:
    # Each of these took minutes where a search began anew at every character or clause.
    assert len(page("<main><ul><li>" + "a<br><br>" * 3000).clauses) == 3000
    assert len(page("<ul><li>x" * 1500).clauses) == 1500
    assert len(page("<table><tr><td>x<td>" * 800).clauses) == 800
    assert page("<p>" + " " * 100_000 + "x</p>").clauses[0].text == "x"
    assert page("<noscript" * 50_000).clauses == ()
    assert len(page("<table>" + "<tr><td>a<td>b" * 2000 + "</table>").clauses) == 4000


def test_what_looks_like_a_file_name_an_address_or_xml_is_read_without_a_warning() -> None:
    assert lines("terms.html") == ["terms.html"]
    assert lines("https://example.org/terms") == ["https://example.org/terms"]
    assert lines('<?xml version="1.0"?><feed><p>Text</p></feed>') == ["Text"]


def test_a_zero_byte_hides_nothing() -> None:
    assert lines("<p>one\x00two</p><p>three</p>") == ["one\ufffdtwo", "three"]


# ── what is not the document ──────────────────────────────────────────────────────


def test_a_noscript_with_an_open_iframe_hides_nothing() -> None:
    html = "<head><noscript><iframe src=x /></noscript></head><body><p>Text</p><p>More</p></body>"
    assert lines(html) == ["Text", "More"]


def test_a_noscript_that_is_named_or_never_closed_hides_nothing() -> None:
    script = '<script>el.innerHTML = "<noscript>";</script>'
    assert lines(f"<main>{script}<p>One</p><noscript>x</noscript><p>Two</p>") == ["One", "Two"]
    comment = "<!-- <noscript> --><!-->"
    assert lines(f"<main>{comment}<p>One</p><noscript>x</noscript><p>Two</p>") == ["One", "Two"]
    assert lines("<main><noscript class=a><p>One</p></main>") == ["One"]


def test_scripts_forms_and_icons_are_no_text() -> None:
    html = """<main><script>a()</script><style>b{}</style><template><p>c</p></template><svg><text>d
    </text></svg><select><option>e</select><textarea>f</textarea><button>Accept</button>
    <!-- g --><p>Text</p></main>"""
    assert lines(html) == ["Text"]


def test_what_a_page_hides_for_good_is_no_text() -> None:
    # A consent dialog sets aria-hidden on the whole page.
    for hides in ("hidden", 'style="color:red; display : none"', 'style="visibility:hidden"'):
        hidden = f"<p>A text to be read.</p><div {hides}><p>No</p></div>"
        assert lines(f'<main aria-hidden="true">{hidden}</main>') == ["A text to be read."]
    assert lines("<p>A text to be read.</p><dialog><p>No</p></dialog>") == ["A text to be read."]
    assert lines("<p>Read.</p><dialog open><p>Yes</p></dialog>") == ["Read.", "Yes"]
    # A page that hides most of itself shows it by a script.
    assert (
        lines("<p>Wait</p><div hidden><p>A text to be read.</p></div>")[-1] == "A text to be read."
    )


@pytest.mark.parametrize(
    "html",
    [
        "<h3>What?</h3><div hidden>Why</div>",
        "<button aria-expanded=false>What?</button><div style='display:none'>Why</div>",
        "<dl><dt>What?</dt><dd hidden>Why</dd></dl>",
        "<div><a href=#x>What?</a></div><div hidden>Why</div>",
        "<div role=tabpanel hidden>Why</div>",
        "<section><div hidden aria-labelledby=t>Why</div></section>",
        "<details><summary>What?</summary><div>Why</div></details>",
    ],
)
def test_what_a_click_opens_is_text(html: str) -> None:
    assert "Why" in lines(f"<main><p>A text to be read at length.</p>{html}</main>")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("We <del>do not</del> share it.", "We share it."),
        ("We <s>do not</s> share it.", "We share it."),
        ("We <strike>do not </strike>share it.", "We share it."),
        ("We <i style='text-decoration: red line-through'>do not</i> share it.", "We share it."),
        ("We <i style='TEXT-DECORATION-LINE:line-through'>do not</i> share it.", "We share it."),
        ("Kept <del>ten days</del><ins>two years</ins> by us.", "Kept two years by us."),
        ("We <u>do not</u> <em>share</em> it.", "We do not share it."),
        ("within 30<sup>1</sup> days", "within 30¹ days"),
        ("10<sup>6</sup> and H<sub>2</sub>O", "10⁶ and H₂O"),
        ("the 1<sup>st</sup> day", "the 1st day"),
    ],
)
def test_text_is_as_a_reader_sees_it(html: str, expected: str) -> None:
    assert lines(f"<p>{html}</p>") == [expected]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<fieldset><legend>Cookies</legend>We set some.</fieldset>", ["Cookies", "We set some."]),
        ("One.</br></br>Two.", ["One.", "Two."]),
        ("<span style='display:block'>One.</span><span style='Display: block'>Two.</span>",
         ["One.", "Two."]),
        ("<pre>One line\nof text.\n \n2. Two.\n3. Three.\n</pre>",
         ["One line of text.", "Two.", "Three."]),
        ("<div><template shadowrootmode=open><p>One.</p></template></div>", ["One."]),
        ("<p>Two.</p><template><p>One.</p></template>", ["Two."]),
        ("<textarea readonly>One.\n\nTwo.</textarea><textarea>Three.</textarea>", ["One.", "Two."]),
    ],
)  # fmt: skip
def test_clauses_end_where_a_reader_sees_them_end(html: str, expected: list[str]) -> None:
    assert lines(html) == expected


def test_a_button_that_is_all_of_a_heading_is_its_words() -> None:
    html = "<h2><button type=button>What we never do</button></h2><p>Sell it.</p>"
    title, clause = page(html).clauses
    assert (title.unit, title.level, title.text) == (Unit.HEADING, 2, "What we never do")
    assert clause.path == ("What we never do",)
    assert lines("<h2>Terms <button>Copy link</button></h2><p>Text.</p>") == ["Terms", "Text."]
    assert lines("<h2>2. <button>Data</button></h2><p>Text.</p>") == ["Data", "Text."]


def test_plain_text_is_read_as_it_stands() -> None:
    body = b"1. Write to <legal@one.example> & wait.\n\nWe keep\nit.\n(a) One.\n"
    found = read(body, "text/plain; charset=utf-8", None).clauses
    expected = ["Write to <legal@one.example> & wait.", "We keep it.", "One."]
    assert [c.text for c in found] == expected
    assert [c.number for c in found] == ["1.", "", "(a)"]
    page = read(b"<!doctype html><p>One.</p><p>Two.</p>", "text/plain", None)
    assert [c.text for c in page.clauses] == ["One.", "Two."]
    marked = read(b"# Terms\n\nOne.", "text/x-markdown", None)
    assert [c.text for c in marked.clauses] == ["Terms", "One."]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<main><p>a</main><article><p>b</article><p>c", ["a"]),
        ("<div role=main><p>a</div><article><p>b</article><p>c", ["a"]),
        ("<article><p>a</article><article><p>b</article><p>c", ["a", "b"]),
        ("<main> <script>x</script></main><article><p>b</article>", ["b"]),
        ("<body><p>c</body>", ["c"]),
        ("bare", ["bare"]),
        ("<main><main><p>a</main></main>", ["a"]),
        ("", []),
    ],
)
def test_without_a_selector_the_structure_says_where_the_text_is(
    html: str, expected: list[str]
) -> None:
    assert lines(html) == expected


# ── selectors ─────────────────────────────────────────────────────────────────────


def test_only_the_outermost_match_counts() -> None:
    assert lines("<div>a<div>b</div></div><p>c</p>", "div") == ["a", "b"]
    assert lines("<section><p>a</p></section><p>b</p>", "p", "section") == ["a", "b"]


def test_a_selected_inline_element_is_text_like_any_other() -> None:
    html = "<p>x <span class=t>One</span> y</p><p><b class=t>Two</b></p>"
    assert lines(html, ".t") == ["One", "Two"]


RANGE = "<div><h2 id=a>A</h2>Loose <b>text</b><p>In</p><h2 id=b>B</h2><p>Out</p></div>"


@pytest.mark.parametrize(
    ("start_included", "end_included", "expected"),
    [
        (True, False, ["A", "Loose text", "In"]),
        (False, False, ["Loose text", "In"]),
        (True, True, ["A", "Loose text", "In", "B"]),
        (False, True, ["Loose text", "In", "B"]),
    ],
)
def test_a_range_has_four_forms(
    start_included: bool, end_included: bool, expected: list[str]
) -> None:
    chosen = Range("#a", "#b", start_included, end_included)
    assert lines(RANGE, chosen) == expected
    kept = [t for t in lines(RANGE, "div") if t not in expected]
    assert lines(RANGE, "div", remove=(chosen,)) == kept


def test_a_range_may_begin_and_end_at_different_depths() -> None:
    html = (
        "<main><div><h2 id=a>A</h2><p>One</p></div><p>Two</p><div><p>Three</p><h2 id=b>B</h2></div>"
    )
    assert lines(html, Range("#a", "#b", False, False)) == ["One", "Two", "Three"]


def test_selectors_that_match_nothing_are_reported() -> None:
    source = Source(
        PAGE, ("main", ".gone", Range("#b", "#a", True, True), Range("#a", "#z", True, False))
    )
    reading = page(f"<main>{RANGE}</main>", source)
    assert reading.missing == (".gone", "#b … #a", "#a … #z")
    assert page(RANGE, Source(PAGE, ("div",), (".gone",))).missing == ()


@pytest.mark.parametrize("unsure", ["", ":not(.x)"])  # which the simple reading does not read
def test_selections_come_in_the_order_of_their_selectors(unsure: str) -> None:
    html = "<main><p id=a>One</p><p class=b>Two</p><p id=c>Three</p><p class=b>Four</p></main>"
    select = (f"#c{unsure}", ".b", "#a")
    assert lines(html, *select) == ["Three", "Two", "Four", "One"]
    assert lines(html, "#a", f"main{unsure}") == ["One", "Two", "Three", "Four"]
    nested = "<p id=c>1</p><div id=d><p id=a>2</p><p id=b>3</p></div>"
    assert lines(nested, f"#b{unsure}", "#c", "#d") == ["2", "3", "1"]


@pytest.mark.parametrize("ends", [("#a", "#z"), ("#z", "#b"), ("#y", "#z")])
def test_a_range_to_remove_without_both_ends_is_reported(ends: tuple[str, str]) -> None:
    span = Range(*ends, start_included=True, end_included=False)
    assert page(RANGE, Source(PAGE, (), (span,))).missing == (" … ".join(ends),)


def test_what_is_removed_is_removed_inside_the_selection_and_around_it() -> None:
    html = "<main><nav><p>Menu</p></nav><p>Text <i class=x>note</i></p></main>"
    assert lines(html, "main", remove=("nav", ".x")) == ["Text"]
    assert lines(html, "main", remove=("main",)) == []


# ── clauses ───────────────────────────────────────────────────────────────────────


def test_list_items_are_containers_where_they_hold_sections() -> None:
    html = """<ol><li><h2>1. Scope</h2><p>We agree.</p><ul><li>One</li><li><p>Two</p></li></ul></li>
    <li><h3>2.1 Rights</h3>Loose text<p>A paragraph</p></li></ol>"""
    found = page(html).clauses
    assert [(c.unit, c.number, c.text) for c in found] == [
        (H, "1.", "Scope"),
        (P, "", "We agree."),
        (I, "", "One"),
        (I, "", "Two"),
        (H, "2.1", "Rights"),
        (P, "", "Loose text"),
        (P, "", "A paragraph"),
    ]
    assert found[1].path == ("1. Scope",)
    assert found[5].path == ("1. Scope", "2.1 Rights")


def test_nested_items_are_clauses_of_their_own() -> None:
    html = "<ul><li>Outer <ul><li>inner <i>one</i></li><li>inner two</li></ul> rest</li></ul>"
    assert units(html) == [(I, "Outer"), (I, "inner one"), (I, "inner two"), (I, "rest")]


def test_two_line_breaks_part_and_one_does_not() -> None:
    html = "<p>One<br>still one<br> <br>Two<br/><br/><br/><a href=/x>Th<br><br>ree</a></p>"
    assert lines(html) == ["One still one", "Two", "Th", "ree"]
    assert [c.links for c in page(html).clauses][2:] == [
        (Link("Th", "https://example.org/x"),),
        (Link("ree", "https://example.org/x"),),
    ]


def test_a_line_break_before_a_bullet_parts() -> None:
    assert lines("<p>We may:<br>• share<br>- sell<br>–<br>data-driven</p>") == [
        "We may:",
        "share",
        "sell – data-driven",
    ]


def test_headings_make_the_path() -> None:
    html = "<h1>T</h1><p>a</p><h2>A</h2><h3>B</h3><p>b</p><h2>C</h2><p>c</p><h1>U</h1><p>d</p>"
    found = paths(page(html))
    assert found["a"] == ("T",)
    assert found["b"] == ("T", "A", "B")
    assert found["C"] == ("T",)
    assert found["c"] == ("T", "C")
    assert found["d"] == ("U",)


def test_the_role_of_heading_counts() -> None:
    html = (
        '<div role="heading" aria-level="3">A</div><p role=heading aria-level=9>B<p role=heading>C'
    )
    assert [(c.unit, c.level) for c in page(html).clauses] == [(H, 3), (H, 6), (H, 2)]


def test_a_bold_line_is_a_heading_and_a_bold_sentence_is_not() -> None:
    html = (
        "<p><b>Ads </b><strong>and you</strong><br></p><p><b>We share.</b></p><p><b>No</b> way</p>"
    )
    assert units(html) == [(H, "Ads and you"), (P, "We share."), (P, "No way")]
    long = "word " * 30
    assert units(f"<p><b>{long}</b></p>") == [(P, long.strip())]


@pytest.mark.parametrize(
    "html",
    [
        "<details><summary>Ads</summary><p>in</p></details><p>after</p>",
        "<ul><li><button aria-expanded=false>Ads</button><div>in</div></li></ul><p>after</p>",
        "<ul><li><p><b>Ads</b></p><p>in</p></li></ul><p>after</p>",
        "<table><tr><td><p><b>Ads</b></p><p>in</p></td></tr></table><p>after</p>",
    ],
)
def test_a_lesser_heading_ends_with_the_part_it_stands_in(html: str) -> None:
    found = paths(page(f"<main><h2>Top</h2>{html}</main>"))
    assert found["in"] == ("Top", "Ads")
    assert found["after"] == ("Top",)


def test_the_button_of_an_expandable_part_is_its_heading() -> None:
    html = "<div><button aria-controls=x>What?</button><p id=x>This.</p><button>Close</button>"
    assert units(html) == [(H, "What?"), (P, "This.")]


def test_definitions_are_their_own_unit() -> None:
    html = "<dl><dt>Member</dt><dd>You.</dd><dt>Data</dt><dd><p>One.</p><p>Two.</p></dd></dl>"
    assert units(html) == [(D, t) for t in ("Member", "You.", "Data", "One.", "Two.")]


def test_words_run_on_through_inline_tags() -> None:
    assert lines("<p>per<b>son</b>al <i>da</i>ta<span> here</span></p>") == ["personal data here"]


def test_what_shows_nothing_is_no_clause() -> None:
    assert lines("<p>\u200c</p><p>\u3000</p><p>&nbsp;</p><p>\u00ad</p><p>x</p>") == ["x"]


# ── tables ────────────────────────────────────────────────────────────────────────

HEAD = "<tr><th>Purpose</th><th>Data</th><th>Basis</th></tr>"


def cells(rows: str) -> dict[str, tuple[str, ...]]:
    return paths(page(f"<h2>Uses</h2><table>{rows}</table>"))


def test_a_cell_stands_under_its_row_label_and_column_header() -> None:
    found = cells(
        HEAD + "<tr><td>For <b>A</b>ds</td><td><p>Clicks</p><p>Likes</p></td><td>Consent</td></tr>"
    )
    assert found["For Ads"] == ("Uses", "Purpose")
    assert found["Clicks"] == found["Likes"] == ("Uses", "For Ads", "Data")
    assert found["Consent"] == ("Uses", "For Ads", "Basis")


def test_a_row_label_reaches_down_as_far_as_its_cell() -> None:
    found = cells(
        HEAD + "<tr><td rowspan=2>Ads</td><td>Clicks</td><td>Consent</td></tr>"
        "<tr><td>Likes</td><td>Contract</td></tr><tr><td>Safety</td><td>Log</td><td>Law</td></tr>"
    )
    assert found["Likes"] == ("Uses", "Ads", "Data")
    assert found["Contract"] == ("Uses", "Ads", "Basis")
    assert found["Law"] == ("Uses", "Safety", "Basis")


def test_a_wide_header_stands_over_all_its_columns() -> None:
    found = cells(
        "<tr><th>Purpose</th><th colspan=2>Data</th></tr>"
        "<tr><td>Ads</td><td>Clicks</td><td>Likes</td></tr>"
    )
    assert found["Clicks"] == found["Likes"] == ("Uses", "Ads", "Data")


def test_the_corner_of_a_table_may_be_empty() -> None:
    found = cells("<tr><td></td><th>Data</th></tr><tr><th>Ads</th><td>Clicks</td></tr>")
    assert found["Clicks"] == ("Uses", "Ads", "Data")


def test_a_table_without_headers_has_row_labels() -> None:
    assert cells("<tr><td>Ads</td><td>Clicks</td></tr>")["Clicks"] == ("Uses", "Ads")


@pytest.mark.parametrize("span", ["-1", "0", "x", "", "99999", "９"])
def test_a_nonsense_span_is_one(span: str) -> None:
    found = cells(
        HEAD + f'<tr><td>Ads</td><td colspan="{span}" rowspan="{span}">Clicks</td><td>Law</td></tr>'
    )
    assert found["Law"] == ("Uses", "Ads", "Basis")


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>Menu</td><td><h3>Part</h3><p>Text</p></td></tr>",
        "<tr><td>Menu</td><td><table><tr><td>Text</td></tr></table></td></tr>",
        "<tr><td>Text</td></tr><tr><td>More</td></tr>",
    ],
)
def test_a_layout_table_labels_nothing(rows: str) -> None:
    assert "Menu" not in cells(rows)["Text"]


def test_a_long_label_is_cut() -> None:
    label = "word " * 40
    (path,) = {p for t, p in cells(f"<tr><td>{label}</td><td>x</td></tr>").items() if t == "x"}
    assert len(path[1]) <= 100
    assert path[1].endswith("…")


# ── links and addresses ───────────────────────────────────────────────────────────


def links(html: str, url: str = PAGE) -> list[Link]:
    return [link for c in page(html, Source(url)).clauses for link in c.links]


def test_links_are_absolute_and_have_words() -> None:
    html = '<p>See <a href="help?trk=x">our <b>help</b></a><a href="/e"> </a>, <a>none</a></p>'
    assert links(html) == [Link("our help", "https://example.org/legal/help")]


@pytest.mark.parametrize(
    ("base", "target"),
    [
        ("https://cdn.example.net/t/", "https://cdn.example.net/t/u"),
        ("/terms/", "https://example.org/terms/u"),
        ("", "https://example.org/legal/u"),
        ("https://[broken", "https://example.org/legal/u"),
    ],
)
def test_the_base_of_a_page_is_followed(base: str, target: str) -> None:
    assert links(f'<base href="{base}"><p><a href="u">x</a></p>') == [Link("x", target)]


def test_unsafe_links_are_dropped_and_their_words_kept() -> None:
    html = '<p><a href="javascript:x">a</a> <a href="data:x">b</a> <a href=/c>c</a></p>'
    assert links(html) == [Link("c", "https://example.org/c")]
    assert lines(html) == ["a b c"]


def test_hidden_mail_addresses_are_shown() -> None:
    html = '<p>Write to <a href="/cdn-cgi" data-cfemail="5a3b1a38">[hidden]</a>.</p>'
    assert lines(html) == ["Write to a@b."]


# ── the title and language ────────────────────────────────────────────────────────


def test_the_title_is_the_first_top_heading() -> None:
    assert page("<title>Site</title><main><h2>Note</h2><h1>1. Terms</h1></main>").title == "Terms"
    assert page("<title>Site</title><main><h2>Note</h2><h2>B</h2></main>").title == "Note"
    assert page("<title> Site\n</title><main><p>x</p></main>").title == "Site"
    assert page("<p>x</p>").title == ""


def test_the_language_attribute_is_given_as_it_is() -> None:
    assert page('<html lang="de-AT"><p>x</p></html>').language == "de-AT"
    assert page("<p>x</p>").language is None


# ── Markdown ──────────────────────────────────────────────────────────────────────


def test_setext_headings_nested_lists_and_escapes() -> None:
    text = """Terms
=====

1\\. Scope
---------

We \\*may\\* [share](https://example.org/x?trk=y) it:

*   one

    *   nested

2.  **Bold** item
"""
    found = markdown(text).clauses
    assert [(c.unit, c.number, c.text, c.level) for c in found] == [
        (H, "", "Terms", 1),
        (H, "1.", "Scope", 2),
        (P, "", "We *may* share it:", 0),
        (I, "", "one", 0),
        (I, "", "nested", 0),
        (I, "2.", "Bold item", 0),
    ]
    assert found[2].links == (Link("share", "https://example.org/x"),)


def test_deep_lists_are_read_to_the_bottom() -> None:
    text = "".join("    " * n + f"- level {n}\n" for n in range(20))
    assert [c.text for c in markdown(text).clauses] == [f"level {n}" for n in range(20)]


def test_tables_with_line_breaks_in_their_cells() -> None:
    text = "| Purpose | Data |\n| --- | --- |\n| Ads | Clicks<br><br>Likes \\| shares |\n"
    found = paths(markdown(text))
    assert found["Clicks"] == found["Likes | shares"] == ("Ads", "Data")


def test_four_spaces_are_no_code() -> None:
    found = markdown("Text\n\n    more [text](https://example.org/)\n").clauses
    assert [(c.unit, c.text, len(c.links)) for c in found] == [(P, "Text", 0), (P, "more text", 1)]


@pytest.mark.parametrize("sign", ["[", "*", ">", "![", "<", "`", "[a](", "_a", "\\", "- ", "|a"])
def test_a_sign_repeated_without_end_is_read(sign: str) -> None:
    assert isinstance(markdown(sign * 3000 + "x"), Reading)


def test_signs_alone_are_no_clause() -> None:
    page = "<main><h2>**</h2><p>Rules</p><p>* * *</p><p>|</p><p>7 %</p></main>"
    assert [c.text for c in read(page.encode(), "text/html", None).clauses] == ["Rules", "7 %"]
