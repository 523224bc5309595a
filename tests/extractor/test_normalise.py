from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import PAGE, characters, page, sentences, texts
from tracker.extractor import text_digest
from tracker.extractor.combining_marks import ATTACHED, ATTACHED_ONE
from tracker.extractor.normalise import (
    INVISIBLE,
    clean_target,
    decode_email,
    display,
    enumerator,
    fold,
)

# ── what is compared ──────────────────────────────────────────────────────────────


@given(texts)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "other",
    [
        "Don’t share 5 “secret” things: café",
        'Don`t share 5 "secret" things: café',
        "Don´t share 5 „secret“ things: café",
        'Don\'t\u00a0share\u202f5 "secret"\u2003things: café',
        'Don\'t sha\u00adre 5 "sec\u200bret" things:\u2060 café\ufeff',
        'Don\'t share 5 "secret" things: cafe\u0301',
        'Don\'t share 5 "secret" things: cafe\u200d\u0301',
        '  Don\'t   share\n5 "secret"\tthings: café ',
    ],
)
def test_what_no_reader_sees_is_folded_away(other: str) -> None:
    assert fold(other) == fold('Don\'t share 5 "secret" things: café')


@pytest.mark.parametrize(
    "other",
    [
        "don't share 5 things – ever.",
        "Don't share 6 things – ever.",
        "Don't share 5 things - ever.",
        "Don't share 5 things — ever.",
        "Don't share 5 things – ever!",
        "Dont share 5 things – ever.",
        "Don't share 5 thing – ever.",
    ],
)
def test_what_a_reader_sees_is_kept(other: str) -> None:
    assert fold(other) != fold("Don't share 5 things – ever.")


def test_a_backtick_for_an_apostrophe_folds_in_plain_text_too() -> None:
    assert fold("don`t") == fold("don’t") == "don't"


def test_the_displayed_text_keeps_its_typography() -> None:
    assert display("  “5\u00a0days”\n\n more — café\ufeff ") == "“5\u00a0days” more — café"
    assert display("\u00a0\n") == ""


@given(st.text(st.sampled_from(" \t\n\r\f\v\u00a0\u200b\u202f\ufeff\x1c\x85aé")))
def test_runs_of_white_space_are_displayed_as_one_space(text: str) -> None:
    plain = re.sub("[ \t\n\r\f\v]+", " ", text.replace("\ufeff", ""))
    if not text.isascii():
        assert display(text) == plain.strip(" \u00a0\u202f\u200b")
    assert "  " not in display(text)


# ── enumerators ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("2.1 Your Rights", "2.1", "Your Rights"),
        ("2.1. Your Rights", "2.1.", "Your Rights"),
        ("1. Use", "1.", "Use"),
        ("3) use", "3)", "use"),
        ("(a) you agree", "(a)", "you agree"),
        ("(iv) you agree", "(iv)", "you agree"),
        ("iv) you agree", "iv)", "you agree"),
        ("A. Scope", "A.", "Scope"),
        ("§ 7.2 Haftung", "§ 7.2", "Haftung"),
        ("Section 4. Fees", "Section 4.", "Fees"),
        ("• bullet", "", "bullet"),
        ("– dash", "", "dash"),
        ("- 2. both", "2.", "both"),
        ("3 months of notice", "", "3 months of notice"),
        ("2024 was a good year", "", "2024 was a good year"),
        ("1.5 million people", "", "1.5 million people"),
        ("2.5 % of the fee", "", "2.5 % of the fee"),
        ("12.05.2025 is the day", "", "12.05.2025 is the day"),
        ("Section two", "", "Section two"),
        ("(see) this", "", "(see) this"),
        ("2.1", "", "2.1"),
        ("-5 degrees", "", "-5 degrees"),
        ("", "", ""),
    ],
)
def test_an_enumerator_is_known_by_its_punctuation(text: str, number: str, rest: str) -> None:
    assert enumerator(text) == (number, rest)


@pytest.mark.parametrize(
    "text",
    ["\u200b2.1 Fees", "2.1\u00a0Fees", "2.1\u200b Fees", "2\u2060.1 Fees", "2.1 \u00adFees"],
)
def test_an_enumerator_shows_through_what_is_invisible(text: str) -> None:
    number, rest = enumerator(text)
    assert (number, fold(rest)) == ("2.1", "Fees")


@given(st.text(st.one_of(characters, st.sampled_from("0123456789.()§•- aivx")), max_size=20))
def test_taking_the_enumerator_off_goes_with_folding(text: str) -> None:
    number, rest = enumerator(text)
    assert (number, fold(rest)) == enumerator(fold(text))


