"""`tracker log`: revisions, newest first."""

from __future__ import annotations

from typing import Any

import click

from tracker.app.app import App
from tracker.app.session import histories_of
from tracker.cli._app import pass_app
from tracker.cli._options import documents as documents_argument
from tracker.cli._options import formats, selecting, selection
from tracker.cli._output import colour, print_json, say, width
from tracker.publisher import terminal
from tracker.publisher.data import records
from tracker.publisher.selection import of_revisions


@click.command()
@documents_argument
@selecting
@formats
@pass_app
def log(app: App, /, documents: tuple[str, ...], form: str, **wanted: Any) -> None:
    """List revisions, newest first.

    \b
    tracker log --topic ads --since 2025-06     what changed about advertising since June
    tracker log eu --limit 3                    the last three of the document named ...@eu
    """
    topics = app.workspace.topics
    histories = of_revisions(histories_of(app, documents), selection(app, **wanted))
    if form == "json":
        print_json(records.log(histories))
    elif form == "html":
        from tracker.publisher import standalone  # a page needs templates, a terminal does not

        click.echo(standalone.log(histories, topics))
    else:
        say(terminal.log(histories, topics, colour=colour(), width=width()))
