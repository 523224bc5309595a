from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.extractor.one_language import Spoken, is_own, own_languages, refusal

START = datetime(2025, 9, 1, 5, tzinfo=UTC)


def spoken(said: str, hours: int = 12) -> list[Spoken]:
    """Looks `hours` apart, each in the language that a word of `said` is; "-" for none."""
    return [
        Spoken(frozenset({word} - {"-"}), START + n * timedelta(hours=hours))
        for n, word in enumerate(said.split())
    ]


def own(said: str, declared: str = "", hours: int = 12) -> str:
    """The languages of the document at each of the looks, as words."""
    found = own_languages(spoken(said, hours), declared)
    return " ".join("+".join(sorted(one)) or "-" for one in found)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("fr", "fr"),
        ("fr en", "fr fr"),
        ("fr en en", "en en en"),  # most looks
        ("fr en en en", "en en en en"),  # an agreement
        ("fr hi en en en hi fr en", "en en en en en en en en"),
        ("en en en fr fr", "en en en en en"),  # too few as yet
        ("en en en fr fr fr", "en en en fr fr fr"),
        ("en en en fr - fr fr en fr", "en en en fr fr fr fr fr fr"),
        ("en en en fr fr fr en en en", "en en en fr fr fr en en en"),
        ("- - -", "- - -"),
        ("", ""),
    ],
)
def test_the_language_of_a_document_is_the_one_that_looks_agree_on(
    said: str, expected: str
) -> None:
    assert own(said) == expected


def test_three_looks_within_a_day_are_no_agreement() -> None:
    assert own("en en en en fr fr fr", hours=8) == "en en en en en en en"


def test_a_declared_language_is_the_documents_whatever_is_served() -> None:
    assert own("fr fr fr fr", declared="en") == "en en en en"


def test_a_text_whose_language_is_not_clear_may_be_the_document() -> None:
    assert is_own(frozenset(), frozenset({"en"}))


def test_a_refusal_says_the_way_out() -> None:
    met, mine = frozenset({"fr"}), frozenset({"en"})
    assert "counts once later looks agree on it" in refusal(met, mine)
    assert '"language" in its declaration' in refusal(met, mine, is_declared=True)


words = st.lists(st.sampled_from(["en", "fr", "hi", "-"]), max_size=30).map(" ".join)


@given(words, words)
def test_what_was_agreed_on_is_not_taken_back_by_what_comes_later(early: str, late: str) -> None:
    before, after = own(early).split(), own(f"{early} {late}").split()
    if any(a != b for a, b in pairwise(before)):  # at least two agreements
        last = max(n for n, (a, b) in enumerate(pairwise(before), 1) if a != b)
        assert after[:last] == before[:last]
