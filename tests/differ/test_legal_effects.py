"""What a change turns is said in its own words, and only where the change is plain."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.strategies import prose, version
from tracker.differ import revise
from tracker.differ.legal_effects import notes
from tracker.differ.redline import redline
from tracker.model import Link, Note, Turn


def found(before: str, after: str) -> list[tuple[str, str, str]]:
    return [(n.turn.value, n.before, n.after) for n in notes(redline(before, after), (), ())]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("We will not sell your data.", "We may sell your data.", ("duty", "will not", "may")),
        ("We may use your data here.", "We will use your data here.", ("duty", "may", "will")),
        ("We don’t read your mail.", "We may read your mail.", ("duty", "don’t", "may")),
        ("We share it with no one.", "We never share it with no one.", ("duty", "", "never")),
        ("We do not keep any of it.", "We do keep any of it.", ("duty", "not", "")),
        ("You must only ask us once.", "You must ask us once.", ("duty", "only", "")),
        (
            "We rely on your consent for this purpose.",
            "We rely on our legitimate interests for this purpose.",
            ("legal basis", "consent", "legitimate interests"),
        ),
        (
            "Nous ne vendons pas les lettres que vous nous écrivez depuis le port.",
            "Nous vendons les lettres que vous nous écrivez depuis le port.",
            ("duty", "pas", ""),
        ),
        (
            "Wir verkaufen die Briefe nicht, die Sie uns aus dem Hafen schreiben.",
            "Wir verkaufen die Briefe, die Sie uns aus dem Hafen schreiben.",
            ("duty", "nicht", ""),
        ),
        (
            "El puerto puede pedir una copia de las cartas que usted escribe.",
            "El puerto debe pedir una copia de las cartas que usted escribe.",
            ("duty", "puede", "debe"),
        ),
        (
            "Dit doen we met je toestemming.",
            "Dit doen we op grond van ons gerechtvaardigd belang.",
            ("legal basis", "toestemming", "gerechtvaardigd belang"),
        ),
    ],
)
def test_a_plain_turn_is_said(before: str, after: str, expected: tuple[str, str, str]) -> None:
    assert expected in found(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We may use your data.", "We may use your posts."),
        ("We will use it.", "We WILL use it."),
        ("Effective 20 May 2024", "Effective 3 November 2025"),
        ("Effective May 20, 2024", "Effective November 3, 2025"),
        # A long new sentence has duties of its own; nothing turned.
        (
            "We keep it for a year.",
            "We keep it for a year. You may ask us at any time to send you a copy of all of it.",
        ),
        # Two duties on a side are for the reader.
        ("We will and must keep it safe.", "We may keep it safe."),
        ("Wholly other words.", "Nothing may stay as it was here"),
        ("", "We may use it."),
    ],
)
def test_what_is_not_plain_is_left_to_the_reader(before: str, after: str) -> None:
    assert [row for row in found(before, after) if row[0] == "duty"] == []


def test_recipients_that_came_and_went_are_named() -> None:
    before = "We share your data with our affiliates and with service providers."
    after = "We share your data with our Affiliates, including Microsoft, and with advertisers."
    assert found(before, after) == [
        ("recipient", "", "Microsoft"),
        ("recipient", "", "advertisers"),
        ("recipient", "service providers", ""),
    ]
    assert ("recipient", "", "Microsoft") in found("", "We share it with Microsoft.")


def test_a_name_without_a_word_of_sharing_is_no_recipient() -> None:
    assert found("", "Microsoft is a company in Redmond.") == []
    assert found("We like vendors.", "We like vendors and publishers.") == []


def test_links_to_choices_that_came_and_went_are_named() -> None:
    choice = Link("opt out", "https://law.test/settings/ads")
    other = Link("help", "https://law.test/help")
    spans = redline("You can opt out.", "You can opt out.")
    shown = "opt out (https://law.test/settings/ads)"
    assert notes(spans, (choice, other), ()) == (Note(Turn.CHOICE, "", shown),)
    assert notes(spans, (other,), (choice,)) == (Note(Turn.CHOICE, shown, ""),)


def test_a_change_carries_its_notes() -> None:
    page = "<h1>Terms</h1><p>We {} sell what you give us.</p>"
    (change,) = revise(version(page.format("never")), version(page.format("may")), ()).changes
    assert change.notes == (Note(Turn.DUTY, "never", "may"),)


@given(prose, prose)
def test_every_note_is_in_words_of_the_texts(before: str, after: str) -> None:
    for note in notes(redline(before, after), (), ()):
        assert note.before or note.after
        assert note.before != note.after