# ── link targets ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("/help?a=1", "https://example.org/help?a=1"),
        ("../privacy", "https://example.org/privacy"),
        ("#s2", f"{PAGE}#s2"),
        (" //cdn.example.net/x ", "https://cdn.example.net/x"),
        ("/h?trk=nav&a=1&utm_source=x&fbclid=2", "https://example.org/h?a=1"),
        ("/h?trk=nav", "https://example.org/h"),
        ("/h?q=a%20b&c", "https://example.org/h?q=a%20b&c"),
        ("mailto:legal@example.org", "mailto:legal@example.org"),
        ("tel:+491234", "tel:+491234"),
        ("javascript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("\x01javascript:alert(1)", ""),
        ("data:text/html,<p>x", ""),
        ("/he\x1flp", "https://example.org/help"),
        ("vbscript:x", ""),
        ("https://[broken", ""),
        (
            "https://eu.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com%2Fa&data=me",
            "https://example.com/a",
        ),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2F&h=x", "https://example.com/"),
        ("https://www.google.com/url?q=https://example.com/b&sa=D", "https://example.com/b"),
        ("https://www.google.com/url?q=javascript:alert(1)", ""),
        ("https://www.google.com/search?q=terms", "https://www.google.com/search?q=terms"),
        # Cloudflare draws the key anew for every visitor; the address is the same.
        ("/cdn-cgi/l/email-protection#5a3b1a38", "mailto:a@b"),
        ("/cdn-cgi/l/email-protection#01604163", "mailto:a@b"),
    ],
)
def test_a_target_is_where_a_reader_would_arrive(href: str, target: str) -> None:
    assert clean_target(href, PAGE) == target


@given(st.text(), st.text())
def test_any_target_is_safe_or_empty(href: str, base: str) -> None:
    target = clean_target(href, base)
    assert not target.lower().lstrip().startswith(("javascript:", "data:", "vbscript:"))


def test_hidden_mail_addresses_are_decoded() -> None:
    assert decode_email("5a3b1a38") == "a@b"
    assert decode_email("") == decode_email("zz") == decode_email("5") == ""


# ── the digest of a text ──────────────────────────────────────────────────────────


def digest_of(html: str) -> str:
    return text_digest(page(f"<main>{html}</main>").clauses)


BASE = '<h2>2. Data</h2><p>You can\'t sell "it" for 30 days - see <a href="/h?a=1">help</a>.</p>'


@pytest.mark.parametrize(
    "other",
    [
        BASE.replace(" for ", "\u00a0for\u202f"),
        BASE.replace("sell", "s\u200bell\u00ad"),
        BASE.replace("'", "’").replace('"it"', "“it”"),
        BASE.replace("/h?a=1", "/h?a=1&amp;trk=footer&amp;utm_medium=web"),
        BASE.replace("2. Data", "2.\u00a0Data"),
        BASE.replace("2. Data", "\u200b2.\u200b Data"),
        BASE.replace("</h2>", "</h2><p>\u200c</p><p>\u3000</p>"),
        BASE.replace("<p>", "<p class='x'><span>").replace("</p>", "</span></p>"),
        BASE.replace("<p>", "<p>\n\n   "),
    ],
)
def test_the_digest_does_not_see_what_no_reader_sees(other: str) -> None:
    assert digest_of(other) == digest_of(BASE)


@pytest.mark.parametrize(
    "other",
    [
        BASE.replace("sell", "sels"),
        BASE.replace("30", "31"),
        BASE.replace("2. ", "3. "),
        BASE.replace(" - ", " – "),
        BASE.replace("Data", "data"),
        BASE.replace("can't", "cant"),
        BASE.replace("a=1", "a=2"),
        BASE.replace("</p>", "</p><p>More</p>"),
    ],
)
def test_the_digest_sees_every_letter_digit_dash_case_and_target(other: str) -> None:
    assert digest_of(other) != digest_of(BASE)


@given(sentences, st.integers(0, 200), st.sampled_from("\u200b\u2060\u00ad\ufeff\u200e"))
def test_an_invisible_character_anywhere_changes_no_digest(text: str, at: int, sign: str) -> None:
    at %= len(text) + 1
    assert digest_of(f"<p>{text[:at]}{sign}{text[at:]}</p>") == digest_of(f"<p>{text}</p>")


@given(
    st.text(alphabet="​ \u00a0", max_size=6),
    st.sampled_from(["1.", "2.1", "(a)", "•", "IV."]),
    st.text(alphabet="​ \u00a0", min_size=1, max_size=6),
    st.text(alphabet="ab \u00a0​éé각가́", min_size=1, max_size=8),
)
def test_the_rest_begins_where_the_enumerator_ends(
    before: str, number: str, between: str, rest: str
) -> None:
    text = before + number + between + rest
    found, left = enumerator(text)
    plain = [display(text[n:]) for n in range(len(text)) if fold(text[n:]) == fold(left)]
    assert left == (plain[0] if found or left != text else text)


def test_every_mark_of_unicode_belongs_to_the_character_before_it() -> None:
    attached = re.compile(f"[{ATTACHED}]")
    marks = {
        chr(n)
        for n in (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0))
        if unicodedata.category(chr(n)).startswith("M")
    }
    invisible = {c for c in map(chr, range(0x110000)) if re.match(f"[{INVISIBLE}]", c)}
    assert {c for c in map(chr, range(0x110000)) if attached.match(c)} == marks | invisible
    assert min(marks | invisible) == "\u00ad"  # which `ATTACHED_ONE` sees at a glance
    assert all(re.fullmatch(ATTACHED_ONE, c) for c in marks | invisible)


@pytest.mark.parametrize(
    "mark",
    "\u200e \u200f \u061c \ufff9 \ufffa \ufffb \U000e0001 \U000e0041 \U000e007f \u180e \u2063 "
    "\u206a \u034f \ufe01 \U000e0101 \U0001d173".split(" "),
)
def test_a_mark_that_nobody_sees_is_no_wording(mark: str) -> None:
    assert fold(f"The fee{mark} is {mark}12 euros.{mark}") == "The fee is 12 euros."
