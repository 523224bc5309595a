"""A link by which people could choose is missed when it goes."""

from __future__ import annotations

import pytest

from tests.strategies import version
from tracker.differ import revise
from tracker.differ.choice_links import is_choice
from tracker.model import Link, Significance

PAGE = "<h1>T</h1><p>You can {} at any time.</p><p>Nothing else is said here.</p>"
CHOICE = '<a href="https://law.test/settings/ads">opt out of ads</a>'


@pytest.mark.parametrize(
    ("words", "target", "expected"),
    [
        ("opt out", "https://law.test/x", True),
        ("Manage it", "https://law.test/x", True),
        ("here", "https://law.test/mypreferences/d/settings/data-for-ai-improvement", True),
        ("here", "https://law.test/psettings/guest-controls", True),
        ("Learn more", "https://law.test/help/answer/1", False),
    ],
)
def test_a_choice_is_known_by_its_words_or_its_address(
    words: str, target: str, expected: bool
) -> None:
    assert is_choice(Link(words, target)) is expected


def worth(before: str, after: str) -> Significance:
    old, new = (version(PAGE.format(text)) for text in (before, after))
    return revise(old, new, ()).significance


def test_a_choice_that_lost_its_link_is_news() -> None:
    assert worth(CHOICE, "opt out of ads") is Significance.SUBSTANTIVE


def test_a_choice_with_another_address_and_another_link_lost_are_links() -> None:
    moved = CHOICE.replace("/settings/ads", "/settings/ads-new")
    assert worth(CHOICE, moved) is Significance.LINKS
    help_page = '<a href="https://law.test/help">ask us</a>'
    assert worth(help_page, "ask us") is Significance.LINKS
    assert worth("opt out of ads", CHOICE) is Significance.LINKS
