"""A topic belongs to what changed: the words, the sentence around them, the headings above."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import prose, version
from tracker.config.topics import load
from tracker.differ import revise
from tracker.differ.redline import redline
from tracker.differ.topic_matching import (
    Mention,
    _found,
    _is_touched,
    _possible,
    about,
    mentions,
    sentences,
    tags,
    union,
)
from tracker.model import Tag, Topic

SHIPPED = load(Path(__file__).parents[2] / "data" / "topics.toml")
AI, ADS = (t for t in SHIPPED if t.id in {"generative-ai", "targeted-advertising"})


def topic(
    *words: str, near: tuple[tuple[tuple[str, ...], ...], ...] = (), never: tuple[str, ...] = ()
) -> Topic:
    return Topic("t", "T", "", words, near, never)


def found(of: Topic, text: str) -> list[str]:
    return [m.words for m in mentions(of, text)]


def evidence(of: Topic, before: str, after: str, path: tuple[str, ...] = ()) -> tuple[str, ...]:
    (tag,) = tags([of], redline(before, after), path) or (Tag(of.id, ()),)
    return tag.words


# ── matching ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("AI", "We use AI here", ["AI"]),
        ("AI", "WE DISCLAIM IT AND REMAIN", []),
        ("AI", "ai or Ai", []),
        ("AI", "OpenAI and xAI", []),
        ("AI", "AI-powered, AI/ML, (AI)", ["AI", "AI", "AI"]),
        ("ads", "Ads, ADS, ads, loads", ["Ads", "ADS", "ads"]),
        ("model*", "model models Modelling remodel", ["model", "models", "Modelling"]),
        ("AI model*", "AI models, ai models, AI-modelling", ["AI models", "AI-modelling"]),
        ("opt out", "opt out, opt-out, opt\u00a0out, Opt\u2011Out, opt  out, optout", 5),
        ("opt-out", "opt out", ["opt out"]),
        ("-ads-", "our ads are", ["ads"]),
        ("look*like", "lookalike and looklike", ["lookalike", "looklike"]),
        ("c++", "c++ (cpp)", ["c++"]),
        ("output", "OUTPUT, Output, outputs", ["OUTPUT", "Output"]),
        ("=Output", "Output, output, OUTPUT, Outputs", ["Output"]),
        ("=Your Input", "Your Input and your Input", ["Your Input"]),
        ("show* ... ads", "show ads, shows you the best ads, show a b c d ads", 2),
        ("show* ... ads", "show ads; we show. Ads", ["show ads"]),
        ("...ads...", "ads", ["ads"]),
        ("ads", "see ads.example.com, https://x.test/ads/settings, me@ads.org, ads", 1),
        ("AI", "Character.AI and x.ai say AI", ["AI"]),
        ("ads", "We show ads.This is a slip", ["ads"]),
    ],
)
def test_how_words_match(word: str, text: str, expected: list[str] | int) -> None:
    words = found(topic(word), text)
    assert len(words) == expected if isinstance(expected, int) else words == expected


def test_the_longest_phrase_is_the_evidence() -> None:
    assert found(topic("AI", "AI model*"), "Our AI models learn; AI helps") == ["AI models", "AI"]


def test_near_words_must_share_a_sentence() -> None:
    rule = topic(near=((("train*",), ("data",)),))
    assert found(rule, "We train on data.") == ["train", "data"]
    assert found(rule, "We train. Your data stays.") == []
    assert found(rule, "We train;\nyour data") == []
    three = topic(near=((("a",), ("b",), ("c",)),))
    assert found(three, "c b a") == ["c", "b", "a"]
    assert found(three, "a b") == []


def test_nothing_counts_inside_what_never_counts() -> None:
    rule = topic("generated", never=("user generated", "OpenAI"))
    assert found(rule, "user-generated and generated, user generated") == ["generated"]
    assert found(topic("AI", never=("xAI", "AI Act")), "the AI Act, AI") == ["AI"]


@given(prose)
def test_sentences_cover_all_but_the_space_between_them(text: str) -> None:
    ends = [0, *(place for interval in sentences(text) for place in interval), len(text)]
    assert ends == sorted(ends)
    assert all(not text[a:b].strip() for a, b in zip(ends[::2], ends[1::2], strict=True))


@given(prose)
def test_a_mention_is_where_it_says(text: str) -> None:
    for of in SHIPPED:
        for m in mentions(of, text):
            assert text[m.start : m.end] == m.words
            assert m.sentence[0] <= m.start < m.end <= m.sentence[1]


@pytest.mark.parametrize(
    ("of", "text", "expected"),
    [
        (AI, "We use your posts to train our models.", True),
        (AI, "Outputs may be inaccurate.", True),
        (AI, "WE DISCLAIM ANY OUTPUT OF OUR EFFORTS.", False),
        (AI, "We train our staff every year.", False),
        (AI, "Our AI may be wrong.", True),
        (AI, "Keep your Inputs lawful.", True),
        (AI, "Follow the prompts to pay.", False),
        (AI, "A check may include age confirmation prompts.", False),
        (AI, "We keep the prompts that you enter and the responses.", True),
        (ADS, "Disclose any affiliate relationships or sponsored content.", False),
        (ADS, "We are paid for by sponsored content that you see.", True),
        (AI, "We value your input on our business model.", False),
        (AI, "We note the device model and train our people.", False),
        (AI, "Mistral AI and Hangzhou Artificial Intelligence Co., Ltd. are companies.", False),
        (AI, "What users generate is user-generated content.", False),
        (ADS, "Later we might show her an ad for a shop nearby.", True),
        (ADS, "Ask us not to sell or share your personal information.", True),
        (ADS, "The non-Affiliated companies and Microsoft may receive data.", False),
        (ADS, "You must not send unsolicited advertising.", False),
        (ADS, "To purchase ads you give us a card number.", False),
        (ADS, "We count the actions you take on ads.", False),
        (AI, "We list OpenAI and xAI as suppliers.", False),
        (AI, "Staff receive training on data protection models.", False),
        (AI, "Your posts help train the models we build.", True),
        (AI, "Vos contenus servent à entraîner une intelligence artificielle.", True),
        (ADS, "La publicité ciblée est activée par défaut.", True),
        (ADS, "The relevant administrative authority gives tailored advice.", False),
        (ADS, "We show personalised ads.", True),
        (ADS, "You can opt out of ads from third parties.", True),
        (ADS, "Committees are formed ad hoc by choice.", False),
        (ADS, "Please load your address settings.", False),
    ],
)
def test_the_topics_that_ship_know_their_traps(of: Topic, text: str, expected: bool) -> None:
    assert bool(mentions(of, text)) is expected


# ── tagging ───────────────────────────────────────────────────────────────────────

SALE = topic("sale", "sell*")


phrases = st.builds(
    "{}{}".format,
    st.sampled_from(["", "="]),
    st.lists(
        st.sampled_from(
            """
            ai AI AI* ad ads* *ing Ski-ing A é Éa train...model x...AI LLM*s a*d*s a*a.*s ...
            train...a...model c++ (ad)
            """.split()
        ),
        min_size=1,
        max_size=3,
    )
    .map(" ".join)
    .filter(lambda phrase: any(c.isalnum() for c in phrase)),
)
pieces = st.sampled_from(
    """
    ai AI Ai aıs AIs ad adſ ads skiing SKI-İng a A é Éa train the model x y AI LLMs LLMS llms
    SKI-ing ad. (ad) ad_s a-d train-a--x- -- model-model ‑a‐ c++ aada aada.ss adsds
    """.split()
)
said_of = st.lists(pieces, max_size=9).flatmap(
    lambda words: st.lists(
        st.sampled_from([" ", " ", "-", " - ", ""]), min_size=len(words), max_size=len(words)
    ).map(lambda gaps: "".join(f"{word}{gap}" for word, gap in zip(words, gaps, strict=True)))
)


def _written_plainly(phrase: str) -> str:
    """A phrase as one pattern, as the signs of `topics.toml` are explained: it can backtrack."""
    gap = r"[\s\-\u2010\u2011]+"
    is_exact = phrase.startswith("=")

    def word(text: str) -> str:
        body = r"\w*".join(map(re.escape, text.split("*")))
        return body if is_exact or (text.isupper() and len(text) > 1) else f"(?i:{body})"

    runs = (re.findall(r"[^\s-]+", part) for part in phrase.removeprefix("=").split("..."))
    whole = rf"(?:{gap}\S+){{0,3}}{gap}".join(gap.join(map(word, run)) for run in runs if run)
    return rf"(?<!\w)(?:{whole})(?!\w)"


@given(st.lists(phrases, min_size=1, max_size=4), said_of)
def test_phrases_find_what_one_pattern_of_them_all_would(words: list[str], said: str) -> None:
    """The longest first, and none is missed for what is seen without a pattern."""
    ordered = sorted(words, key=lambda w: (-len(w), w))
    found = [m.span() for m in re.finditer("|".join(map(_written_plainly, ordered)), said)]
    assert list(_found(_possible(tuple(words), said), said, [(0, len(said))])) == found


def test_a_phrase_ends_where_its_sentence_does() -> None:
    assert found(topic("ads ... you"), "Ads. You see ads for you; ads!\nYou") == ["ads for you"]
    assert found(topic("ads you"), "See ads\nyou like; ads you like") == ["ads you"]


def test_a_mention_in_a_sentence_that_did_not_change_is_not_asked_for() -> None:
    text = "Ads. Some ads here; more ads. No ads."
    changed = [(5, 6), (20, 22)]
    assert [m.start for m in mentions(topic("ads"), text, changed)] == [10, 25]


def test_the_tag_names_the_words_of_both_sides_once() -> None:
    assert evidence(SALE, "We sell it.", "The sale is over. Sale!") == ("sell", "sale", "Sale")
    assert evidence(SALE, "", "A sale.") == ("sale",)
    assert evidence(SALE, "A sale.", "") == ("sale",)


def test_a_mention_in_the_changed_sentence_counts_though_it_stayed() -> None:
    assert evidence(SALE, "The sale ends in May.", "The sale ends in June.") == ("sale",)


def test_a_mention_in_another_sentence_of_a_long_cell_does_not() -> None:
    before = "The sale is final. We keep records for one year. You may ask us."
    assert evidence(SALE, before, before.replace("one year", "two years")) == ()


def test_an_edit_that_says_nothing_by_itself_is_about_no_topic() -> None:
    kept = "The sale of its data, see here"
    for other in (
        "The sale: of its data, see here",
        "The sale of the data, please see here",
        "The sale of their data (see there)",
        "The sales of its data, see here",
    ):
        assert evidence(SALE, kept, other) == ()
    assert evidence(SALE, kept, "The sale of your data, see here") == ("sale",)
    assert evidence(SALE, kept, "No sale of its data, see here") == ("sale",)


def test_the_two_nearest_headings_give_their_topic_and_no_farther_one() -> None:
    said = "we keep it for one year"
    assert evidence(SALE, "", said, ("Sale", "Your choices")) == ("Sale",)
    assert evidence(SALE, "", said, ("Sale", "Figures", "Kind of request")) == ()


def test_a_heading_above_gives_the_topic_to_any_change_of_words() -> None:
    assert evidence(
        SALE, "for one year only", "for two years only", ("Your data", "Sale of data")
    ) == ("Sale",)


def test_near_words_that_came_with_the_change_count() -> None:
    rule = topic(near=((("train",), ("data",)),))
    assert evidence(rule, "We keep data.", "We keep and train on data.") == ("train", "data")


def test_words_for_headings_count_in_headings_only() -> None:
    rule = Topic("t", "T", "", ("sale",), (), (), headings=("ads",))
    assert evidence(rule, "We show ads for a year", "We show ads for a month") == ()
    assert evidence(rule, "for one year only", "for two years only", ("5. Ads", "Terms")) == (
        "Ads",
    )
    assert about(rule, "We show ads.", ()) == ()
    assert about(rule, "A sale.", ("Our ads",)) == ("sale", "ads")


REST = "<h2>2. Other</h2><p>It stays so</p>"
SECTION = f"<h1>Terms</h1><h2>1. General</h2><p>A {{}} is here</p><p>Another {{}} is here</p>{REST}"
GONE = f"<h1>Terms</h1>{REST}"


def test_a_section_that_goes_is_about_what_goes_with_it() -> None:
    before, after = version(SECTION.format("sale", "sale")), version(GONE)
    heading, *_ = revise(before, after, [SALE]).changes
    assert (heading.before[0].text, heading.tags) == ("General", (Tag("t", ("sale",)),))
    heading, *_ = revise(after, before, [SALE]).changes
    assert heading.tags == (Tag("t", ("sale",)),)


def test_a_heading_that_only_says_that_the_text_is_new_is_about_no_topic() -> None:
    before, after = version(GONE), version(SECTION.format("sale", "sale"))
    named = replace(after, clauses=version(SECTION.replace("1. General", "Terms Updated")
                    .format("sale", "sale")).clauses)  # fmt: skip
    heading, *rest = revise(before, named, [SALE]).changes
    assert heading.tags == ()
    assert all(change.tags for change in rest)


def test_a_section_is_not_about_what_half_of_it_is() -> None:
    before = version(SECTION.format("sale", "fair"))
    heading, *rest = revise(before, version(GONE), [SALE]).changes
    assert heading.tags == ()
    assert [bool(c.tags) for c in rest] == [True, False]


def test_a_heading_that_stays_is_not_about_what_changes_under_it() -> None:
    before, after = (version(SECTION.format("sale", word)) for word in ("sale", "fair"))
    assert [c.before[0].text for c in revise(before, after, [SALE]).changes] == [
        "Another sale is here"
    ]


AD_PAGE = "<h1>Ads</h1><h2>Terms</h2><p>We keep it for {} years</p>"
FLAT = "<h1>Notice</h1><p>Hi</p><h1>Sale of data</h1><p>We keep it for {} years</p>"


def test_the_title_of_the_whole_text_gives_no_topic() -> None:
    rule = topic("ads", "sale")
    before, after = (version(AD_PAGE.format(n)) for n in ("two", "six"))
    assert revise(before, after, [rule]).topics == ()
    before, after = (version(FLAT.format(n)) for n in ("two", "six"))
    assert revise(before, after, [rule]).topics == ("t",)
    assert revise(after, version("<h1>Notice</h1><p>Hi</p>"), [rule]).topics == ("t",)


def test_only_news_gives_a_revision_its_topics_in_the_order_of_the_topics() -> None:
    first, second = Topic("a", "A", "", ("zoo",), (), ()), Topic("b", "B", "", ("ads",), (), ())
    before = version("<p>We sell ads here today</p><p>The zoo is open again</p>")
    after = version("<p>We show ads here today</p><p>The zoo is shut again</p>")
    revision = revise(before, after, [first, second])
    assert revision.topics == ("a", "b")
    assert union(revision.changes, [second, first]) == ("b", "a")
    here, there = (replace(v, urls=(url,)) for v, url in ((before, "a"), (after, "b")))
    assert revise(here, there, [first, second]).topics == ()
    moved = version("<p>The zoo is open again</p><p>We sell ads here today</p>")
    assert revise(before, moved, [first, second]).topics == ()


TABLE = """<h1>T</h1><h2>Sale</h2><table><tr><td>Denied</td><td>{}</td></tr></table>
<ul><li>Harbour Pilots</li>{}</ul>"""


def test_a_heading_hands_its_topic_to_prose_and_items_but_to_no_label_or_number() -> None:
    old, number, item = (
        version(TABLE.format(*cells))
        for cells in (("2,000", ""), ("3,000", ""), ("2,000", "<li>Quay Watch</li>"))
    )
    assert [c.tags for c in revise(old, number, [SALE]).changes] == [()]
    assert [bool(c.tags) for c in revise(old, item, [SALE]).changes] == [True]


def test_a_word_elsewhere_in_a_long_sentence_is_not_about_the_topic() -> None:
    page = "<h1>T</h1><p>Write to us for {} of letters, parcels, cards and maps, or visit {}.</p>"
    old, far, near, large = (
        version(page.format(*words))
        for words in (
            ("erasure", "a sale"),
            ("deletion", "a sale"),
            ("erasure", "our sale"),
            ("what the keeper once wrote down", "a sale"),
        )
    )
    assert [c.tags for c in revise(old, far, [SALE]).changes] == [()]
    assert [bool(c.tags) for c in revise(old, near, [SALE]).changes] == [True]
    assert [bool(c.tags) for c in revise(old, large, [SALE]).changes] == [True]


@given(
    st.lists(st.sampled_from(["a", "bb", " ", "  "]), min_size=6, max_size=60),
    st.lists(st.integers(0, 60), min_size=4, max_size=20),
    st.integers(0, 4),
)
def test_a_change_is_near_by_the_words_between(
    parts: list[str], places: list[int], near: int
) -> None:
    """Only the nearest changes are looked at, as they come in order; any would say the same."""
    text = "".join(parts)
    start, middle, end, last = sorted(min(place, len(text)) for place in places[:4])
    mention = Mention(text[middle:end], middle, end, (start, last))
    edges = sorted({min(place, len(text)) for place in places[4:]})
    changed = list(zip(edges[::2], edges[1::2], strict=False))
    inside = [(max(a, start), min(b, last)) for a, b in changed if a < last and b > start]
    words = sum(len(text[a:b].split()) for a, b in inside)
    between = (
        text[b:middle] if b <= middle else text[end:a] if a >= end else "" for a, b in inside
    )
    expected = words >= 5 or any(len(part.split()) <= near for part in between)
    assert _is_touched(mention, text, changed, near) is expected
