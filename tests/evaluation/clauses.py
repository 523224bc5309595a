"""Clauses of several services: is each about a topic? With and without what a service taught."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.corpus import CORPUS
from tests.evaluation.scores import Score, judged
from tracker.differ.topic_matching import about
from tracker.model import Topic

FILE = CORPUS / "gold" / "clauses.jsonl"
#: The labels' names of the topics.
TOPICS = {"generative-ai": "generative_ai", "targeted-advertising": "targeted_advertising"}


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled clause; `path` is without the title of the text."""

    service: str
    path: tuple[str, ...]
    text: str
    topics: frozenset[str]
    is_borderline: bool


def rows() -> tuple[Row, ...]:
    """The labelled clauses."""
    return tuple(_row(json.loads(line)) for line in FILE.read_text(encoding="utf-8").splitlines())


def _row(label: dict[str, object]) -> Row:
    path = tuple(str(label["heading_path"]).split(" › ")[1:])
    named = frozenset(ours for ours, theirs in TOPICS.items() if label[theirs])
    return Row(str(label["service"]), path, str(label["text"]), named, bool(label["borderline"]))


def score(topic: Topic, found: Sequence[Row]) -> Score:
    """How well a topic's words tell the clauses that are about it."""
    return judged((bool(about(topic, r.text, r.path)), topic.id in r.topics) for r in found)


def wrong(topic: Topic, found: Sequence[Row]) -> Iterator[str]:
    """Every miss and false alarm, in words."""
    for row in found:
        words = about(topic, row.text, row.path)
        if bool(words) != (topic.id in row.topics):
            kind = f"false alarm {', '.join(words)}" if words else "missed"
            yield f"{kind} | {row.service} | {' › '.join(row.path)[-60:]} | {row.text[:160]}"


def teachers(topic: Topic, found: Sequence[Row]) -> dict[str, set[str]]:
    """For each word of the topic, the services among whose positive clauses it is found."""
    positive = [row for row in found if topic.id in row.topics]
    words = {*topic.words, *topic.headings, *(w for rule in topic.near for g in rule for w in g)}
    return {word: _teachers(word, topic, positive) for word in words}


def _teachers(word: str, topic: Topic, positive: Sequence[Row]) -> set[str]:
    alone = Topic("", "", "", (word,), (), topic.never)
    return {row.service for row in positive if about(alone, row.text, row.path)}


def without(topic: Topic, service: str, taught: dict[str, set[str]]) -> Topic:
    """The topic without the words that only `service` has taught."""

    def kept(words: Sequence[str]) -> tuple[str, ...]:
        return tuple(word for word in words if taught[word] != {service})

    near = [tuple(kept(group) for group in rule) for rule in topic.near]
    return replace(
        topic,
        words=kept(topic.words),
        headings=kept(topic.headings),
        near=tuple(rule for rule in near if all(rule)),
    )
