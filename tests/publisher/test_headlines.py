"""The line that says what changed, from the words of the texts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.factories import TOPICS as ASKED
from tests.factories import heron, history
from tracker.model import Revision, Significance
from tracker.publisher.headlines import headline
from tracker.publisher.words import news

#: Topics without questions, whose answers would go before all else.
TOPICS = tuple(replace(topic, questions=()) for topic in ASKED)
CHANGED, EDITED = heron().revisions
TRAINS = "“do not” is gone from “we do not use them to train models.” (and 3 more changes)"


def of(before: str, after: str) -> str:
    """The headline of one step of a text under one heading, without the name of the document."""
    found = history(f"# Rules\n{before}", f"# Rules\n{after}")
    return headline(found, found.revisions[0], TOPICS).partition(": ")[2]


def test_a_headline_says_which_text_about_what_how_and_from_when() -> None:
    assert headline(heron(), CHANGED, TOPICS) == (
        f"Heron Privacy Policy: generative AI and targeted advertising: {TRAINS}, "
        "in force 12 March 2025"
    )
    assert headline(heron(), EDITED, TOPICS) == "Heron Privacy Policy: editorial changes only"


def test_an_answer_that_changed_goes_before_the_words() -> None:
    found = headline(heron(), CHANGED, ASKED)
    assert ": now says it may train AI on walks (and 3 more changes), in force 12 Mar" in found


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Be kind.", "Be kind. We train models.", "now says it may train AI on walks"),
        ("Be kind. We train models.", "Be kind.", "no longer says it may train AI on walks"),
        (
            "Be kind.",
            "Be kind. We do not train models.",
            "now says “We do not train models.”",
        ),
        ("We do not train models.", "We train models.", "now says it may train AI on walks"),
        ("We train models.", "We never train models.", "no longer says it may train AI on walks"),
        (
            "AI speaks here.",
            "AI speaks here. It will answer better.",
            "now says something on “Who answers for its AI?”",
        ),
    ],
)
def test_an_answer_is_told_where_it_says_something_else(before: str, after: str, said: str) -> None:
    found = history(f"# Rules\n## AI models\n{before}", f"# Rules\n## AI models\n{after}")
    assert said in headline(found, found.revisions[0], ASKED)


def test_an_answer_in_other_words_is_told_in_the_words_that_changed() -> None:
    found = history("# Rules\nWe train models.", "# Rules\nWe often train models.")
    assert found.revisions[0].answers
    assert "“We often train models.”" in headline(found, found.revisions[0], ASKED)


@pytest.mark.parametrize(
    ("worth", "topics", "expected"),
    [
        (Significance.ANNOUNCEMENT, (), "announces changes: “do not”"),
        (Significance.ANNOUNCEMENT, ("generative-ai",), "announces changes about generative AI: "),
        (Significance.REVERTED, (), "an earlier wording is back: “do not”"),
        (Significance.SUBSTANTIVE, (), TRAINS),
        (Significance.UPCOMING, (), "coming: “do not”"),
        (Significance.TECHNICAL, (), "read from another place; not a change of the terms"),
        (Significance.LINKS, (), "link targets changed"),
        (Significance.EDITORIAL, (), "editorial changes only"),
    ],
)
def test_every_significance_has_its_headline(
    worth: Significance, topics: tuple[str, ...], expected: str
) -> None:
    revision = replace(CHANGED, significance=worth, topics=topics, effective=None)
    assert headline(heron(), revision, TOPICS).startswith(f"Heron Privacy Policy: {expected}")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("We like water.", "We like water. We may sell it.", "new: “We may sell it.”"),
        ("We like water. We may sell it.", "We like water.", "gone: “We may sell it.”"),
        (
            "You can return a boat within 30 days of its delivery.",
            "You can return a boat within 14 days of its delivery.",
            "“30” became “14” in “You can return a boat within 14 days of its delivery.”",
        ),
        (
            "We will not lend your boat to others.\n\nThe lake is deep.",
            "We may lend your boat to others.\n\nThe lake is deep and wide.",
            "“will not” became “may” in “We may lend your boat to others.” (and 1 more change)",
        ),
        (
            "We give names to the harbour and to those who repair boats.",
            "We give names to the harbour, to vendors and to those who repair boats.",
            "“vendors” is new in "
            "“We give names to the harbour, to vendors and to those who repair boats.”",
        ),
    ],
)
def test_what_changed_is_said_in_the_words_of_the_text(before: str, after: str, said: str) -> None:
    assert of(before, after) == said


def test_what_is_about_a_topic_goes_before_what_is_not() -> None:
    found = of(
        "We will keep boats dry.\n\nThe lake is deep.",
        "We may keep boats dry.\n\nThe lake is deep. It is used to train AI.",
    )
    assert found == "generative AI: new: “It is used to train AI.” (and 1 more change)"


def test_a_long_sentence_is_cut_to_what_changed() -> None:
    about = "boats and the things that people leave in them when they go home in the evening "
    found = of(f"We look after {about * 3}.", f"We look after {about * 2}and {about}, at a price.")
    assert len(found) < 200
    assert "price" in found or " and boats" in found


def test_a_long_sentence_says_who_and_what_changed() -> None:
    kept = "Those who sail here and leave a boat at the pier for longer than one summer "
    found = of(f"{kept * 3}pay ten crowns.", f"{kept * 3}pay twelve crowns.")
    assert "“Those who sail here" in found
    assert found.endswith("pay twelve crowns.”")


def test_a_long_new_sentence_is_cut_to_what_is_about_the_topic() -> None:
    kept = "If you give us the number of a telephone that you keep on board "
    found = of("Be kind.", f"Be kind. {kept * 3}we may train AI with the voice.")
    assert "new: “If you give us" in found
    assert "train AI" in found


def test_an_address_that_changed_is_said_as_a_whole() -> None:
    found = of(
        "Write to us at pier@heron.example when it leaks.",
        "Write to us at boats@heron.example when it leaks.",
    )
    assert found.startswith("“pier@heron.example” became “boats@heron.example” in")


def test_a_name_in_a_list_is_said_with_its_heading() -> None:
    found = history(
        "# Rules\n## Who gets names\nThese do:\n- Lake Union",
        "# Rules\n## Who gets names\nThese do:\n- Lake Union\n- Pike Brothers",
    )
    assert headline(found, found.revisions[0], TOPICS).endswith(
        "new under “Who gets names”: “Pike Brothers”"
    )


def test_a_document_has_its_declared_name_whatever_its_page_is_called() -> None:
    found = history("# Welcome aboard\nWe like water.", "# Welcome aboard\nWe like wine, too.")
    name = headline(found, found.revisions[0], TOPICS).partition(":")[0]
    assert name == f"{found.document.service} {found.document.type}"


def test_the_number_is_the_last_resort() -> None:
    revision: Revision = replace(
        CHANGED, changes=tuple(replace(c, redline=(), notes=()) for c in news(CHANGED)[:1])
    )
    assert headline(heron(), revision, TOPICS).endswith("1 clause changed, in force 12 March 2025")


def test_an_announcement_is_about_what_it_says_and_not_about_the_notice_that_it_replaces() -> None:
    found = history(
        "# Rules\nWe have changed how we use targeted advertising.\nBe kind.",
        "# Rules\nOn 3 March 2027, we are updating how we train AI models.\nBe kind.",
    )
    (step,) = found.revisions
    assert {tag.topic for change in step.changes for tag in change.tags} == {
        "generative-ai",
        "targeted-advertising",
    }
    announced = replace(step, significance=Significance.ANNOUNCEMENT)
    said = headline(found, announced, TOPICS)
    assert "announces changes about generative AI" in said
    assert "advertising" not in said
