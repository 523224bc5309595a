"""`tracker changes`: every change of a clause, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from tracker.app.app import App
from tracker.app.questions import histories_meant
from tracker.cli._app import pass_app
from tracker.cli._options import documents as documents_argument
from tracker.cli._options import nothing_to_show, selecting, selection
from tracker.cli._output import colour, say, width
from tracker.model import History
from tracker.publisher import terminal
from tracker.publisher.data import records
from tracker.publisher.selection import of_changes


@click.command()
@documents_argument
@selecting
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "text"]),
    default="json",
    show_default=True,
    help="One JSON object a line, or each revision as `diff` shows it.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@pass_app
def changes(app: App, /, documents: tuple[str, ...], form: str, **wanted: Any) -> None:
    """Print one JSON object a line for every clause change, oldest first.

    The lines are described by changes.schema.json in the published folder.

    \b
    tracker changes --topic ads --since 2025-06 --format text
    """
    found = histories_meant(app, documents)
    histories = of_changes(found, selection(app, **wanted))
    if form == "text":
        say(_texts(app, histories) or nothing_to_show(app, found))
        return
    for record in records.changes(histories):
        click.echo(json.dumps(record, ensure_ascii=True))


def _texts(app: App, histories: Sequence[History]) -> str:
    revisions = records.ordered(histories)
    topics, room = app.workspace.topics, width()
    shown = [terminal.diff(r, topics, colour=colour(), width=room) for r in revisions]
    return "\n\n\n".join(shown)
