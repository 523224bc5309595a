from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from time import process_time

import dateparser
import pytest
from hypothesis import given

from tests.strategies import prose, texts, version
from tracker.differ import revise
from tracker.differ.effective_dates import (
    _in_any_language,
    _in_english,
    date_line,
    effective,
    parse_date,
)

NOV, JAN = date(2025, 11, 3), date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Effective November 3, 2025", NOV),
        ("Effective date: 3 November 2025", NOV),
        ("effective as of Nov. 3, 2025", NOV),
        ("Effective 2025-11-03", NOV),
        ("These terms apply from 3rd November 2025.", NOV),
        ("in force since November 3rd, 2025", NOV),
        ("The changes take effect on November 3, 2025", NOV),
        ("On November 3, 2025, we are making some changes", NOV),
        ("We will update our policy on November 3, 2025", NOV),
        ("Gültig ab dem 3. November 2025", NOV),
        ("Wirksam ab 1. Januar 2026", JAN),
        ("In Kraft seit 3. November 2025", NOV),
        ("Die Änderung tritt am 1. Januar 2026 in Kraft", JAN),
        ("En vigueur depuis le 1er janvier 2026", JAN),
        ("Date d’entrée en vigueur : 3 novembre 2025", NOV),
        ("à compter du 3 novembre 2025", NOV),
        ("In vigore dal 3 novembre 2025", NOV),
        ("Data di entrata in vigore: 1° gennaio 2026", JAN),
        ("Vigente desde el 3 de noviembre de 2025", NOV),
        ("Entrará en vigor el 1 de enero de 2026", JAN),
        ("a partir del 3 de noviembre de 2025", NOV),
        ("Starting on 3 November 2025, a new privacy policy is there", NOV),
        ("On November 3, 2025, we are updating our terms", NOV),
        ("From 3 November 2025 on, we are updating our Privacy Policy", NOV),
        ("Le 3 novembre 2025, nous mettons à jour nos conditions d'utilisation", NOV),
        ("Nos conditions seront modifiées le 3 novembre 2025", NOV),
        ("Am 3. November 2025 aktualisieren wir unsere Nutzungsbedingungen", NOV),
        ("Diese Bedingungen gelten ab dem 3. November 2025", NOV),
        ("El 3 de noviembre de 2025 actualizaremos nuestras condiciones", NOV),
        ("Il 3 novembre 2025 aggiorneremo le nostre condizioni", NOV),
        ("Em 3 de novembro de 2025, atualizaremos os nossos termos", NOV),
        ("Op 3 november 2025 wijzigen we onze voorwaarden", NOV),
        ("Ingangsdatum: 3 november 2025", NOV),
    ],
)
def test_a_date_beside_words_of_effect_counts(text: str, expected: date) -> None:
    assert effective(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Dernière modification de la présente politique le 3 novembre 2025",
        "Letzte Änderung dieser Richtlinie am 3. November 2025",
        "Laatst bijgewerkt op 3 november 2025",
        "Effective 03/11/2025",
        "Effective 3.11.2025",
        "Effective 11-03-2025",
        "Effective November 2025",
        "Effective 31 June 2025",
        "Effective 12 Foo 2025",
        "Effective 2025-02-30",
        "Section 2.1 may change",
        "We may revise section 12 and article 3 in 2025",
        "The company was founded on 3 November 2025",
        "An exchange of records on 3 November 2025",
        "Last updated: 3 November 2025",
        "Last modified on 3 November 2025",
        "We changed the list of partners on 1 May 2019",
        "Starting on January 1, 2026, the local programme ends",
        "effective",
        "",
    ],
)
def test_what_is_ambiguous_or_no_date_of_effect_is_unknown(text: str) -> None:
    assert effective(text) is None


def test_the_first_date_of_effect_is_taken() -> None:
    assert effective("Effective 31 June 2025. Effective 3 November 2025, from 1 May 2026") == NOV


def test_a_line_that_is_a_date_alone() -> None:
    assert date_line(" November 3, 2025 ") == NOV
    assert date_line("November 3, 2025 and later") is None


@given(texts)
def test_any_text_has_a_date_or_none(text: str) -> None:
    assert isinstance(effective(f"effective {text}"), date | None)


@given(prose)
def test_the_answer_does_not_hang_on_what_was_asked_before(text: str) -> None:
    parse_date.cache_clear()
    first = effective(f"effective 3 novembre 2025 {text}")
    assert effective(f"effective 3 novembre 2025 {text}") == first == NOV


def test_the_order_of_questions_changes_no_answer() -> None:
    dates = [
        "1 listopada 2025",
        "1. mars 2025",
        "2 mar 2025",
        "3 Mai 2025",
        "4 maio 2025",
        "5 juni 2025",
    ]
    parse_date.cache_clear()
    first = {d: parse_date(d) for d in dates}
    for seed in range(3):
        parse_date.cache_clear()
        Random(seed).shuffle(dates)
        assert {d: parse_date(d) for d in dates} == first


