"""`topics.toml`: a rule that is quietly ignored would be a change that is quietly missed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import version
from tracker.config.topics import load, parse
from tracker.config.validation import MAX_BYTES
from tracker.differ import revise
from tracker.errors import DeclarationError
from tracker.model import Question, Topic

SHIPPED = Path(__file__).parents[2] / "data" / "topics.toml"

ARBITRATION = """
[arbitration]
title = "Arbitration"
about = "Where and how disputes are settled; whether people may sue together."
words = ["arbitrat*", "class action*", "jury trial", "small claims"]
never = ["arbitrary", "arbitrarily"]
headings = ["disputes"]

[[arbitration.near]]
one-of = ["dispute*", "claim*"]
and-one-of = ["court*", "mediation", "waive*"]
"""


ASKED = '[x]\nwords = ["a"]\n[[x.questions]]\nname = "court"\nask = "May one?"'
TWICE = f'{ASKED}\nwords = ["a"]\n{ASKED[17:]}\nwords = ["a"]'


def refusal(text: str) -> str:
    with pytest.raises(DeclarationError) as caught:
        parse("topics.toml", text)
    assert caught.value.exit_code == 2
    message = str(caught.value)
    assert message.startswith("topics.toml: ")
    assert message.isprintable()
    return message


# ── what is accepted ──────────────────────────────────────────────────────────────


def test_the_topics_that_ship_are_two() -> None:
    topics = load(SHIPPED)
    assert [(t.id, t.title) for t in topics] == [
        ("generative-ai", "Generative AI"),
        ("targeted-advertising", "Targeted advertising"),
    ]
    assert all(t.about and t.words and t.near and t.never for t in topics)


def test_every_key_is_read() -> None:
    assert parse("t", ARBITRATION) == (
        Topic(
            "arbitration",
            "Arbitration",
            "Where and how disputes are settled; whether people may sue together.",
            ("arbitrat*", "class action*", "jury trial", "small claims"),
            ((("dispute*", "claim*"), ("court*", "mediation", "waive*")),),
            ("arbitrary", "arbitrarily"),
            ("disputes",),
        ),
    )


def test_ten_lines_are_a_topic_that_works() -> None:
    topics = parse("topics.toml", ARBITRATION)
    before = version("<h1>Terms</h1><p>Any dispute goes to the courts of Lima.</p><p>Be kind.</p>")
    after = version(
        "<h1>Terms</h1><p>Any dispute goes to an arbitrator in Lima.</p><p>Be kind.</p>"
    )
    revision = revise(before, after, topics)
    assert revision.topics == ("arbitration",)
    assert revision.changes[0].tags[0].words == ("dispute", "courts", "arbitrator")
    other = version(
        "<h1>Terms</h1><p>Any dispute goes to the courts of Lima.</p><p>Be arbitrary.</p>"
    )
    assert revise(before, other, topics).topics == ()


def test_what_may_be_left_out() -> None:
    assert parse("t", '[x]\nwords = ["a"]') == (Topic("x", "x", "", ("a",), (), ()),)
    near = '[x]\n[[x.near]]\none-of = ["a"]\nand-one-of = ["b"]\nand-also-one-of = ["c"]'
    assert parse("t", near)[0].near == ((("a",), ("b",), ("c",)),)
    assert parse("t", '[x]\nabout = ""\nwords = ["a"]')[0].about == ""
    assert parse("t", "") == ()


QUESTION = """
[[x.questions]]
name = "court"
ask = "May one go to court?"
says = "one may go to court"
words = ["go to court"]
never = ["tennis court"]

