"""The laws of a redline: exact to the letter, never through a word, quiet about the invisible."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import prose, texts
from tracker.differ import read_back
from tracker.differ.redline import (
    _ALONE,
    _NUMBER,
    Effort,
    _common_words,
    _compare,
    _known_words,
    redline,
    tokens,
    words_of,
)
from tracker.extractor.combining_marks import ATTACHED
from tracker.extractor.normalise import APOSTROPHES, fold
from tracker.model import Op, Span

pairs = st.one_of(st.tuples(texts, texts), st.tuples(prose, prose))


def shown(before: str, after: str) -> str:
    """A redline as people write it: [-gone-]{+new+}."""
    marks = {Op.SAME: "{}", Op.DELETE: "[-{}-]", Op.INSERT: "{{+{}+}}"}
    spans = redline(before, after)
    return "".join(marks[s.op].format(s.before if s.op is Op.DELETE else s.after) for s in spans)


# ── laws ──────────────────────────────────────────────────────────────────────────


@given(pairs)
def test_a_redline_reads_back_to_the_letter(pair: tuple[str, str]) -> None:
    assert read_back(redline(*pair)) == pair


@given(st.one_of(texts, prose))
def test_a_text_has_no_edits_against_itself(text: str) -> None:
    assert all(span.op is Op.SAME for span in redline(text, text))


@given(pairs)
def test_no_word_is_ever_cut(pair: tuple[str, str]) -> None:
    spans = redline(*pair)
    for side, text in enumerate(pair):
        ends = set(accumulate(map(len, tokens(text)), initial=0))
        parts = [span.after if side else span.before for span in spans]
        assert set(accumulate(map(len, parts), initial=0)) <= ends


@given(pairs)
def test_each_edit_is_one_deletion_then_one_insertion(pair: tuple[str, str]) -> None:
    spans = redline(*pair)
    assert all(a.op is not b.op for a, b in pairwise(spans))
    assert (Op.INSERT, Op.DELETE) not in {(a.op, b.op) for a, b in pairwise(spans)}
    assert all(not s.after for s in spans if s.op is Op.DELETE)
    assert all(not s.before for s in spans if s.op is Op.INSERT)
    assert all(s.before or s.after for s in spans)


@given(pairs)
def test_what_stays_differs_only_in_what_no_reader_sees(pair: tuple[str, str]) -> None:
    for span in redline(*pair):
        if span.op is Op.SAME:
            # White space at an end is folded away, so it is compared between two marks.
            assert fold(f"|{span.before}|") == fold(f"|{span.after}|")


@given(
    st.text(st.sampled_from("aB9.,'’_ \n中ก\u0301\u200b\u00ad\u0939\u093f\U0001e8d0"), max_size=20)
)
def test_a_word_takes_what_is_attached_to_its_letters(text: str) -> None:
    """However the pattern is written so as to be fast."""
    letter, tail = rf"[^\W{_ALONE}]", f"[{ATTACHED}]*"
    word = rf"{letter}(?:{letter}|[{ATTACHED}])*"
    words = rf"{word}(?:[{APOSTROPHES}]{word})*"
    plain = re.compile(rf"[{_ALONE}]{tail}|{_NUMBER}|{words}|\s+{tail}|[^\w\s]{tail}")
    assert tokens(text) == plain.findall(text)


@given(st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


@given(pairs)
def test_more_words_never_stay_than_both_sides_know(pair: tuple[str, str]) -> None:
    old, new = map(tokens, pair)
    assert _common_words(_compare(old, new, Effort())) <= _known_words(old, new)


@given(pairs)
def test_a_redline_without_effort_is_as_exact(pair: tuple[str, str]) -> None:
    assert read_back(redline(*pair, Effort(0))) == pair


def test_the_redlines_of_a_revision_share_an_effort() -> None:
    effort = Effort(1000)
    assert effort.affords(600)
    assert not effort.affords(600)
    redline("We may keep it here", "You may lend it here", effort)
    assert effort.left < 400


def test_a_text_that_was_put_in_capitals_is_replaced() -> None:
    rule = "These limits apply to you, to us and to all others; "
    assert [span.op for span in redline(rule, rule.upper())] == [Op.DELETE, Op.INSERT]


@given(pairs)
def test_a_redline_is_the_same_every_time(pair: tuple[str, str]) -> None:
    assert redline(*pair) == redline(*pair)


# ── examples ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("We may share data.", "We will share data.", "We [-may-]{+will+} share data."),
        ("", "New.", "{+New.+}"),
        ("Gone.", "", "[-Gone.-]"),
        ("", "", ""),
        ("for 30 days", "for 60 days", "for [-30-]{+60+} days"),
        # A single stop word between two edits would only hinder reading.
        (
            "They keep personal data of members for long",
            "They keep usage logs of visitors for long",
            "They keep [-personal data of members-]{+usage logs of visitors+} for long",
        ),
        # Three are enough to hold on to.
        (
            "They keep logs that are of us daily",
            "They keep files that are of us weekly",
            "They keep [-logs-]{+files+} that are of us [-daily-]{+weekly+}",
        ),
        (
            "orchard apples pears plums figs grapes",
            "orchard people may enter whenever they pay",
            "[-orchard apples pears plums figs grapes-]"
            "{+orchard people may enter whenever they pay+}",
        ),
        # Too little in common: the whole is replaced.
        (
            "apples pears plums figs",
            "one two three four",
            "[-apples pears plums figs-]{+one two three four+}",
        ),
    ],
)
def test_a_redline_reads_well(before: str, after: str, expected: str) -> None:
    assert shown(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("don't sell it", "don’t sell it"),
        ("don't sell it", "don´t sell it"),
        ("30 days of notice", "30\u00a0days of\u202fnotice"),
        ("our advertising", "our adver\u00adtising"),
        ("a café there", "a cafe\u0301 there"),
        ("end. Next", "end.\u200b Next"),
        ("one two", "one   two"),
        ("ガイド", "カ\u3099イト\u3099"),
    ],
)
def test_what_no_reader_sees_is_no_edit(before: str, after: str) -> None:
    assert redline(before, after) == (Span(Op.SAME, before, after),)


def test_words_of_any_script_stay_whole() -> None:
    assert words_of("don’t opt-out, café हिन्दी में") == ("don't", "opt", "out", "café", "हिन्दी", "में")
    assert words_of("広告を見る") == tuple("広告を見る")
    # A vowel sign belongs to its letter, in Hindi as in Thai.
    assert tokens("ที่นี่") == ["ที่", "นี่"]
    assert shown("आप की सेवा", "आप के सेवा") == "आप [-की-]{+के+} सेवा"
    assert shown("広告を表示します", "広告を非表示します") == "広告を{+非+}表示します"


def test_texts_too_large_to_compare_keep_their_ends() -> None:
    words = [f"word{n}" for n in range(2000)]
    before = " ".join(words)
    after = " ".join("other" if n in (700, 710) else word for n, word in enumerate(words))
    spans = redline(before, after)
    assert [s.op for s in spans] == [Op.SAME, Op.DELETE, Op.INSERT, Op.SAME]
    assert spans[1].before == " ".join(words[700:711])
    assert read_back(spans) == (before, after)


def test_many_edits_are_found_one_by_one() -> None:
    # With its usual time limit the engine gives up here and replaces half of the text.
    old = [f"word{n}" for n in range(950)]
    new = [f"new{n}" if n % 7 == 3 else word for n, word in enumerate(old)]
    deleted = [s.before for s in redline(" ".join(old), " ".join(new)) if s.op is Op.DELETE]
    assert deleted == [word for n, word in enumerate(old) if n % 7 == 3]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "We may read it. We may sell it.",
            "We may read it. We may keep it. We may sell it.",
            "We may read it. {+We may keep it. +}We may sell it.",
        ),
        (
            "We may read it. We may keep it. We may sell it.",
            "We may read it. We may sell it.",
            "We may read it. [-We may keep it. -]We may sell it.",
        ),
        ("We keep it.", "We keep it. We sell it.", "We keep it.{+ We sell it.+}"),
        ("a b c", "a b b c", "a b {+b +}c"),
        ("a b b c", "a b c", "a b [-b -]c"),
    ],
)
def test_an_edit_begins_where_a_sentence_does(before: str, after: str, expected: str) -> None:
    assert shown(before, after) == expected


def test_a_number_is_one_word() -> None:
    assert words_of("3.2 and $1,000.50, 10:30") == ("3.2", "and", "1,000.50", "10", "30")
    assert shown("see Section 3.2.", "see Section 4.2.") == "see Section [-3.2-]{+4.2+}."


def test_in_a_text_too_large_only_the_sentences_that_changed_are_compared() -> None:
    sentences = [f"The clause of number {n} stands here." for n in range(1200)]
    before = " ".join(sentences)
    after = before.replace("number 30 ", "figure 30 ").replace("number 900 ", "figure 900 ")
    spans = redline(before, after)
    assert [s.before for s in spans if s.op is Op.DELETE] == ["number", "number"]
    assert read_back(spans) == (before, after)


def test_what_is_dear_to_compare_is_compared_all_the_same() -> None:
    """Few words in many orders, which diff-match-patch takes seconds for."""
    before, after = "a b c d " * 250, "b a e d " * 250
    for old, new in ((before, after), (before + "The end.", f"The start. {after}")):
        spans = redline(old, new)
        assert read_back(spans) == (old, new)
