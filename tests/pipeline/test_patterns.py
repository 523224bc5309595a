"""No pattern of the package costs more than in proportion to the text it is asked of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.patterns import (
    Found,
    Hostile,
    Site,
    hostile,
    made_at_run_time,
    modules,
    of_scripts,
    outgrows,
    sites,
    worst,
)
from tracker.config.topics import load
from tracker.differ.topic_matching import _parts, mentions
from tracker.extractor.unchanged.skeleton import _reader
from tracker.model import Topic
from tracker.publisher.site.document_page import _any_of
from tracker.publisher.site.snippets import _pattern

SHIPPED = load(Path(__file__).parents[2] / "data" / "topics.toml")
PHRASES = sorted(
    {
        phrase
        for topic in SHIPPED
        for group in (topic.words, topic.never, topic.headings, *(g for r in topic.near for g in r))
        for phrase in group
    }
)


@cache
def _busy(pattern: Found, is_anchored: bool) -> Hostile | None:
    return worst(pattern, hostile(pattern), is_anchored=is_anchored)


def _prove(sites: Iterable[Site]) -> None:
    for site in sites:
        found = _busy(site.pattern, site.is_anchored)
        assert found is None, f"{site.where} is kept busy by {found}"


def test_patterns_are_found() -> None:
    assert "tracker.importer.saved_page" in modules()
    assert len(list(sites("tracker.differ.effective_dates"))) > 5
    assert "tracker.importer.saved_page._LINK[0]" in {
        site.where for site in sites("tracker.importer.saved_page")
    }


@pytest.mark.parametrize("module", list(modules()))
def test_no_pattern_outgrows_its_text(module: str) -> None:
    _prove(sites(module))


def test_no_pattern_of_a_script_outgrows_its_text() -> None:
    _prove(of_scripts())


# ── made at run time ──────────────────────────────────────────────────────────────


def _of_phrases() -> Iterator[Found]:
    for phrase in (
        *PHRASES,
        "a*b*c*d",
        "=A*.b* ... c",
        "a ... b ... c ... d",
        "*a",
        "a-b",
        "A*(b*",
    ):
        yield from _parts(phrase)


def _of_evidence() -> Iterator[Found]:
    yield _pattern({"AI models", "train-it", "- a -", "AI"})


def _of_folds() -> Iterator[Found]:
    yield _any_of({"“": '"', "\u200b": "", "  ": " ", "e\u0301": "é"})


def _of_selectors() -> Iterator[Found]:
    for select, remove in (((), ()), ((".a #b > c",), (".d",))):
        reader = _reader(select, remove)
        assert reader is not None
        yield reader.tokens


#: What makes patterns of what it is given, with patterns of each kind that it makes.
MADE: dict[str, Callable[[], Iterator[Found]]] = {
    "tracker.differ.topic_matching._parts": _of_phrases,
    "tracker.publisher.site.snippets._pattern": _of_evidence,
    "tracker.publisher.site.document_page._any_of": _of_folds,
    "tracker.extractor.unchanged.skeleton._reader": _of_selectors,
}


def test_whatever_makes_a_pattern_at_run_time_is_proved_too() -> None:
    assert made_at_run_time() == set(MADE), "name it in MADE, with examples of what it makes"


@pytest.mark.parametrize("maker", MADE)
def test_no_pattern_made_at_run_time_outgrows_its_text(maker: str) -> None:
    patterns = list(MADE[maker]())
    for pattern in patterns:
        texts = islice(hostile(pattern), 3000 // len(patterns) + 40)
        found = worst(pattern, texts)
        assert found is None, f"{pattern.pattern} is kept busy by {found}"


# ── topics, shipped and made up ───────────────────────────────────────────────────

words = st.sampled_from("a AI ad* a*b*c *ing c++ .*x A.I. train model* é-b ß a*a*a*b".split())
phrases = st.builds(
    "{}{}".format,
    st.sampled_from(["", "", "="]),
    st.lists(st.one_of(words, words, st.just("...")), min_size=1, max_size=7).map(" ".join),
).filter(lambda phrase: any(c.isalnum() for c in phrase))
groups = st.lists(phrases, min_size=1, max_size=3).map(tuple)
topics = st.builds(
    lambda words, near, never: Topic("t", "T", "", words, near, never),
    groups,
    st.lists(st.lists(groups, min_size=2, max_size=3).map(tuple), max_size=2).map(tuple),
    st.one_of(st.just(()), groups),
)
starts = st.sampled_from(["", "train ", "What we a-"])
parts = st.sampled_from(
    ["-", "a", " ", "a ", "a-", "AI. ", "train-", "train model ", "ab", "..", ";"]
)
ends = st.sampled_from(["", " model.", "; see the model", "\x01", "b"])


def _among(text: str) -> list[tuple[int, int]]:
    """As many changed places as a text may have."""
    return [(n, n + 1) for n in range(0, len(text), 3)]


@given(
    topics, st.builds(Hostile, starts, st.lists(parts, min_size=1, max_size=3).map("".join), ends)
)
@settings(max_examples=150)
def test_no_topic_of_a_user_outgrows_its_text(topic: Topic, text: Hostile) -> None:
    assert not outgrows(lambda said: mentions(topic, said), text)
    assert not outgrows(lambda said: mentions(topic, said, _among(said)), text)


def _growing() -> Iterator[Hostile]:
    every = " ".join(re.sub(r"[=*]|\.\.\.", "", phrase) for phrase in PHRASES)
    yield from (Hostile("", every + gap, "") for gap in (" ", ". ", "-"))
    for phrase in (phrase for phrase in PHRASES if "..." in phrase):
        first, last = phrase.replace("*", "").split("...")[:2]
        yield from (Hostile(first, again, end) for again in "- " for end in ("; " + last, last))
        yield Hostile("", f"{first.strip()}-", last)


@pytest.mark.parametrize("topic", SHIPPED, ids=lambda topic: topic.id)
def test_no_shipped_topic_outgrows_its_text(topic: Topic) -> None:
    for text in _growing():
        assert not outgrows(lambda said: mentions(topic, said), text), text
