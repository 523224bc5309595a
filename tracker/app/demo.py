"""A root folder for the demonstration, made and removed by it alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from tracker.demo import declarations
from tracker.errors import UsageError
from tracker.model import History, Revision, Significance, Topic, Turn
from tracker.publisher import words
from tracker.publisher.answers import questions, replies, told

_MARK = "made-by-tracker-demo.txt"
_MARK_TEXT = "Made by `tracker demo`, which removes and remakes this folder. Keep nothing here.\n"


def make_room(root: Path) -> None:
    """Empty a folder that the demonstration made before. Raises UsageError for any other."""
    if root.exists() and not (root / _MARK).is_file():
        raise UsageError(f"{root} exists and was not made by this command; move it out of the way.")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    (root / _MARK).write_text(_MARK_TEXT, encoding="utf-8")


def declare(root: Path, url: str) -> None:
    """Write the declarations of the sample service at `url`."""
    for name, text in declarations(url).items():
        file = root / "data" / "declarations" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def conclusions(histories: Sequence[History], topics: Sequence[Topic]) -> Iterator[str]:
    """Say in a sentence each what was found: an answer that changed, one that was always so, and
    a way out that went.
    """
    news = [
        (history, revision)
        for history in histories
        for revision in history.revisions
        if revision.significance is Significance.SUBSTANTIVE
    ]
    yield from [
        f"The {words.document_name(history)} {said[0]}{_from(revision)}."
        for history, revision in news
        if (said := told(revision, topics))
    ][:1]
    yield from _always(histories, topics)
    yield from [
        f"The {words.document_name(history)} no longer names the choice “{choice}”."
        for history, revision in news
        for choice in _gone(revision)
    ][:1]


def _from(revision: Revision) -> str:
    return f", in force {words.day(revision.effective)}" if revision.effective else ""


def _always(histories: Sequence[History], topics: Sequence[Topic]) -> Iterator[str]:
    """Yield the first answer that is as old as its text."""
    asked = {(topic.id, question.id): question.ask for topic, question in questions(topics)}
    found = (
        f"“{asked[reply.topic, reply.question]}” was answered from the first day on in the "
        f"{words.document_name(history)}: “{words.line(reply.quotes[0].glance)}”."
        for history in histories
        for reply in replies(history, topics)
        if reply.quotes and reply.quotes[0].was_always
    )
    yield from list(found)[:1]


def _gone(revision: Revision) -> Iterator[str]:
    """Yield the words of the choices that went."""
    for change in revision.changes:
        for note in change.notes:
            if note.turn is Turn.CHOICE and note.before and not note.after and change.after:
                yield words.line(note.before.rpartition(" (")[0] or note.before)
