"""PDFs of known texts are read back to the word, in whatever layout they were set."""

from __future__ import annotations

import difflib
import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from fpdf import FPDF
from PIL import Image

from tests import pdfs
from tests.browsing import CHROMIUM
from tests.strategies import START
from tracker.extractor import classify, read
from tracker.extractor.pdf.hyphens import words
from tracker.model import Clause, Outcome, Unit

PDF = "application/pdf"
SHEET = "body{text-align:justify;font:10pt/1.4 sans-serif}"
COLUMNS = "body{columns:2;text-align:justify;font:9pt sans-serif}tr{break-inside:avoid}"
INDENTED = "p{text-indent:2em;margin:0}@page{margin:2.5cm}"


def clauses(body: bytes) -> tuple[Clause, ...]:
    return read(body, PDF, None).clauses


def said(body: bytes) -> list[str]:
    return [f"{c.number} {c.text}".strip() for c in clauses(body)]


def check(made: pdfs.Text, body: bytes, folded: Callable[[str], str] = str) -> None:
    """Every word in its place, and nearly every clause as it was written.

    Where a page ends with a full line and a full stop, no reader can know either.
    """
    wanted, found = [folded(one) for one in made.clauses], said(body)
    assert " ".join(found).split() == " ".join(wanted).split()
    steps = difflib.SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes()
    assert sum(step[0] != "equal" for step in steps) <= 2


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("columns", "justified"), [(1, False), (2, False), (2, True)])
def test_a_typeset_text_is_read_back(seed: int, columns: int, justified: bool) -> None:
    made = pdfs.text(seed)
    check(made, pdfs.reportlab(made, columns, justified=justified))


@pytest.mark.parametrize("seed", [1, 3])
@pytest.mark.parametrize("hyphens", [False, True])
def test_a_justified_text_is_read_back_and_its_divided_words_are_whole(
    seed: int, hyphens: bool
) -> None:
    made = pdfs.text(seed)
    check(made, pdfs.fpdf(made, hyphens=hyphens), pdfs.latin)


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}")
@pytest.mark.parametrize(
    ("style", "hyphens"), [("", False), (SHEET, True), (COLUMNS, True), (INDENTED, False)]
)
def test_a_printed_page_is_read_back(tmp_path: Path, style: str, hyphens: bool) -> None:
    made = pdfs.text(1)
    check(made, pdfs.printed(pdfs.html(made, style, hyphens=hyphens), tmp_path))


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}")
def test_a_text_from_right_to_left_is_read_back(tmp_path: Path) -> None:
    texts = ["אנו שומרים את מה שכתבת 30 ימים, כדי לשפר את השירות. " * (5 + n) for n in range(3)]
    body = "".join(f"<p>{text}</p>" for text in texts)
    page = f"<!doctype html><meta charset=utf-8><body dir=rtl><h1>תנאים</h1>{body}"
    found = said(pdfs.printed(page, tmp_path))
    assert " ".join(found).split() == ["תנאים", *" ".join(texts).split()]


def test_headings_points_and_cells_are_what_they_are_in_html() -> None:
    found = clauses(pdfs.fpdf(pdfs.text(1)))
    headings = [(c.level, c.text) for c in found if c.unit is Unit.HEADING]
    assert headings[:3] == [
        (1, "Terms of the Heron Service"), (2, "Rules about matter A"), (2, "Rules about matter B")
    ]  # fmt: skip
    assert all(level == 2 for level, _ in headings[1:])
    assert sum(c.unit is Unit.ITEM for c in found) == 4 * 3
    cells = [c for c in found if c.unit is Unit.CELL]
    assert len(cells) == 4 * 4 * 3
    assert cells[4].path[-2:] == ("Kind 0", "Purpose")
    assert not any("Terms of Heron" in c.text or "/{" in c.text for c in found)


def sheet(*lines: str, size: float = 11) -> FPDF:
    made = FPDF()
    made.add_page()
    made.set_font("Times", size=size)
    for line in lines:
        made.multi_cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
        made.ln(3)
    return made


LONG = "We keep what you write for as long as your account is open and for thirty days after. " * 4


def test_links_and_bold_type_are_read() -> None:
    made = sheet(LONG)
    made.set_font(style="B")
    made.cell(0, 10, "Your choices", new_x="LMARGIN", new_y="NEXT")
    made.set_font(style="")
    made.write(6, "You may object ")
    made.write(6, "on this page", link="https://heron.example/object?utm_source=x")
    made.write(6, " at any time.")
    found = clauses(bytes(made.output()))
    assert [c.text for c in found][1:] == [
        "Your choices",
        "You may object on this page at any time.",
    ]
    assert found[1].unit is Unit.HEADING
    assert found[2].path == ("Your choices",)
    (link,) = found[2].links
    assert (link.words, link.target) == ("on this page", "https://heron.example/object")


def test_raised_figures_are_no_part_of_the_number_before() -> None:
    made = sheet()
    made.write(6, "We answer within 30")
    made.char_vpos = "SUP"
    made.write(6, "1")
    made.char_vpos = "LINE"
    made.write(6, " days of your letter.")
    assert said(bytes(made.output())) == ["We answer within 30¹ days of your letter."]


def test_articles_at_the_top_of_pages_are_no_page_numbers() -> None:
    made = FPDF()
    made.set_auto_page_break(auto=False)
    for n in range(1, 5):
        made.add_page()
        made.set_font("Times", style="B", size=11)
        made.cell(0, 8, f"Article {n}", new_x="LMARGIN", new_y="NEXT")
        made.set_font("Times", style="", size=11)
        made.multi_cell(0, 6, f"{LONG} This is number {n}.")
        made.set_y(-20)
        made.cell(0, 6, f"- {n} -", align="C")
    found = said(bytes(made.output()))
    assert [one for one in found if len(one) < 20] == [f"Article {n}" for n in range(1, 5)]


