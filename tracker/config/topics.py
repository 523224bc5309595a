"""`data/topics.toml`: the subjects to watch for, parsed to `Topic`s."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tracker._support.nearest import nearest
from tracker.config.validation import (
    NAME,
    Gathered,
    Place,
    kind,
    quoted,
    read_file,
    read_table,
    read_text,
    read_toml,
)
from tracker.errors import UsageError
from tracker.model import Question, Topic

FILE = "topics.toml"

_KEYS = ("title", "about", "words", "near", "never", "headings", "questions")
_ASKED = ("name", "ask", "says", "words", "near", "never", "unless")
_GROUPS = ("one-of", "and-one-of", "and-also-one-of")
#: Other feeds and files of the published root, which no topic and no edition may overwrite.
RESERVED = set(
    "all archive changes documents feeds index published search sitemap status upcoming "
    "weekly".split()
)


def load(path: Path) -> tuple[Topic, ...]:
    """Read the topics of a file. Raises `DeclarationError`, as `parse` does."""
    return parse(path.name, read_file(path, path.name))


def parse(file: str, text: str) -> tuple[Topic, ...]:
    """Parse the topics of a TOML text, in its order. `file` is only for messages.

    A rule that is quietly ignored would be a change that is quietly missed. The file is accepted as
    a whole or not at all: without one of its topics, everything published about it would vanish.

    Raises:
        DeclarationError: Something is not a topic; the text names every fault.
    """
    top, wrong, found = Place(file), Gathered(), list[Topic]()
    for name, table in read_toml(top, text).items():
        with wrong:
            found.append(_topic(top.at(name), name, table))
    wrong.check()
    return tuple(found)


def find(topics: Sequence[Topic], name: str) -> Topic:
    """Find the topic that `name` means: by its id or title, a part of these, or one of its words.

    Raises:
        UsageError: There is none, or more than one; the text names the candidates.
    """
    wanted = name.strip().casefold()
    for said in (_is_named, _is_part, _is_word):
        matches = [topic for topic in topics if said(topic, wanted)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            named = ", ".join(topic.id for topic in matches)
            raise UsageError(f"{quoted(name)} could be any of {named}; give more of the name.")
    ids = [topic.id for topic in topics]
    meant = nearest(name, ids)
    way_out = f"did you mean {' or '.join(meant)}?" if meant else f"there are {', '.join(ids)}."
    raise UsageError(f"No topic is called {quoted(name)}; {way_out}")


def _is_named(topic: Topic, wanted: str) -> bool:
    return wanted in {topic.id, topic.title.casefold()}


def _is_part(topic: Topic, wanted: str) -> bool:
    return bool(wanted) and (wanted in topic.id or wanted in topic.title.casefold())


def _is_word(topic: Topic, wanted: str) -> bool:
    phrases = (*topic.words, *(word for rule in topic.near for group in rule for word in group))
    return any(wanted in re.findall(r"\w+", phrase.casefold()) for phrase in phrases)


def _topic(place: Place, name: str, value: object) -> Topic:
    if not NAME.fullmatch(name):
        raise place.wrong("cannot name a topic; use small letters, digits and hyphens")
    if name in RESERVED:
        raise place.wrong("is the name of another feed or file; choose another one")
    table = read_table(place, value, _KEYS)
    topic = Topic(
        id=name,
        title=read_text(place.at("title"), table.get("title", name)),
        about=read_text(place.at("about"), table["about"]) if table.get("about", "") != "" else "",
        words=_words(place.at("words"), table.get("words", [])),
        near=tuple(_near(place.at("near"), rule) for rule in _rules(place.at("near"), table)),
        never=_words(place.at("never"), table.get("never", [])),
        headings=_words(place.at("headings"), table.get("headings", [])),
        questions=_questions(place.at("questions"), table),
    )
    if not topic.words and not topic.near:
        raise place.wrong("watches for nothing; give it words or a near rule")
    return topic


def _questions(place: Place, table: dict[str, object]) -> tuple[Question, ...]:
    found = tuple(_question(place, value) for value in _tables(place, table, "questions"))
    names = [question.id for question in found]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise place.at(twice).wrong("is the name of two questions; give each its own")
    return found


def _question(place: Place, value: object) -> Question:
    table = read_table(place, value, _ASKED)
    name = read_text(place.at("name"), table.get("name", ""))
    place = place.at(name)
    if not NAME.fullmatch(name):
        raise place.wrong("cannot name a question; use small letters, digits and hyphens")
    question = Question(
        id=name,
        ask=read_text(place.at("ask"), table.get("ask", "")),
        says=read_text(place.at("says"), table["says"]) if table.get("says", "") != "" else "",
        words=_words(place.at("words"), table.get("words", [])),
        near=tuple(_near(place.at("near"), rule) for rule in _rules(place.at("near"), table)),
        never=_words(place.at("never"), table.get("never", [])),
        unless=_words(place.at("unless"), table.get("unless", [])),
    )
    if not question.words and not question.near:
        raise place.wrong("has no words that answer it; give it words or a near rule")
    return question


def _rules(place: Place, table: dict[str, object]) -> list[object]:
    return _tables(place, table, "near")


def _tables(place: Place, table: dict[str, object], key: str) -> list[object]:
    found = table.get(key, [])
    if not isinstance(found, list):
        what = "rules" if key == "near" else key
        raise place.wrong(f"{what} are each written under a heading in double brackets")
    return found


def _near(place: Place, value: object) -> tuple[tuple[str, ...], ...]:
    rule = read_table(place, value, _GROUPS)
    if not {"one-of", "and-one-of"} <= set(rule):
        raise place.wrong("rules need both one-of and and-one-of")
    groups = tuple(_words(place.at(key), rule[key]) for key in _GROUPS if key in rule)
    if not all(groups):
        raise place.wrong("rules cannot have an empty list")
    return groups


def _words(place: Place, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise place.wrong(f"must be a list of words, not {kind(value)}")
    words = tuple(read_text(place, word) for word in value)
    for word in words:
        if not re.search(r"\w", word):
            raise place.wrong("has an entry without a letter or digit; remove it")
    return words