FORMS = """
    %B {d}, %Y|{d} %B %Y|{d:02} %B %Y|%Y-%m-%d|%B {d} %Y|{d} %B, %Y|%B {d}th, %Y|{d}st %B %Y
""".strip().split("|")


@pytest.mark.parametrize("form", FORMS)
def test_dates_in_english_are_what_dateparser_takes_them_for(form: str) -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(0, 366, 5)]
    for day in [*days, date(1999, 12, 31), date(2016, 2, 29), date(2031, 3, 3)]:
        written = day.strftime(form).format(d=day.day)
        for text in (written, written.upper(), written.lower()):
            assert _in_english(text) == _by_dateparser(text) == day


def _by_dateparser(written: str) -> date | None:
    settings = {"STRICT_PARSING": True, "RELATIVE_BASE": datetime(2000, 1, 1)}  # noqa: DTZ001
    found = dateparser.parse(written, settings=settings)
    return found.date() if found else None


NAMES = """
    janvier février mars avril août septembre décembre déc. Januar März Mai Dezember Okt. enero
    febrero marzo mayo julio setiembre diciembre gennaio maggio luglio settembre janeiro março
    outubro januari maart mei augustus stycznia lutego listopada grudnia leden dubna marts oktober
    desember syyskuuta января мая Ιανουαρίου ocak şubat foo juni juli
""".split()


@pytest.mark.parametrize("name", NAMES)
def test_dates_in_other_languages_are_what_dateparser_takes_them_for(name: str) -> None:
    asked = _by_dateparser(f"3 {name} 2025")
    for text in (f"3 {name} 2025", f"{name.upper()} 3, 2025", f"3. {name} 2025"):
        assert parse_date(text) == asked, text


def test_a_page_full_of_dates_that_are_none_costs_little() -> None:
    """Ten thousand took two minutes when each was tried in hundreds of languages."""
    text = " ".join(f"effective {n % 28 + 1} foo{chr(97 + n % 26)} {n}" for n in range(1000, 9999))
    began = process_time()
    assert effective(text) is None
    assert process_time() - began < 20


@pytest.mark.parametrize("text", ["February 30, 2025", "0 May 2025", "2025-13-01", "1 May  2025"])
def test_what_is_no_date_in_english_is_left_to_it(text: str) -> None:
    assert _in_english(text) is None
    assert parse_date(text) == _in_any_language(text)


def test_long_runs_of_space_are_no_obstacle() -> None:
    assert effective("effective" + "\u00a0" * 20_000 + "x") is None


# ── in a revision ─────────────────────────────────────────────────────────────────


def dated(before: str, after: str) -> date | None:
    return revise(version(before), version(after), ()).effective


def test_only_a_date_that_is_new_counts() -> None:
    line = "<h1>T</h1><p>Effective {}</p><p>We keep it for {} years</p>"
    assert dated(line.format("1 May 2024", "two"), line.format("3 November 2025", "six")) == NOV
    assert dated(line.format("1 May 2024", "two"), line.format("1 May 2024", "six")) is None
    reworded = "<p>Effective 1 May 2024 for all {}</p>"
    assert dated(reworded.format("people"), reworded.format("members")) is None


def test_the_top_of_the_page_goes_before_a_clause() -> None:
    page = "<h1>T</h1><h2>A</h2><p>Fees apply from {} on</p><h1>U</h1><p>{}</p>"
    before, after = (
        page.format("1 May 2020", "1 May 2024"),
        page.format("2 May 2020", "3 November 2025"),
    )
    assert dated(before, after) == NOV


def test_a_notice_that_went_leaves_no_date() -> None:
    assert dated("<p>Effective 3 November 2025</p><p>Text</p>", "<p>Text</p>") is None


def test_of_several_dates_the_one_that_changed_counts() -> None:
    text = "<h1>Terms</h1><p>Effective 1 May 2024 for the harbour, effective {} for the pier.</p>"
    old, new = (text.format(day) for day in ("2 May 2024", "1 February 2025"))
    before, after = (version(f"{page}<p>We {verb} boats.</p>", day) for page, verb, day in
                     ((old, "keep", 0), (new, "sell", 1)))  # fmt: skip
    assert revise(before, after, ()).effective == date(2025, 2, 1)


def test_a_year_that_cannot_be_is_not_taken() -> None:
    pages = (
        "<h1>Terms</h1><p>We keep boats.</p>",
        "<h1>Terms</h1><p>Effective {}</p><p>We run.</p>",
    )
    seen = version("", 1).first_seen
    before, slip, right = (
        version(page, day)
        for page, day in (
            (pages[0], 0),
            (pages[1].format(f"{seen:%d %B} {seen.year - 1}"), 1),
            (pages[1].format(f"{seen:%d %B} {seen.year}"), 1),
        )
    )
    assert revise(before, slip, ()).effective is None
    assert revise(before, right, ()).effective == seen.date()
