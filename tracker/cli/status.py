"""`tracker status`: how documents stand."""

from __future__ import annotations

import click

from tracker.app.app import App
from tracker.app.status import status as standing
from tracker.cli._app import pass_app
from tracker.cli._options import as_json as json_option
from tracker.cli._options import documents as documents_argument
from tracker.cli._output import colour, print_json, say, width
from tracker.publisher import terminal
from tracker.publisher.data import records


@click.command()
@documents_argument
@json_option
@pass_app
def status(app: App, documents: tuple[str, ...], as_json: bool) -> None:
    """Say what was last seen of each document, when, and what stands in the way."""
    histories = standing(app, documents)
    if as_json:
        print_json(records.status(histories))
    else:
        say(terminal.status(histories, app.now, colour=colour(), width=width()))
