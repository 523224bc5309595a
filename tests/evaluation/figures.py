"""All figures of the evaluation by name, and what was wrong behind each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.evaluation import answers, clauses, revisions
from tests.evaluation.scores import Score
from tracker.config.topics import load
from tracker.model import Topic

SHIPPED = Path(__file__).parents[2] / "data" / "topics.toml"


@dataclass(frozen=True, slots=True)
class Figure:
    """A score under its name, with every miss and false alarm in words."""

    name: str
    score: Score
    wrong: tuple[str, ...] = ()


def figures(root: Path) -> Iterator[Figure]:
    """Every figure; `root` is an empty folder for the archive that the pipeline fills."""
    topics = load(SHIPPED)
    for topic in topics:
        yield from _of_clauses(topic)
    found = revisions.matched(root)
    for topic in topics:
        wrong = tuple(revisions.topic_wrong(topic.id, found))
        yield Figure(f"changes/{topic.id}", revisions.topic_score(topic.id, found), wrong)
        told = revisions.revision_topic_score(topic.id, found)
        yield Figure(f"revisions/{topic.id}", told)
    yield Figure(
        "significance/news",
        revisions.news_score(found),
        tuple(revisions.significance_wrong(found)),
    )
    asked = tuple(answers.answered(root / "answers", topics))
    wrong = tuple(answers.wrong(asked))
    yield Figure("answers/sentences", answers.sentence_score(asked), wrong)
    yield Figure("answers/presence", answers.presence_score(asked))
    yield Figure("answers/changes", answers.change_score(asked))
    unseen = tuple(answers.unseen(root / "unseen", topics))
    wrong = tuple(answers.wrong(unseen))
    yield Figure("answers/unseen/sentences", answers.sentence_score(unseen), wrong)
    yield Figure("answers/unseen/presence", answers.presence_score(unseen))
    dated = revisions.effective_score(found)
    yield Figure("effective-date", dated, tuple(revisions.effective_wrong(found)))


def _of_clauses(topic: Topic) -> Iterator[Figure]:
    rows = clauses.rows()
    clear = [row for row in rows if not row.is_borderline]
    wrong = tuple(clauses.wrong(topic, clear))
    yield Figure(f"clauses/{topic.id}", clauses.score(topic, clear), wrong)
    yield Figure(f"clauses-with-borderline/{topic.id}", clauses.score(topic, rows))
    taught = clauses.teachers(topic, rows)
    left_out = Score()
    for service in sorted({row.service for row in rows}):
        own = [row for row in clear if row.service == service]
        score = clauses.score(clauses.without(topic, service, taught), own)
        yield Figure(f"unseen/{topic.id}/{service}", score)
        left_out += score
    yield Figure(f"unseen/{topic.id}", left_out)
