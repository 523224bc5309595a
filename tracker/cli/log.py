"""`tracker log`: revisions, newest first."""

from __future__ import annotations

from typing import Any

import click

from tracker.app.app import App
from tracker.app.questions import histories_meant
from tracker.cli._app import pass_app
from tracker.cli._options import documents as documents_argument
from tracker.cli._options import formats, nothing_to_show, selecting, selection
from tracker.cli._output import colour, print_json, say, width
from tracker.publisher import terminal
from tracker.publisher.data import records
from tracker.publisher.selection import is_empty, of_revisions


@click.command()
@documents_argument
@selecting
@formats
@pass_app
def log(app: App, /, documents: tuple[str, ...], form: str, **wanted: Any) -> None:
    """List revisions, newest first.

    \b
    tracker log --topic ads --since 2025-06     what changed about advertising since June
    tracker log eu --limit 3                    the last three in texts of the edition eu
    tracker log privacy-policy@eu               one document, by any part of its name

    A document, a service or an edition may be named. Each entry has its day and its document:
    `tracker changes DOCUMENT --since DAY --until DAY --format text` shows what changed then, and
    `tracker evidence DOCUMENT/DAY` proves it to others.
    """
    topics = app.workspace.topics
    found = histories_meant(app, documents)
    histories = of_revisions(found, selection(app, **wanted))
    if form == "json":
        print_json(records.log(histories))
    elif form == "html":
        from tracker.publisher import standalone  # a page needs templates, a terminal does not

        click.echo(standalone.log(histories, topics))
    elif is_empty(histories):
        say(nothing_to_show(app, found))
    else:
        say(terminal.log(histories, topics, colour=colour(), width=width()))
