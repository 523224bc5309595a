"""Nothing that nobody sees reaches a reader, unless the script is written with it."""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import declare, tracker
from tests.servers import Server, page
from tracker.publisher.words import safe

#: Format characters that show, and those that only say where a line may break.
SHOWN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
BREAKS = {0xAD, 0x200B, 0x2060}
#: Ignorable by default, yet no format characters.
IGNORABLE = {
    *(0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0),
    *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9)),
    *range(0xE0000, 0xE1000),
}


def test_every_format_character_of_unicode_is_named_between_latin_letters() -> None:
    formats = {n for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n)) == "Cf"}
    for number in (formats | IGNORABLE) - SHOWN - BREAKS:
        assert safe(f"a{chr(number)}b") == f"a‹U+{number:04X}›b", hex(number)
    for number in SHOWN | BREAKS:
        assert safe(f"a{chr(number)}b") == f"a{chr(number)}b", hex(number)


@pytest.mark.parametrize(
    "text",
    [
        "می‌خواهم",  # Persian
        "PDF‌ها",
        "क्‍ष र्‌य",  # Hindi
        "👩‍👩‍👧 ❤️‍🔥 👍🏽 1️⃣ ©️",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿 Scotland",
        "葛󠄀城市",  # a variant of an ideograph
        "ᠨᠢᠭ᠎ᠠ",  # Mongolian
        "השתמש ב-C++‎ בלבד!‏",  # Hebrew
        "‏(א) החשבון שלך.",
        "يجوز لنا (وفق المادة 12)‏.",  # Arabic
        "soft\u00adhyphen zero\u200bwidth word\u2060joiner",
        "Ordinary text — with “quotes”, ¹ ² and £12.",
    ],
)
def test_what_a_script_is_written_with_stays(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The fee is 12\u200e.", "The fee is 12‹U+200E›."),
        ("\u202e21\u202c", "‹U+202E›21‹U+202C›"),
        ("A\ufff9b\ufffac\ufffb", "A‹U+FFF9›b‹U+FFFA›c‹U+FFFB›"),
        ("Hi\U000e0041\U000e0042", "Hi‹U+E0041›‹U+E0042›"),
        ("🏴\U000e0041\U000e007f", "🏴‹U+E0041›‹U+E007F›"),
        ("👍\ufe0f\ufe01\U000e0111", "👍\ufe0f‹U+FE01›‹U+E0111›"),
        ("a\u200db\ufe0f", "a‹U+200D›b‹U+FE0F›"),
        ("می\u200c\u200d\u200c خواهم", "می\u200c‹U+200D›‹U+200C› خواهم"),
        ("bell\x07 \ud800 \ufffe", "bell� � �"),
    ],
)
def test_what_acts_unseen_is_named(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(st.text())
def test_nothing_unseen_is_shown_by_naming_what_is_seen(text: str) -> None:
    found = safe(text)
    assert safe(found) == found
    assert re.sub(r"‹U\+[0-9A-F]{4,6}›|�", "", found) in (text, found) or found != text


def test_naming_takes_time_in_proportion() -> None:
    """Twice the text is found in twice the pieces: no mark looks further than a few letters."""
    assert safe("\u200f" * 100_000) == "‹U+200F›" * 100_000
    assert len(safe("א" + ".\u200f" * 100_000)) > 600_000


RAW = re.compile("[\u200e\u200f\u061c\ufff9-\ufffb\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
PAGE = (
    "<main><h1>Terms{m}</h1><h2>{m}Fees</h2><p>The {m}fee is {n} euros a month.</p>"
    '<p>See <a href="/x">our {m}page</a>; you accept these rules as long as you use it.</p></main>'
)
BYTES = {".png", ".sqlite", ".woff2"}
MARKS = "\u200e\u200f\u061c\ufff9\ufffa\ufffb\u202c\U000e0041\U000e007f"


def test_no_mark_of_a_page_reaches_what_is_published_or_printed(tmp_path: Path) -> None:
    with Server({}) as server:
        declare(tmp_path, {"Terms": server.url()})
        for day, (mark, fee) in enumerate((("", 12), (MARKS, 21)), 1):
            server.pages["/terms"] = [page(PAGE.format(m=mark, n=fee).encode())]
            looked = ("--now", f"2026-01-0{day}T12:00Z", "run", "--force", "--allow-host")
            done = tracker(tmp_path, *looked, server.entry)
            assert done.exit_code == 0, done.output
    published = [p for p in (tmp_path / "feeds").rglob("*") if p.suffix not in BYTES]
    named = 0
    # What was served is shown as it was served.
    for path in (p for p in published if p.is_file() and not p.name.startswith("capture.")):
        text = path.read_text(encoding="utf-8")
        assert not RAW.search(text), path
        named += "‹U+200E›" in text
    assert named > 3
    for command in (
        ["show", "terms"],
        ["diff", "terms"],
        ["log"],
        ["changes"],
        ["status"],
        ["changes", "--json"],
    ):
        said = tracker(tmp_path, *command).output
        assert said.strip(), command
        assert not RAW.search(said), command
    assert "‹U+FFF9›" in tracker(tmp_path, "show", "terms").stdout
    assert tracker(tmp_path, "verify").exit_code == 0
