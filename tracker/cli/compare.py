"""`tracker compare`: two documents side by side."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.app.app import App
from tracker.app.session import histories_of
from tracker.app.versions import version_at
from tracker.cli._app import pass_app
from tracker.cli._options import document as document_argument
from tracker.cli._options import formats
from tracker.cli._options import word as word_option
from tracker.cli._output import colour, print_json, say, width, write_word
from tracker.differ import revise
from tracker.publisher import terminal
from tracker.publisher.data import records

_WIDE = 160  # columns; two texts side by side may be wider than one


@click.command()
@document_argument("document")
@document_argument("other")
@click.option("--whole", is_flag=True, help="Show also where they agree.")
@formats
@word_option
@pass_app
def compare(app: App, document: str, other: str, whole: bool, form: str, word: Path | None) -> None:
    """Show how OTHER differs from DOCUMENT, side by side: for example two editions of one text.

    \b
    tracker compare privacy-policy@eu privacy-policy@us
    tracker compare privacy-policy@eu privacy-policy@us --word editions.docx

    Two versions of one text are compared by `tracker diff DOCUMENT FROM TO`.

    A terminal of less than 84 columns gets one text with what only one of the two says marked.
    """
    found, topics = histories_of(app, [document, other]), app.workspace.topics
    a, b = (version_at(history) for history in (found[0], found[-1]))  # one, where both name it
    revision = revise(a, b, topics)
    if word:
        write_word(revision, found[-1].document.service, word)
    elif form == "json":
        print_json(records.comparison(revision))
    elif form == "html":
        from tracker.publisher import standalone  # a page needs templates, a terminal does not

        click.echo(standalone.compare(revision, topics, whole=whole))
    else:
        room = width(_WIDE)
        say(terminal.compare(revision, topics, whole=whole, colour=colour(), width=room))