@pytest.mark.parametrize(
    ("lines", "before", "after", "whole"),
    [
        (["The information", "informa-", "tion is kept"], "informa-", "tion is", "information is"),
        (
            ["third-party tools", "a third-", "party tool"],
            "a third-",
            "party tool",
            "a third-party tool",
        ),
        (["the third and a party", "third-", "party"], "third-", "party", "third-party"),
        (["plain words", "e-", "mail"], "an e-", "mail", "an e-mail"),
        (["no", "hyphen"], "no", "hyphen", "no hyphen"),
        (["inter\u00ad", "esting"], "inter\u00ad", "esting", "interesting"),
        (["個人情報を", "利用します"], "個人情報を", "利用します", "個人情報を利用します"),
        (
            ["see https://a.example/", "terms"],
            "https://a.example/",
            "terms",
            "https://a.example/terms",
        ),
    ],
)
def test_a_word_across_lines_is_what_the_document_says_it_is(
    lines: list[str], before: str, after: str, whole: str
) -> None:
    kept, between = words(lines).joined(before, after)
    assert kept + between + after == whole


# ── what cannot be read is named ──────────────────────────────────────────────────


def outcome(body: bytes, media: str = PDF) -> tuple[Outcome, str]:
    found = classify(body, media, None, (), START)
    return found.outcome, found.reason


@pytest.mark.parametrize("media", [PDF, "text/html; charset=utf-8", "application/octet-stream"])
def test_a_pdf_is_good_under_whatever_name(media: str) -> None:
    assert outcome(bytes(sheet(LONG).output()), media) == (Outcome.GOOD, "")


def test_a_locked_pdf_says_so() -> None:
    made = sheet(LONG)
    made.set_encryption(owner_password="owner", user_password="reader")
    what, reason = outcome(bytes(made.output()))
    assert what is Outcome.NOT_TEXT
    assert "opens only with a password" in reason


def test_a_pdf_that_only_forbids_changes_is_read() -> None:
    made = sheet(LONG)
    made.set_encryption(owner_password="owner")
    assert outcome(bytes(made.output())) == (Outcome.GOOD, "")


def picture() -> Image.Image:
    return Image.new("L", (200, 280), 128)


def test_a_scan_says_so() -> None:
    made = FPDF()
    for _ in range(2):
        made.add_page()
        made.image(picture(), 0, 0, 210, 297)
    what, reason = outcome(bytes(made.output()))
    assert what is Outcome.NOT_TEXT
    assert "as from a scanner" in reason


def test_one_page_that_is_a_picture_is_named() -> None:
    made = sheet(LONG)
    for _ in range(2):
        made.add_page()
        made.multi_cell(0, 6, LONG)
    made.add_page()
    made.image(picture(), 0, 0, 210, 297)
    assert outcome(bytes(made.output())) == (
        Outcome.GOOD, "Page 4 is a picture without text and could not be read."
    )  # fmt: skip


@pytest.mark.parametrize("body", [b"%PDF-1.7\n", b"%PDF-1.4\n1 0 obj<>endobj\n" + b"\0\xff" * 500])
def test_a_broken_pdf_says_so(body: bytes) -> None:
    what, reason = outcome(body)
    assert what is Outcome.NOT_TEXT
    assert reason.startswith("it is a PDF that is damaged") or "without text" in reason


def raw(content: bytes, pages: int = 1) -> bytes:
    """A PDF whose pages all have this content."""
    packed = zlib.compress(content, 9)
    kids = b" ".join(b"3 0 R" for _ in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>/XObject<</X 4 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
        b"/Resources<</XObject<</X 4 0 R>>>>>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding<</Differences[1/fi/ffi]>>>>",
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    for n, one in enumerate(objects, 1):
        out.write(b"%d 0 obj%s\nendobj\n" % (n, one))
    out.write(b"trailer<</Root 1 0 R>>")
    return out.getvalue()


LINE = b"BT /F 11 Tf 50 700 Td (We keep it.) Tj ET "


def test_ligatures_are_letters() -> None:
    content = rb"BT /F 11 Tf 50 700 Td (Of \001ve \001les in the o\002ce.) Tj ET"
    assert said(raw(content)) == ["Of five files in the office."]


@pytest.mark.parametrize("matrix", [b"1 0 0 1 50 700", b"0 1 -1 0 300 50", b"-1 0 0 -1 500 700"])
def test_a_page_on_its_side_is_read_and_a_mark_across_it_is_none(matrix: bytes) -> None:
    line = b"BT /F 11 Tf %s Tm (We keep what you write.) Tj ET " % matrix
    across = b"BT /F 40 Tf .7 .7 -.7 .7 100 100 Tm (DRAFT) Tj ET"
    assert said(raw(across + line)) == ["We keep what you write."]


def test_the_raw_pdf_of_these_tests_is_one() -> None:
    assert said(raw(LINE)) == ["We keep it."]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(raw(LINE, 3000), id="pages"),
        pytest.param(raw(LINE * 300_000), id="letters"),
        pytest.param(raw(b"q " * 150_000_000), id="bomb"),
        pytest.param(raw(LINE + b"/X Do " * 5), id="itself"),
    ],
)
def test_a_hostile_pdf_ends_within_bounds(body: bytes) -> None:
    what, reason = outcome(body)
    # A first sight of a few words that no terms say waits for agreement.
    assert what in {Outcome.NOT_TEXT, Outcome.GOOD, Outcome.EMPTY}
    assert what is not Outcome.NOT_TEXT or reason.startswith("it is a PDF")
