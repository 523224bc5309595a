"""The options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from tracker.app.app import App
from tracker.cli import _completion
from tracker.cli._period import Period
from tracker.config.topics import find as find_topic
from tracker.errors import UsageError
from tracker.model import History
from tracker.publisher.selection import Selection

_Command = TypeVar("_Command", bound=Callable[..., Any])

documents = click.argument(
    "documents", nargs=-1, metavar="[DOCUMENT]...", shell_complete=_completion.documents
)
topic = click.option(
    "--topic",
    metavar="TOPIC",
    shell_complete=_completion.topics,
    help="Only what is about this topic: its name, a part of it, or one of its words.",
)
file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people."
)
allow_host = click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="HOST[:PORT]",
    help="Let this loopback or private host be fetched (repeatable).",
)
accept_fork = click.option(
    "--accept-fork",
    is_flag=True,
    help="Go on although the log contradicts what was published: recorded, and shown to readers.",
)


def document(name: str) -> Callable[[_Command], _Command]:
    """Add an argument that names one document."""
    return click.argument(name, shell_complete=_completion.documents)


def selecting(command: _Command) -> _Command:
    """Add `--topic`, `--since`, `--until` and `--limit`; see `selection`."""
    for option in (
        click.option(
            "--limit", type=click.IntRange(1), metavar="N", help="Only the newest so many."
        ),
        click.option(
            "--until",
            type=Period(end=True),
            metavar="DATE",
            help="Only what was first seen on this day (or in this month or year) or before it.",
        ),
        click.option(
            "--since",
            type=Period(),
            metavar="DATE",
            help="Only what was first seen on this day (or in this month or year) or after it.",
        ),
        topic,
    ):
        command = option(command)
    return command


word = click.option(
    "--word",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.docx",
    help="Write a Word file with tracked changes: accepted, it is the second text; rejected, the "
    "first.",
)


def nothing_to_show(app: App, histories: Sequence[History]) -> str:
    """Say why there is no revision to show of some histories, or none that options leave."""
    if any(history.revisions for history in histories):
        return "Nothing changed that is like that; fewer options show more."
    if any(history.versions for history in histories):
        return "No revision yet: nothing has changed since these texts were first read."
    return f"No text has been read in {app.root.absolute()} yet; `tracker run` there reads them."


def topic_id(app: App, named: str | None) -> str:
    """Return the id of the topic that is `named`, "" where none is. Raises UsageError."""
    return find_topic(app.topics, named).id if named is not None else ""


def selection(
    app: App,
    topic: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
) -> Selection:
    """Return what the options of `selecting` ask for.

    Raises UsageError for an unknown topic, and where the time ends before it begins.
    """
    if since and until and since >= until:
        raise UsageError("--until is before --since, so there is nothing between them.")
    return Selection(topic_id(app, topic), since, until, limit)


def formats(command: _Command) -> _Command:
    """Add `--format`, and `--json` as its short form."""
    short = click.option("--json", "form", flag_value="json", help="The same as --format json.")
    form = click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", "html"]),
        default="text",
        show_default=True,
        help="Text for people, JSON for programs, or HTML that needs no other file.",
    )
    return form(short(command))


def visiting(command: _Command) -> _Command:
    """Add the arguments that fetch and run share."""
    for option in (
        allow_host,
        click.option(
            "--force", is_flag=True, help="Visit a document although it was visited lately."
        ),
        documents,
    ):
        command = option(command)
    return command


def working(command: _Command) -> _Command:
    """Add `--workers` and `--scheduler`."""
    number = click.option(
        "--workers",
        "number",
        type=click.IntRange(1),
        default=1,
        metavar="N",
        help="Work in so many processes of this machine.",
    )
    scheduler = click.option(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="Work on the Dask cluster at tcp://HOST:PORT; the answers are the same.",
    )
    return number(scheduler(command))
