"""What is new at every look hides no rewrite and is no news; what stays is a text again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from tests.strategies import DAY, PAGE, START, capture, page
from tracker.extractor import text_digest
from tracker.history import history
from tracker.model import Document, History, Outcome, Source, State, digest

SOURCE = Source(PAGE)
RULES = [f"Rule {n} of this harbour holds for every boat that comes in at night." for n in range(9)]
OTHERS = [f"Number {n} of what the mill asks of bakers, carters and their sons." for n in range(9)]
Line = Callable[[float], str]


def told(
    days: Mapping[int, list[str]] | Mapping[float, list[str]], *collapsed: float, via: str = "live"
) -> History:
    """The history of a page with these lines on these days."""
    bodies = {
        day: "".join(line if line[0] == "<" else f"<p>{line}</p>" for line in lines)
        for day, lines in days.items()
    }
    pages = {digest(body.encode()): page(body) for body in bodies.values()}
    looks = [
        replace(
            capture(day, body, source=SOURCE, via=via),
            text=text_digest(pages[digest(body.encode())].clauses),
            outcome=Outcome.COLLAPSED if day in collapsed else Outcome.GOOD,
        )
        for day, body in bodies.items()
    ]
    document = Document("d", "Harbour", "Terms", "global", (SOURCE,))
    return history(document, looks, lambda c: pages[c.body or ""], ())


def seen_first(found: History) -> list[float]:
    return [(version.first_seen - START) / DAY for version in found.versions]


def reference(day: float) -> str:
    return f"Reference of this request: {digest(str(day).encode())[:12]}"


def token(day: float) -> str:
    return f"<p>Please <a href=/tell?ticket={digest(str(day).encode())[:9]}>tell us</a> more.</p>"


def bare(day: float) -> str:
    return digest(str(day).encode())[:12]


def printed(day: float) -> str:
    return f"Printed on {1 + int(day)} January 2025."


def in_numbers(day: float) -> str:
    return f"<p>As of {1 + int(day):02}/01/2025, 0{int(day) % 10}:17</p>"


LINES = [reference, token, bare]


@pytest.mark.parametrize("line", LINES)
def test_what_is_new_at_each_look_is_no_text_after_a_few(line: Line) -> None:
    found = told({day: [*RULES, line(day)] for day in range(10)})
    assert seen_first(found) == [0, 1, 2, 3, 4]
    assert found.standing.state is State.OK
    assert "New at every look" in found.standing.reason


def test_four_prices_on_four_days_are_prices() -> None:
    found = told({day: [*RULES, f"The fee is {day + 1} euros."] for day in range(4)})
    assert seen_first(found) == [0, 1, 2, 3]


@pytest.mark.parametrize("line", [printed, in_numbers])
def test_the_day_of_the_look_is_none_from_the_first(line: Line) -> None:
    found = told({n / 2: [line(n // 2), *RULES] for n in range(20)})
    assert seen_first(found) == [0]
    assert "New at every look" in found.standing.reason


@pytest.mark.parametrize("line", [*LINES, printed])
def test_a_change_beside_it_is_told(line: Line) -> None:
    days = {day: [*(RULES if day < 7 else RULES[1:]), line(day)] for day in range(10)}
    assert seen_first(told(days))[-1] == 7


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("begin", [1, 6])
def test_a_rewrite_beside_it_is_told_and_from_its_first_look(line: Line, begin: int) -> None:
    days = {day: [*(RULES if day < begin else OTHERS), line(day)] for day in range(begin + 8)}
    found = told(days)
    assert found.versions[-1].clauses[0].text == OTHERS[0]
    assert begin in seen_first(found)


def test_texts_that_are_others_at_each_look_do_not_agree() -> None:
    days = {day: [RULES, OTHERS, [*OTHERS[5:], *RULES[:4]]][day % 3] for day in range(12)}
    assert len(told(days).versions) <= 2


def test_what_stops_counting_is_a_text_from_its_first_look_on() -> None:
    days = {day: [*RULES, bare(min(day, 6))] for day in range(12)}
    found = told(days)
    assert seen_first(found) == [0, 1, 2, 3, 4, 6]
    assert found.versions[-2].last_seen == START + 5 * DAY
    assert found.standing.reason == ""


def test_what_is_edited_now_and_then_is_no_counter() -> None:
    days = {10 * n: [*RULES, f"We keep it for {n + 2} days."] for n in range(8)}
    assert seen_first(told(days)) == list(days)
    assert seen_first(told(days, via="Archive, commit 1")) == list(days)


@pytest.mark.parametrize("line", [lambda _: RULES[0], *LINES])
def test_a_collapse_that_agreed_is_not_held_again(line: Line) -> None:
    long = [*OTHERS, *RULES]
    days = {day: [*(long if day < 2 else RULES[:5]), line(day)] for day in (0, 1, 2, 3, 4, 5)}
    found = told(days, 2, 3)
    assert len(found.versions[-1].clauses) == 6
    assert 2 in seen_first(found)


def test_a_collapse_that_did_not_agree_is_nothing() -> None:
    days = {0: RULES, 1: RULES[:3], 2: RULES, 3: [*RULES, OTHERS[0]]}
    assert seen_first(told(days, 1)) == [0, 3]
