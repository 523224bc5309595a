from __future__ import annotations

import pytest

from tests.strategies import clause
from tracker.differ.align import align
from tracker.differ.redline import redline
from tracker.differ.renumber import following, only_renumbered, renumbering
from tracker.model import Clause, Op, Unit

NUMBERS = {"3": "4", "3.2": "4.2", "5": "6", "9": "9"}


def heading(text: str) -> Clause:
    return clause(text, Unit.HEADING)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("See Section 3.2 for more.", "See Section 4.2 for more."),
        ("Sections 3, 5 and 9 survive.", "Sections 4, 6 and 9 survive."),
        ("as in § 3 above", "as in §\u00a04 above"),
        ("siehe Abschnitt 3.2", "siehe Abschnitt 4.2"),
        ("Sec\u00adtion 3.2\u200b holds", "Section 4.2 holds"),
    ],
)
def test_a_reference_that_follows_its_section_is_no_change(before: str, after: str) -> None:
    assert only_renumbered(redline(before, after), NUMBERS)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("See Section 3.2 for more.", "See Section 3.2 for more."),  # nothing changed
        ("See Section 3.2 for more.", "See Section 9 for more."),  # another section
        ("within 3 days", "within 4 days"),  # no reference
        ("See Section 3.2 for more.", "See Section 4.2 for less."),
        ("See Section 3.2 for more.", "See Section for more."),
        ("See Section for more.", "See Section 4.2 for more."),
    ],
)
def test_anything_else_is(before: str, after: str) -> None:
    assert not only_renumbered(redline(before, after), NUMBERS)


def test_only_the_references_of_an_edit_are_named() -> None:
    spans = redline("We may sell it (Section 3.2).", "We will sell it (Section 4.2).")
    named = [spans[n].before + spans[n].after for n in sorted(following(spans, NUMBERS))]
    assert named == ["3.2", "4.2"]
    assert [s.before for s in spans if s.op is Op.DELETE] == ["may", "3.2"]


def test_numbers_are_learned_from_sections_that_kept_their_wording() -> None:
    before = (heading("1. Scope"), heading("2. Payment"), heading("2.1 Refunds"))
    after = (heading("1. Scope"), heading("2. Data"), heading("3. Payment"), heading("3.1 Refunds"))
    pairs = align(before, after)
    assert renumbering(before, after, pairs) == {"1": "1", "2": "3", "2.1": "3.1"}


def test_a_number_that_several_clauses_have_says_nothing() -> None:
    before = (heading("1. Scope"), clause("1. first point"), heading("2. Payment"))
    after = (heading("2. Scope"), clause("1. first point"), heading("3. Payment"))
    assert renumbering(before, after, align(before, after)) == {"2": "3"}


def test_items_of_lists_hide_no_section_of_their_number() -> None:
    items = tuple(clause(f"{n}. Moor boat {n} here", Unit.ITEM) for n in (1, 2, 3))
    before = (heading("1. Scope"), *items, heading("2. Payment"))
    after = (heading("1. Scope"), *items, heading("2. Data"), heading("3. Payment"))
    found = renumbering(before, after, align(before, after))
    assert found == {"1": "1", "2": "3"}
