"""`tracker log`: revisions, newest first."""

from __future__ import annotations

import click

from tracker.app.app import App
from tracker.app.session import histories_of
from tracker.cli._app import pass_app
from tracker.cli._options import documents as documents_argument
from tracker.cli._options import formats
from tracker.cli._output import colour, print_json, say, width
from tracker.publisher import terminal
from tracker.publisher.data import records


@click.command()
@documents_argument
@formats
@pass_app
def log(app: App, documents: tuple[str, ...], form: str) -> None:
    """List revisions, newest first."""
    histories, topics = histories_of(app, documents), app.workspace.topics
    if form == "json":
        print_json(records.log(histories))
    elif form == "html":
        from tracker.publisher import standalone  # a page needs templates, a terminal does not

        click.echo(standalone.log(histories, topics))
    else:
        say(terminal.log(histories, topics, colour=colour(), width=width()))