[[x.questions.near]]
one-of = ["bring*"]
and-one-of = ["court*", "judge*"]
"""


def test_a_topic_has_questions() -> None:
    (topic,) = parse("t", f'[x]\nwords = ["a"]\n{QUESTION}')
    (question,) = topic.questions
    assert question == Question(
        "court",
        "May one go to court?",
        "one may go to court",
        ("go to court",),
        ((("bring*",), ("court*", "judge*")),),
        ("tennis court",),
    )


def test_a_question_needs_no_words_for_headlines() -> None:
    (topic,) = parse("t", f'[x]\nwords = ["a"]\n{QUESTION.replace("says", "# says")}')
    assert topic.questions[0].says == ""


def test_the_order_of_the_file_is_kept() -> None:
    text = '[b]\nwords = ["x"]\n[a]\nwords = ["y"]'
    assert [t.id for t in parse("t", text)] == ["b", "a"]


# ── what is refused, in one clear sentence ────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[x", "is not TOML"),
        ("[x]\n[x]", "is not TOML"),
        ("a = " + "[" * 5000, "is n"),
        ('words = ["a"]', '"words" must hold keys and values, not a list'),
        ("[x]", '"x" watches for nothing'),
        ("[x]\nwords = []", '"x" watches for nothing'),
        ('[X]\nwords = ["a"]', "cannot name a topic; use small letters"),
        ('["a b"]\nwords = ["a"]', "cannot name a topic"),
        ('["../x"]\nwords = ["a"]', "cannot name a topic"),
        ('[all]\nwords = ["a"]', '"all" is the name of another feed'),
        ('[status]\nwords = ["a"]', "is the name of another feed"),
        ('[upcoming]\nwords = ["a"]', "is the name of another feed"),
        ('[x]\nword = ["a"]', "perhaps words is meant"),
        ('[x]\nwords = "a"', '"words" must be a list of words, not text'),
        ("[x]\nwords = [1]", "must be text in quotation marks, not a number"),
        ('[x]\nwords = [" "]', "must have between 1 and"),
        ('[x]\nwords = ["*"]', "without a letter or digit"),
        ('[x]\nwords = ["a\\u200b"]', "has control or invisible characters"),
        ('[x]\ntitle = ""\nwords = ["a"]', '"title" must have between 1 and'),
        ('[x]\nabout = false\nwords = ["a"]', '"about" must be text'),
        ('[x]\nabout = 0\nwords = ["a"]', '"about" must be text'),
        ('[x]\nwords = ["a"]\nnever = ["-"]', '"never" has an entry without'),
        ('[x]\nnear = "a"', "written under a heading in double brackets"),
        ('[x.near]\none-of = ["a"]\nand-one-of = ["b"]', "in double brackets"),
        ('[x]\nnear = ["a"]', '"near" must hold keys and values'),
        ('[x]\n[[x.near]]\none-of = ["a"]', "need both one-of and and-one-of"),
        ('[x]\n[[x.near]]\none-of = []\nand-one-of = ["b"]', "cannot have an empty list"),
        ('[x]\n[[x.near]]\none-of = ["a"]\nand-one = ["b"]', "perhaps and-one-of is meant"),
        ('[x]\nwords = ["a"]\nquestions = "a"', "questions are each written under a heading"),
        (ASKED, '"court" has no words that answer it; give it words or a near rule'),
        (f'{ASKED}\nword = ["a"]', "perhaps words is meant"),
        (f'{ASKED}\nwords = ["a"]\nsays = ""\nnear = 1', "in double brackets"),
        (ASKED.replace("court", "C"), '"C" cannot name a question; use small letters'),
        (ASKED.replace("ask", "says"), '"ask" must have between 1 and'),
        (
            f'{ASKED}\nwords = ["a"]\n{ASKED[17:]}\nwords = ["a"]',
            "is the name of two questions; give each its own",
        ),
    ],
)
def test_what_is_no_topic_is_refused(text: str, expected: str) -> None:
    assert expected in refusal(text)


def test_the_file_itself_may_be_wrong(tmp_path: Path) -> None:
    file = tmp_path / "topics.toml"
    with pytest.raises(DeclarationError, match="not a file"):
        load(file)
    file.write_bytes(b"\xff")
    with pytest.raises(DeclarationError, match="save it as UTF-8"):
        load(file)
    file.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(DeclarationError, match="split it"):
        load(file)


PARTS = [
    "[x]",
    "[[x.near]]",
    "words",
    "near",
    "one-of",
    "=",
    "[",
    "]",
    '"a"',
    "1",
    "\n",
    "{",
    "}",
    ",",
]


@given(st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=3))).map("".join))
def test_any_text_is_topics_or_one_clear_refusal(text: str) -> None:
    try:
        assert all(topic.words or topic.near for topic in parse("topics.toml", text))
    except DeclarationError as error:
        assert str(error).startswith("topics.toml: ")
