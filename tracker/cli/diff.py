"""`tracker diff`: what changed in a document."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.app.app import App
from tracker.app.session import histories_of
from tracker.app.versions import revision_between
from tracker.cli._app import pass_app
from tracker.cli._options import document as document_argument
from tracker.cli._options import formats, topic_id
from tracker.cli._options import topic as topic_option
from tracker.cli._options import word as word_option
from tracker.cli._output import colour, print_json, say, width, write_word
from tracker.publisher import terminal
from tracker.publisher.data import records
from tracker.publisher.selection import on_topic


@click.command()
@document_argument("document")
@click.argument("since", required=False, metavar="[FROM]")
@click.argument("until", required=False, metavar="[TO]")
@topic_option
@formats
@word_option
@pass_app
def diff(
    app: App,
    document: str,
    since: str | None,
    until: str | None,
    topic: str | None,
    form: str,
    word: Path | None,
) -> None:
    """Show what changed in DOCUMENT: last time, or between the days FROM and TO.

    \b
    tracker diff eu                        the last revision
    tracker diff eu 2025-09-01             from what stood that day until now
    tracker diff eu 2025-09-01 2025-11-05  between two days
    tracker diff eu --topic ai             only what is about a topic

    In place of a day, the time in the address of a version names that version.
    """
    history, topics = histories_of(app, [document])[0], app.workspace.topics
    whole = revision_between(history, since, until, topics)
    revision = on_topic(whole, topic_id(app, topic))
    if word:
        write_word(whole, history.document.service, word)
    elif form == "json":
        print_json(records.diff(revision))
    elif form == "html":
        from tracker.publisher import standalone  # a page needs templates, a terminal does not

        click.echo(standalone.diff(revision, topics))
    else:
        say(terminal.diff(revision, topics, colour=colour(), width=width()))
