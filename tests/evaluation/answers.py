"""Answers to the questions that ship, against texts read by hand.

`answers.json` holds what each sentence of the texts answers, as a person read it: the sentence by
the beginning of the SHA-256 of its words, so that no sentence of a service is in the repository.
What a text answers, and when that changed, follows from where the sentences are.

Those labels corrected what the program had found. `answers_unseen.json` holds those of four texts
that were read before the program was asked: each version last published then, up to the sentence
`last`; a question mark is where a person could say either.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from click.testing import CliRunner

import tracker
from tests.corpus import CORPUS
from tests.evaluation.scores import Score, judged
from tracker.cli import main
from tracker.differ.answers import Asker, sentences
from tracker.extractor.normalise import fold
from tracker.model import Topic, Version, digest
from tracker.publisher.continuity import texts

FILE = Path(__file__).parent / "answers.json"
UNSEEN = FILE.with_name("answers_unseen.json")
#: The bundles, and what is read of each: an edition and a service, and the documents labelled.
READ = (
    ("linkedin-versions", "eu", "LinkedIn", ("privacy-policy@eu", "terms-of-service@eu")),
    ("linkedin-us-now", "us", "LinkedIn", ("privacy-policy@us",)),
    ("linkedin-global-now", "global", "LinkedIn", ("linkedin/privacy-policy@global",)),
    ("services-genai-eu-versions", "global", "Perplexity", ("perplexity/privacy-policy",)),
    ("services-contrib-versions", "global", "Grammarly", ("grammarly/privacy-policy",)),
    ("services-contrib-versions", "global", "Discord", ("discord/privacy-policy",)),
)

Keys = frozenset[str]


@dataclass(frozen=True, slots=True)
class Answered:
    """A version with the sentences that answer a question: as found, and as labelled."""

    question: str
    text: tuple[str, int]
    found: Keys
    labelled: Keys


def answered(root: Path, topics: Sequence[Topic]) -> Iterator[Answered]:
    """Import what was labelled into folders under `root`, and ask every version of it."""
    known: Mapping[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8"))
    asker = Asker(topics)
    for bundle, edition, service, names in READ:
        folder = root / service
        _import(folder, bundle, edition, service)
        for history in tracker.histories(tracker.open_workspace(folder), names):
            for n, text in enumerate(texts(history)):
                for version in text:
                    yield from _answered(asker, topics, version, n, known)


def unseen(root: Path, topics: Sequence[Topic]) -> Iterator[Answered]:
    """Ask the newest version of each text that was labelled before it was first asked."""
    asker = Asker(topics)
    for name, one in json.loads(UNSEEN.read_text(encoding="utf-8")).items():
        folder = root / one["service"]
        _import(folder, one["bundle"], "global", one["service"])
        (history,) = tracker.histories(tracker.open_workspace(folder), [name])
        every = list(map(_key, _sentences(history.versions[-1])))
        read = set(every[: every.index(one["last"]) + 1] if one["last"] else every)
        for asked in _answered(asker, topics, history.versions[-1], 0, one["labels"]):
            either = {
                key for key, labels in one["labels"].items() if f"{asked.question}?" in labels
            }
            yield replace(asked, found=(asked.found & read) - either)


def _import(root: Path, bundle: str, edition: str, service: str) -> None:
    options = ["--service", service, "--edition", edition]
    command = ["import", "versions", str(CORPUS / f"{bundle}.bundle"), *options]
    done = CliRunner().invoke(main, ["--root", str(root), *command], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def _answered(
    asker: Asker,
    topics: Sequence[Topic],
    version: Version,
    text: int,
    known: Mapping[str, list[str]],
) -> Iterator[Answered]:
    labelled: dict[str, set[str]] = defaultdict(set)
    for key in map(_key, _sentences(version)):
        for name in known.get(key, ()):
            labelled[name].add(key)
    said = asker.statements(version)
    for topic in topics:
        for question in topic.questions:
            name = f"{topic.id}/{question.id}"
            found = {_key(s.text) for s in said.get((topic.id, question.id), ())}
            place = (version.document, text)
            yield Answered(name, place, frozenset(found), frozenset(labelled[name]))


def _sentences(version: Version) -> Iterator[str]:
    for clause in version.clauses:
        yield from (clause.text[start:end] for start, end in sentences(clause.text))


def _key(sentence: str) -> str:
    """The same as `answers.json` names a sentence by."""
    words = " ".join(re.findall(r"\w+", fold(sentence).casefold()))
    return digest(words.encode())[:12]


def sentence_score(found: Sequence[Answered], question: str = "") -> Score:
    """Whether each sentence of each text that answers is found, and no other; once a text."""
    pairs = {
        (one.text, one.question, key): (key in one.found, key in one.labelled)
        for one in found
        if one.question.startswith(question)
        for key in one.found | one.labelled
    }
    return judged(pairs.values())


def presence_score(found: Sequence[Answered]) -> Score:
    """Whether each version is said to answer a question where it does."""
    return judged((bool(one.found), bool(one.labelled)) for one in found)


def change_score(found: Sequence[Answered]) -> Score:
    """Whether each step of a text is said to change an answer where it does."""
    groups: dict[tuple[str, tuple[str, int]], list[Answered]] = defaultdict(list)
    for one in found:
        groups[one.question, one.text].append(one)
    return judged(
        (before.found != after.found, before.labelled != after.labelled)
        for group in groups.values()
        for before, after in pairwise(group)
    )


def wrong(found: Sequence[Answered]) -> Iterator[str]:
    """Name every sentence that was missed or wrongly taken, by its hash."""
    seen = set()
    for one in found:
        for key in sorted(one.found ^ one.labelled):
            what = "missed" if key in one.labelled else "wrongly taken"
            line = f"{one.text[0]} {one.question}: {key} {what}"
            if line not in seen:
                seen.add(line)
                yield line
