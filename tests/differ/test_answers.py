"""What a text says on a question: its own sentences, exact, and since when it has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import DAY, START, clauses, edited, page
from tracker.differ import revise
from tracker.differ.answers import Asker, answers, changed_answers
from tracker.model import AnswerChange, Clause, Question, Statement, Topic, Unit, Version

TRAINING = Question(
    "training",
    "May it train models?",
    "it may train models",
    ("train models",),
    ((("train*",), ("model*",)),),
    ("trained to",),
)
CHOICE = Question("choice", "Can one opt out?", "one can opt out", ("opt out",), (), ())
MODELS = Topic("models", "Models", "", ("model*", "AI"), (), (), (), (TRAINING, CHOICE))
#: As the sentences of `tests.strategies` have words for.
SHARING = Question("sharing", "Is data shared?", "", ("share",), ((("data",), ("the",)),), ())
DATA = Topic("data", "Data", "", ("data", "models"), (), (), (), (SHARING,))


def version_of(found: tuple[Clause, ...], day: int = 0) -> Version:
    time = START + day * DAY
    return Version("a/terms@global", "Terms", time, time, found, (), ())


def read(html: str, day: int = 0) -> Version:
    found = page(f"<main><h1>Terms</h1>{html}</main>")
    return replace(version_of(found.clauses, day), title=found.title)


def said(version: Version, question: str, topic: Topic = MODELS) -> list[str]:
    return [s.text for s in Asker([topic]).statements(version).get((topic.id, question), ())]


# ── which sentences answer ────────────────────────────────────────────────────────


def test_an_answer_is_a_sentence_and_not_its_clause() -> None:
    terms = read("<p>We keep boats. We may train our models on what you post. Boats float.</p>")
    assert said(terms, "training") == ["We may train our models on what you post."]


def test_what_is_not_said_is_not_answered() -> None:
    assert said(read("<p>Our models are fast. You may train here.</p>"), "training") == []


def test_nothing_counts_inside_a_phrase_of_never() -> None:
    assert said(read("<p>Our model was trained to draft letters.</p>"), "training") == []


def test_what_members_must_not_do_is_no_answer() -> None:
    asked = replace(MODELS, questions=(replace(TRAINING, unless=("you must not",)),))
    found = "<p>We train models. You must not train models with the service.</p>"
    assert said(read(found), "training", asked) == ["We train models."]
    listed = "<p>With our models you must not:</p><ul><li>train models</li></ul>"
    assert said(read(listed), "training", asked) == [], "nor under such a sentence"


def test_a_sentence_follows_from_the_one_before_it() -> None:
    terms = read("<p>We train AI. You can opt out at any time. You can opt out of mail.</p>")
    assert said(terms, "choice") == ["You can opt out at any time."]


def test_a_heading_says_what_the_sentences_under_it_are_about() -> None:
    terms = read("<h2>AI</h2><p>You can opt out.</p><h2>Mail</h2><p>You may opt out, too.</p>")
    assert said(terms, "choice") == ["You can opt out."]


def test_the_title_of_the_text_says_nothing_about_its_sentences() -> None:
    terms = page("<main><h1>AI terms</h1><p>You can opt out of mail.</p></main>")
    found = replace(version_of(terms.clauses), title="AI terms")
    assert said(found, "choice") == []


def test_an_item_is_read_with_the_sentence_that_introduces_its_list() -> None:
    terms = read("<p>Hello. We use data to train:</p><ul><li>our models</li><li>dogs</li></ul>")
    assert said(terms, "training") == ["our models"]
    (found,) = Asker([MODELS]).statements(terms)["models", "training"]
    assert found.lead == "We use data to train:"


def test_the_introduction_of_a_list_is_not_that_of_the_next() -> None:
    terms = read("<p>We train:</p><ul><li>dogs</li></ul><p>We like</p><ul><li>models</li></ul>")
    assert said(terms, "training") == []


def test_a_question_is_no_answer() -> None:
    terms = read("<p>Do we train models? We train models. “Why train models?”</p>")
    assert said(terms, "training") == ["We train models."]


def test_what_never_stops_is_no_sentence() -> None:
    assert said(read(f"<p>{'we train models and ' * 600}</p>"), "training") == []
    assert len(said(read(f"<p>{'we train models and ' * 300}</p>"), "training")) == 1


def test_a_heading_is_no_answer() -> None:
    assert said(read("<h2>We train models</h2><p>Boats float.</p>"), "training") == []


@pytest.mark.parametrize(
    "text",
    [
        "We train models, e.g. Alpha and Beta.",
        "We, Harbour Inc. of Delaware, train models.",
        "We train models (see No. 5 and Art. 6).",
    ],
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert said(read(f"<p>Hello. {text} Bye.</p>"), "training") == [text]


def test_a_closing_mark_belongs_to_its_sentence() -> None:
    terms = read("<p>We say: “We train models.” The rest is silence.</p>")
    assert said(terms, "training") == ["We say: “We train models.”"]


def test_the_same_words_twice_are_one_statement() -> None:
    terms = read("<p>We train models.</p><p>Boats float.</p><p>We train models.</p>")
    assert said(terms, "training") == ["We train models."]


def test_the_links_of_a_sentence_go_with_it() -> None:
    terms = read(
        '<p>AI is <a href="https://a.example/1">here</a>. '
        'Opt out <a href="https://a.example/2">here</a>. Bye.</p>'
    )
    (found,) = Asker([MODELS]).statements(terms)["models", "choice"]
    assert [link.target for link in found.links] == ["https://a.example/2"]


def one(version: Version) -> Statement:
    (found,) = Asker([MODELS]).statements(version)["models", "training"]
    return found


def test_a_refusal_is_marked() -> None:
    assert one(read("<p>We do not train models.</p>")).refuses
    assert one(read("<p>We don’t train models.</p>")).refuses
    assert not one(read("<p>We train models and do not take notes.</p>")).refuses
    assert not one(read("<p>If you do not object: we train models.</p>")).refuses
    assert not one(read("<p>We do not sell what you post but train models.</p>")).refuses
    assert not one(read("<p>If you do not object, we train models.</p>")).refuses


def test_a_refusal_holds_for_the_whole_sentence() -> None:
    far = (
        "<p>We will not use and will not let those who row for us use letters to train models.</p>"
    )
    assert one(read(far)).refuses
    assert one(read("<p>Prohibition on how we train models</p>")).refuses
    assert one(
        read("<p>We restrict those who row for us from letting it train models.</p>")
    ).refuses


def test_what_leads_to_a_list_refuses_its_items() -> None:
    assert one(read("<p>You may not:</p><ul><li>use letters to train models</li></ul>")).refuses
    assert not one(read("<p>We may:</p><ul><li>use letters to train models</li></ul>")).refuses


def test_a_day_that_is_still_to_come_is_told() -> None:
    text = "<p>Effective 3 November 2025 we will train models.</p>"
    assert one(read(text)).effective == date(2025, 11, 3)
    assert one(read(text, day=400)).effective is None


# ── changes of an answer ──────────────────────────────────────────────────────────


def test_a_revision_names_the_answers_it_changes_and_the_changes_that_do() -> None:
    before = read("<p>Boats float.</p><p>Rivers run to the sea.</p>")
    after = read("<p>Boats float. We train models.</p><p>Rivers run to the ocean.</p>", day=1)
    revision = revise(before, after, [MODELS])
    (answer,) = revision.answers
    assert (answer.question, answer.is_new, answer.is_over) == ("training", True, False)
    assert [change.questions for change in revision.changes] == [("models/training",), ()]


def test_an_answer_can_end_and_can_be_put_in_other_words() -> None:
    old, new = read("<p>We train models.</p>"), read("<p>We may train models.</p>", day=1)
    (reworded,) = changed_answers(old, new, [MODELS])
    assert [s.text for s in reworded.gone] == ["We train models."]
    assert not reworded.is_new and not reworded.is_over
    (over,) = changed_answers(old, read("<p>Boats float.</p>"), [MODELS])
    assert over.is_over


def test_moving_a_sentence_changes_no_answer() -> None:
    old = read("<p>We train models.</p><p>Boats float.</p>")
    new = read("<p>Boats float. We train models.</p>", day=1)
    assert changed_answers(old, new, [MODELS]) == ()


def test_punctuation_and_capitals_change_no_answer() -> None:
    old = read("<p>We train models, and members know.</p>")
    new = read("<p>We train models and Members know.</p>", day=1)
    assert changed_answers(old, new, [MODELS]) == ()


# ── since when ────────────────────────────────────────────────────────────────────


def test_an_answer_knows_since_when_it_has_been_given_and_what_it_was() -> None:
    texts = [
        "Boats float.",
        "We train models.",
        "We may train models.",
        "We may train models. Bye.",
    ]
    versions = [read(f"<p>{text}</p>", day) for day, text in enumerate(texts)]
    training, choice = answers(versions, [MODELS])
    assert training.first == versions[0]
    assert training.since == versions[1]
    assert training.changed == versions[2]
    assert [s.text for s in training.before] == ["We train models."]
    assert [d.since for d in training.statements] == [versions[2]]
    assert (choice.statements, choice.since, choice.changed) == ((), None, None)


def test_an_answer_that_was_always_there_has_no_change() -> None:
    versions = [read("<p>We train models.</p>", 0), read("<p>We train models. Bye.</p>", 1)]
    training = answers(versions, [MODELS])[0]
    assert (training.since, training.changed, training.before) == (versions[0], None, ())


def test_a_text_never_read_answers_nothing() -> None:
    assert answers([], [MODELS]) == ()


# ── laws ──────────────────────────────────────────────────────────────────────────


def keys(version: Version) -> set[str]:
    return {s.key for s in Asker([DATA]).statements(version).get(("data", "sharing"), ())}


@given(clauses)
def test_statements_are_words_of_the_text(found: tuple[Clause, ...]) -> None:
    version = version_of(found)
    for statements in Asker([DATA]).statements(version).values():
        for statement in statements:
            assert statement.text
            assert statement.text in found[statement.place].text
            assert found[statement.place].unit is not Unit.HEADING


@given(clauses)
def test_the_same_text_has_the_same_answers(found: tuple[Clause, ...]) -> None:
    assert changed_answers(version_of(found), version_of(found, 1), [DATA]) == ()


@given(edited())
def test_the_changes_of_an_answer_lead_from_the_one_to_the_other(
    sides: tuple[tuple[Clause, ...], tuple[Clause, ...]],
) -> None:
    before, after = version_of(sides[0]), version_of(sides[1], 1)
    none = AnswerChange("data", "sharing", (), (), ())
    change = next(iter(changed_answers(before, after, [DATA])), none)
    gone, came = ({s.key for s in side} for side in (change.gone, change.came))
    assert keys(before) - gone | came == keys(after)
    assert gone <= keys(before) and came <= keys(after)


@given(clauses, clauses)
def test_a_text_is_asked_alike_whatever_was_asked_before(
    found: tuple[Clause, ...], other: tuple[Clause, ...]
) -> None:
    asker = Asker([DATA, MODELS])
    asker.statements(version_of(other))
    fresh = Asker([DATA, MODELS]).statements(version_of(found))
    assert asker.statements(version_of(found)) == fresh


@given(st.lists(clauses, min_size=1, max_size=5))
def test_since_is_the_start_of_an_unbroken_run(texts: list[tuple[Clause, ...]]) -> None:
    versions = [version_of(found, day) for day, found in enumerate(texts)]
    (answer,) = answers(versions, [DATA])
    assert {d.statement.key for d in answer.statements} == keys(versions[-1])
    for dated in answer.statements:
        n = versions.index(dated.since)
        assert all(dated.statement.key in keys(v) for v in versions[n:])
        assert n == 0 or dated.statement.key not in keys(versions[n - 1])
    if answer.changed:
        n = versions.index(answer.changed)
        assert keys(versions[n - 1]) != keys(versions[-1]) == keys(versions[n])
