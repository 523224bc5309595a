"""`tracker show`: the text of a document."""

from __future__ import annotations

import click

from tracker.app.app import App
from tracker.app.session import histories_of
from tracker.app.versions import version_at
from tracker.cli._app import pass_app
from tracker.cli._options import document as document_argument
from tracker.cli._options import formats
from tracker.cli._output import colour, print_json, say, width
from tracker.publisher import terminal
from tracker.publisher.data import records


@click.command()
@document_argument("document")
@click.argument("at", required=False, metavar="[AT]")
@formats
@pass_app
def show(app: App, document: str, at: str | None, form: str) -> None:
    """Show DOCUMENT as it is now, or as it was on the day AT.

    \b
    tracker show eu                        the text of the document named ...@eu
    tracker show eu 2025-09-01             as it was on that day
    tracker show eu --format html > eu.html
    """
    version = version_at(histories_of(app, [document])[0], at)
    if form == "json":
        print_json(records.text(version))
    elif form == "html":
        from tracker.publisher import standalone  # a page needs templates, a terminal does not

        click.echo(standalone.show(version))
    else:
        say(terminal.show(version, colour=colour(), width=width()))
