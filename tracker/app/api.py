"""The functions that `tracker` offers to other Python programs; see there what is stable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.app.app import App
from tracker.app.progress import SILENT, Progress
from tracker.model import History, Revision, Tag, Topic, Version, utc

if TYPE_CHECKING:
    from tracker.app.publish import Published
    from tracker.app.visits import Visit

# What each function needs is imported when it is called, so that reading needs no publisher.


def open_workspace(
    root: Path | str, *, now: datetime | None = None, progress: Progress = SILENT
) -> App:
    """Open the folder that holds data/ and feeds/; nothing is written.

    Everything that is done with it is done at the time `now` (UTC where it has no offset), by
    default that of this call: a program that runs for long opens the workspace again. `progress`
    is told how things go. What cannot be accepted or done, while all else is, is named in the
    `problems` of the workspace.
    """
    return App(Path(root), utc(now) if now else datetime.now(UTC), progress)


def fetch(
    workspace: App,
    documents: Sequence[str] = (),
    *,
    force: bool = False,
    allow_hosts: Sequence[str] = (),
) -> tuple[Visit, ...]:
    """Visit declared documents, all where none is named, and record what is served.

    `documents` are unambiguous parts of names; `force` visits also what was visited lately;
    `allow_hosts` are loopback or private hosts (HOST[:PORT]) that may be fetched. A document that
    cannot be fetched is a visit that `failed`. Raises UsageError for a name that means no
    document, Busy while another process writes.
    """
    from tracker.app.fetch import fetch as visits

    return tuple(visits(workspace, documents, force=force, hosts=allow_hosts))


def publish(workspace: App, *, workers: int = 1, accept_fork: bool = False) -> Published:
    """Write feeds/ from data/, with so many processes; return how many files changed.

    A document that cannot be derived keeps what was published of it and is named in the
    `problems` of the workspace. Raises Forked where the archive contradicts what was published
    before, unless `accept_fork` gives that up; Busy while another process publishes.
    """
    from tracker.app.publish import publish as written
    from tracker.app.workers import workers as processes

    with processes(workers, "") as others:
        return written(workspace, others=others, accept_fork=accept_fork)


def histories(workspace: App, documents: Sequence[str] = ()) -> tuple[History, ...]:
    """Derive the versions and revisions of documents, all that were ever recorded by default.

    Raises UsageError for a name that means no document, TrackerError where a named document
    cannot be derived; without names such a document is left out and named in `problems`.
    """
    from tracker.app.session import histories_of

    return tuple(histories_of(workspace, documents))


def compare(before: Version, after: Version, topics: Sequence[Topic] = ()) -> Revision:
    """Compare two versions, of one document or of two, clause by clause.

    The changes are tagged with the `topics`, such as those of a workspace. Raises TooCostly where
    comparing takes longer than any text of terms needs.
    """
    from tracker.differ import revise

    return revise(before, after, tuple(topics))


def topics_of(text: str, topics: Sequence[Topic], headings: Sequence[str] = ()) -> tuple[Tag, ...]:
    """Find the topics of a text under its `headings`, each with the words that show it."""
    from tracker.differ.topic_matching import tags_of_text

    return tags_of_text(topics, text, headings)
