"""Histories on a terminal: marks that survive without colour, and nothing a page can act by."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import (
    NASTY,
    TOPICS,
    capture,
    every_kind,
    everything,
    failing,
    heron,
    history,
    hostile,
    never_seen,
)
from tracker.model import Outcome, Revision, State
from tracker.publisher import terminal
from tracker.publisher.answers import replies

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
Printer = Callable[[bool, int], str]

NOW = datetime(2025, 3, 31, tzinfo=UTC)  # a day after the samples were last seen


def _diff(colour: bool, width: int) -> str:
    shown = [terminal.diff(r, TOPICS, colour=colour, width=width) for r in _revisions()]
    return "\n".join(shown)


def _revisions() -> list[Revision]:
    return [r for h in everything() for r in h.revisions]


def _log(colour: bool, width: int) -> str:
    return terminal.log(everything(), TOPICS, colour=colour, width=width)


def _status(colour: bool, width: int) -> str:
    return terminal.status(everything(), NOW, colour=colour, width=width)


def _show(colour: bool, width: int) -> str:
    versions = [v for h in everything() for v in h.versions]
    return "\n".join(terminal.show(v, colour=colour, width=width) for v in versions)


def _now(colour: bool, width: int) -> str:
    found = [reply for h in everything() for reply in replies(h, TOPICS)]
    return terminal.now(found, TOPICS, colour=colour, width=width)


PRINTERS = (_diff, _log, _status, _show, _now)
printers = pytest.mark.parametrize("printed", PRINTERS)


def said(number: int = 0) -> str:
    return terminal.diff(heron().revisions[number], TOPICS, colour=False, width=100)


# ── colour ────────────────────────────────────────────────────────────────────────


@printers
def test_no_escape_is_printed_where_no_colour_is_wanted(printed: Printer) -> None:
    assert "\x1b" not in printed(False, 100)


@printers
def test_colour_when_asked_adds_only_colour_and_always_ends_it(printed: Printer) -> None:
    text = printed(True, 100)
    codes = ESCAPE.findall(text)
    assert codes
    assert codes[1::2] == ["\x1b[0m"] * (len(codes) // 2), "every style is ended before the next"
    assert "\x1b" not in ESCAPE.sub("", text)


def test_insertions_and_deletions_are_told_apart_by_more_than_green_and_red() -> None:
    text = terminal.diff(heron().revisions[0], TOPICS, colour=True, width=100)
    assert "\x1b[33;9m[-nobody else-]\x1b[0m\x1b[34;4m{+our advertising\x1b[0m\n" in text
    assert "  \x1b[34;4mpartners+}\x1b[0m." in text


def test_what_is_copied_from_a_coloured_terminal_is_what_is_printed_without_colour() -> None:
    for width in (40, 100):
        assert ESCAPE.sub("", _diff(True, width)).split() == _diff(False, width).split()


def test_a_colour_that_goes_on_in_the_next_line_leaves_the_indent_alone() -> None:
    lines = terminal.diff(heron().revisions[0], TOPICS, colour=True, width=40).splitlines()
    (first,) = (n for n, line in enumerate(lines) if "What you write" in line)
    assert lines[first : first + 3] == [
        "  \x1b[34;4m{+What you write to our assistant is\x1b[0m",
        "  \x1b[34;4mkept, so that generative AI can answer\x1b[0m",
        "  \x1b[34;4mbetter.+}\x1b[0m",
    ]


# ── marks ─────────────────────────────────────────────────────────────────────────


def test_what_went_and_what_came_stand_in_marks() -> None:
    text = " ".join(said().split())
    assert "club, and to [-nobody else-]{+our advertising partners+}." in text


def test_forged_marks_are_doubled() -> None:
    before = "# Rules\nOne {+walk+} in a [-day-] is enough for everyone."
    (revision,) = history(before, before.replace("One", "No")).revisions
    text = terminal.diff(revision, TOPICS, colour=False, width=100)
    assert "[-One-]{+No+} {{+walk+}} in a [[-day-]] is enough" in text


@printers
def test_hostile_text_cannot_act_on_the_terminal(printed: Printer) -> None:
    assert not CONTROLS.search(printed(False, 100))


def test_a_page_cannot_write_a_line_of_its_own_into_a_list() -> None:
    found = history("# T\na b", "# T\na c", title="Terms\n2030-01-01  Heron: all is well")
    text = terminal.log([found], TOPICS, colour=False, width=100)
    assert not [line for line in text.splitlines() if line.startswith("2030")]


# ── width ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("printed", "width"),
    [(p, w) for p in PRINTERS for w in (40, 72, 100) if (p, w) != (_status, 40)],
)
def test_no_line_is_wider_than_asked(printed: Printer, width: int) -> None:
    long_words = re.compile(r"\S{30,}")
    lines = [x for x in printed(False, width).splitlines() if not long_words.search(x)]
    assert lines
    assert not [line for line in lines if len(line) > width]


# ── what each says ────────────────────────────────────────────────────────────────


def test_a_diff_says_what_is_compared_and_from_when_it_applies() -> None:
    lines = said().splitlines()
    assert lines[:5] == [
        "heron/privacy-policy@global",
        "Before: 1 March 2025, 08:30 UTC Privacy Policy",
        "After:  11 March 2025, 08:30 UTC Privacy Policy",
        "Substantive: the wording changed.",
        "In force from 12 March 2025.",
    ]
    assert "§ 3. Generative AI" in lines
    assert any("Added · Generative AI (generative AI" in line for line in lines)


def test_a_diff_begins_with_what_is_about_a_topic() -> None:
    revision = heron().revisions[0]
    about = [bool(change.tags) for change in revision.changes]
    assert sorted(about, reverse=True) != about, "the sample has a topic below other news"
    labels = re.findall(r"^  (?:Added|Removed|Reworded).*$", said(), re.MULTILINE)
    tagged = ["·" in label for label in labels]
    assert tagged == sorted(tagged, reverse=True)
    assert any(tagged)


def test_a_diff_shows_numbers_and_link_targets() -> None:
    text = terminal.diff(every_kind().revisions[0], TOPICS, colour=False, width=100)
    assert "  (a) → (b)" in text
    assert "  - link https://heron.example/landings" in text
    assert "  + link https://heron.example/all-landings" in text


def test_a_diff_of_a_text_with_itself_says_so() -> None:
    revision = replace(heron().revisions[0], changes=())
    text = terminal.diff(revision, TOPICS, colour=False, width=100)
    assert text.endswith("\nNothing changed.")


def test_the_log_is_newest_first_and_says_what_each_is_worth() -> None:
    text = terminal.log([heron()], TOPICS, colour=False, width=100)
    dates = re.findall(r"^\d{4}-\d\d-\d\d", text, re.MULTILINE)
    assert dates == ["2025-03-21", "2025-03-11"]
    assert "editorial · heron/privacy-policy@global" in text
    assert terminal.log([never_seen()], TOPICS, colour=False, width=80) == "No revision yet."


def test_the_status_says_what_stands_in_the_way() -> None:
    text = terminal.status([never_seen(), failing(), heron()], NOW, colour=False, width=100)
    assert text.splitlines() == [
        "heron/cookies@us  never seen  NEVER READ",
        "    Cookies: 0 versions",
        "    It has not been visited yet.",
        "heron/privacy-policy@global  seen 2025-03-30 08:30 UTC  ok",
        "    Privacy Policy: 3 versions, last changed 2025-03-21",
        "heron/terms@uk  seen 2025-03-10 08:30 UTC  FAILING: refused",
        "    Terms: 1 version",
        "    2025-03-12 08:30 UTC: It answered 999 instead of the page.",
    ]
    assert terminal.status([], NOW, colour=False, width=80) == "No document is declared."


def test_a_text_is_shown_with_its_items_and_its_page() -> None:
    text = terminal.show(heron().versions[0], colour=False, width=100)
    assert "Read from https://heron.example/legal/privacy" in text
    assert "\n\n1. What we keep\n\n" in text
    assert "\n  • The birds that you tick off\n" in text


def test_a_visit_is_one_line() -> None:
    document = heron().document
    good = capture(document.id, 0, "x")
    bad = replace(good, outcome=Outcome.WALL, reason=f"{NASTY[4]} asks\nto sign up.")
    assert terminal.visit(document, [good], "") == "heron/privacy-policy@global  good"
    line = terminal.visit(document, [good, bad], "")
    assert line.startswith("heron/privacy-policy@global  SIGN-UP WALL: ")
    assert not CONTROLS.search(line)
    assert "\n" not in line
    skipped = terminal.visit(document, [], "visited an hour ago")
    assert skipped == "heron/privacy-policy@global  not asked for: visited an hour ago"


def test_a_reason_that_several_visits_share_is_told_once() -> None:
    document = heron().document
    bad = replace(capture(document.id, 0, "x"), outcome=Outcome.REFUSED, reason="It said no.")
    told: dict[str, str] = {}
    lines = [
        terminal.visit(replace(document, id=name), [bad], "", told) for name in ("a/b@c", "d/e@f")
    ]
    assert lines == ["a/b@c  REFUSED: It said no.", "d/e@f  REFUSED: the same as a/b@c"]


def test_an_import_says_what_was_new_and_what_is_no_version() -> None:
    good = capture("heron/terms@uk", 0, "x")
    bad = replace(good, outcome=Outcome.EMPTY)
    assert terminal.import_summary([good, bad, None]).splitlines() == [
        "2 captures imported, 1 were there.",
        "1 recorded as empty, never a version.",
    ]


def test_hostile_history_is_shown_at_all() -> None:
    text = terminal.diff(hostile().revisions[0], TOPICS, colour=False, width=100)
    assert "<script>alert('heron')</script>" in text
    assert "javascript:alert(5)" in text, "a link target is shown, for people to judge"


# ── side by side ──────────────────────────────────────────────────────────────────


def beside(width: int = 120, colour: bool = False, whole: bool = False) -> str:
    revision = heron().revisions[0]
    return terminal.compare(revision, TOPICS, whole=whole, colour=colour, width=width)


def columns(text: str) -> tuple[str, str]:
    """What stands left and right of the line in the middle, each read from top to bottom."""
    rows = [line.partition(" │ ") for line in text.splitlines() if "│" in line]
    left, right = (" ".join(" ".join(r[n] for r in rows).split()) for n in (0, 2))
    return left, right


def test_each_text_stands_in_its_own_column_with_its_own_words() -> None:
    left, right = columns(beside())
    assert "to the members of your club, and to [-nobody else-]." in left
    assert "to the members of your club, and to {+our advertising partners+}." in right
    assert "advertising partners" not in left
    assert "nobody else" not in right
    assert "Only in the second" in beside()


def test_the_line_in_the_middle_is_straight_and_nothing_is_too_wide() -> None:
    for width in (84, 101, 160):
        for colour in (False, True):
            lines = ESCAPE.sub("", beside(width, colour)).splitlines()
            assert len({line.index("│") for line in lines if "│" in line}) == 1
            assert max(map(len, lines)) <= width


def test_what_agrees_is_shown_only_when_the_whole_is_wanted() -> None:
    assert "Write to the keeper" not in beside()
    left, right = columns(beside(whole=True))
    assert "Write to the keeper of the register, who answers within ten days." in left
    assert "Write to the keeper of the register, who answers within ten days." in right


def test_a_narrow_terminal_has_one_column() -> None:
    text = beside(60)
    assert "│" not in text
    assert "and to [-nobody else-]{+our advertising partners+}." in " ".join(text.split())
    assert "Write to the keeper" in beside(60, whole=True)


def test_two_texts_that_agree_say_so() -> None:
    same = replace(heron().revisions[0], changes=())
    text = terminal.compare(same, TOPICS, whole=False, colour=False, width=120)
    assert text.endswith("They say the same.")


@pytest.mark.parametrize("width", [60, 120])
def test_hostile_texts_cannot_act_side_by_side(width: int) -> None:
    for revision in _revisions():
        text = terminal.compare(revision, TOPICS, whole=True, colour=False, width=width)
        assert not CONTROLS.search(text)
        painted = terminal.compare(revision, TOPICS, whole=True, colour=True, width=width)
        assert not CONTROLS.search(ESCAPE.sub("", painted))


def test_a_text_that_nobody_looks_at_any_more_does_not_stand_well() -> None:
    late = terminal.status([heron()], NOW + timedelta(days=30), colour=False, width=100)
    assert "STALE for 3" in late
    stands = replace(heron().standing, state=State.IMPORTED)
    alone = replace(heron(), standing=stands)
    assert "imported, not watched" in terminal.status([alone], NOW, colour=False, width=100)


def test_that_there_is_no_preview_is_not_told() -> None:
    capture = heron().versions[0].captures[0]
    missing = replace(capture, via="preview", outcome=Outcome.MISSING, reason="It is not there.")
    assert terminal.visit(heron().document, [capture, missing], "").endswith("  good")


# ── what the texts say now ────────────────────────────────────────────────────────


def test_an_answer_is_quoted_with_its_place_and_since_when() -> None:
    text = terminal.now(replies(heron(), TOPICS), TOPICS, colour=False, width=100)
    assert "May it show data to advertisers?" in text
    assert "Heron Privacy Policy  heron/privacy-policy@global" in text
    said = "“We show your walks to the members of your club, and to our advertising partners.”"
    assert said in " ".join(text.split())
    assert "§ 2. What we do with it" in text
    assert "in these words since 11 March 2025, in force 12 March 2025" in text


def test_a_text_without_an_answer_is_said_to_have_none() -> None:
    found = history("# Terms\nBe kind.", name="heron/terms@uk", title="Terms")
    text = terminal.now(replies(found, TOPICS), TOPICS, colour=False, width=100)
    assert text.count("No clause about this was found in Heron Terms (UK).") == 3


def test_words_of_the_first_reading_are_said_to_have_been_there() -> None:
    found = history("# Terms\nWe train models.", name="heron/terms@uk", title="Terms")
    text = terminal.now(replies(found, TOPICS), TOPICS, colour=False, width=100)
    assert "already there when first read on 1 March 2025" in text


def test_topics_without_questions_have_nothing_to_answer() -> None:
    asked = [replace(topic, questions=()) for topic in TOPICS]
    assert replies(heron(), asked) == ()
    assert "No question is asked" in terminal.now((), asked, colour=False, width=100)


def test_where_a_rule_may_be_mistaken_the_line_that_sets_it_right_is_named() -> None:
    given = failing()
    walled, missing = (
        replace(given, standing=replace(given.standing, outcome=outcome))
        for outcome in (Outcome.WALL, Outcome.UNREACHABLE)
    )
    said = terminal.status([walled], NOW, colour=False, width=200)
    assert "say so in data/corrections.toml (`tracker guide publish`: accepted)" in said
    assert "corrections.toml" not in terminal.status([missing], NOW, colour=False, width=200)
