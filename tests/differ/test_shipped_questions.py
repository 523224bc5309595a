"""The questions that ship, put to sentences made up in the manner of real terms."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differ.test_answers import version_of
from tests.strategies import clause
from tracker.config.topics import load
from tracker.differ.answers import Asker

TOPICS = load(Path(__file__).parents[2] / "data" / "topics.toml")
ASKER = Asker(TOPICS)
AI, ADS = (topic.id for topic in TOPICS)
UNDER = {AI: ("Terms", "Generative AI"), ADS: ("Terms", "Advertising")}


def answered(text: str, topic: str) -> set[str]:
    found = version_of((clause(text, path=UNDER[topic]),))
    return {question for of, question in ASKER.statements(found) if of == topic}


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("training", "We may use what you post to train our models."),
        ("training", "We do not use your letters to train or fine-tune AI models."),
        ("training", "Improve our services, including our AI models."),
        ("creating", "We use public posts to train our generative AI models."),
        ("creating", "Your notes help us develop large language models."),
        (
            "others",
            "We share data with our parent company so that it can train its AI models.",
        ),
        ("others", "We prohibit our providers from training their models on your drafts."),
        ("opt-out", "You can opt out at any time in your settings."),
        ("opt-out", "You may decide whether we do so by adjusting the training control."),
        ("default", "This is on by default."),
        ("legal-basis", "Our legitimate interest in building good models."),
        ("output", "AI generated answers may be inaccurate or incomplete."),
        ("output", "You are responsible for the output and should verify it."),
    ],
)
def test_what_answers_a_question_about_ai(question: str, text: str) -> None:
    assert question in answered(text, AI)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("training", "Our assistant was trained to draft replies to customers."),
        ("training", "The assistant helps you get training for work."),
        ("creating", "We train systems that detect spam."),
        ("others", "We use your posts to train our own models."),
        ("opt-out", "The assistant opens in a window of its own."),
        ("output", "Our assistant can review résumés."),
    ],
)
def test_what_answers_no_question_about_ai(question: str, text: str) -> None:
    assert question not in answered(text, AI)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("targeting", "We show you ads tailored to your interests."),
        ("targeting", "We deliver sponsored content that may be of interest to you."),
        ("targeting", "We may use your personal information to show you advertising online."),
        ("receiving", "We receive data about you from certain advertising or marketing partners."),
        ("sharing", "We share hashed identifiers with ad networks."),
        ("sharing", "We do not sell your personal data to advertisers."),
        ("sharing", "We provide information to advertising platforms."),
        ("receiving", "We receive data from advertising partners to choose ads."),
        ("receiving", "We collect data when you visit other websites that show our ads."),
        ("opt-out", "You can opt out of personalised ads here."),
        ("opt-out", "You can amend your choices at any time."),
        ("default", "We show these ads only with your consent."),
        ("names", "Your name and photo may appear with ads."),
    ],
)
def test_what_answers_a_question_about_ads(question: str, text: str) -> None:
    assert question in answered(text, ADS)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("targeting", "An ad is labelled as such."),
        ("sharing", "We use your data to provide you with relevant ads."),
        ("sharing", "You can share articles about ads and data."),
        ("receiving", "Learn more about the ad technologies we use and our partners."),
        ("names", "Your name is on your profile."),
    ],
)
def test_what_answers_no_question_about_ads(question: str, text: str) -> None:
    assert question not in answered(text, ADS)


def test_every_question_can_be_a_headline() -> None:
    asked = [question for topic in TOPICS for question in topic.questions]
    assert {q.id for q in asked if not q.says} == {"default"}, "which can be answered both ways"
    assert all(q.ask.endswith("?") for topic in TOPICS for q in topic.questions)
