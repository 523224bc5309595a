"""The commands that say what follows from what was seen; none of them adds to it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from tracker.cli.app import App, colour, print_json, say, width
from tracker.differ import revise
from tracker.errors import UsageError
from tracker.model import History, Revision, Version
from tracker.publisher import records, terminal

_app = click.make_pass_decorator(App)
_documents = click.argument("documents", nargs=-1, metavar="[DOCUMENT]...")
_json = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people."
)


@click.command()
@_app
def publish(app: App) -> None:
    """Write feeds/ from data/: the feeds and the changelog site.

    The same data gives the same bytes, and files that did not change are left as they are.
    """
    app.publish()


@click.command()
@_documents
@_json
@_app
def log(app: App, documents: tuple[str, ...], as_json: bool) -> None:
    """List revisions, newest first."""
    histories = app.histories(documents)
    if as_json:
        print_json(list(records.log(histories)))
    else:
        say(terminal.log(histories, app.workspace.topics, colour=colour(), width=width()))


@click.command()
@click.argument("document")
@click.argument("since", required=False, metavar="[FROM]")
@click.argument("until", required=False, metavar="[TO]")
@_app
def diff(app: App, document: str, since: str | None, until: str | None) -> None:
    """Show what changed in DOCUMENT: last time, or between the days FROM and TO.

    \b
    tracker diff eu                        the last revision
    tracker diff eu 2025-09-01             from what stood that day until now
    tracker diff eu 2025-09-01 2025-11-05  between two days
    """
    found = app.histories([document])[0]
    if since is not None:
        _say_diff(app, revise(_at(found, since), _at(found, until), app.workspace.topics))
    elif found.revisions:
        _say_diff(app, found.revisions[-1])
    else:
        raise UsageError(f"{found.document.id} has not changed since it was first seen.")


@click.command()
@click.argument("document")
@click.argument("other")
@_app
def compare(app: App, document: str, other: str) -> None:
    """Show how OTHER differs from DOCUMENT, for example two editions of one text."""
    a, b = (_at(app.histories([name])[0], None) for name in (document, other))
    _say_diff(app, revise(a, b, app.workspace.topics))


def _say_diff(app: App, revision: Revision) -> None:
    say(terminal.diff(revision, app.workspace.topics, colour=colour(), width=width()))


@click.command()
@click.argument("document")
@click.argument("at", required=False, metavar="[AT]")
@_app
def show(app: App, document: str, at: str | None) -> None:
    """Show DOCUMENT as it stands, or as it stood on the day AT."""
    version = _at(app.histories([document])[0], at)
    say(terminal.show(version, colour=colour(), width=width()))


def _at(found: History, day: str | None) -> Version:
    """The version that stood at the end of `day` (or at an ISO time), or the latest."""
    if not found.versions:
        raise UsageError(f"{found.document.id} has never been seen; run: tracker fetch")
    if day is None:
        return found.versions[-1]
    standing = [v for v in found.versions if v.first_seen <= _end_of(day)]
    if not standing:
        first = f"{found.versions[0].first_seen:%Y-%m-%d}"
        raise UsageError(
            f"{found.document.id} was first seen on {first}; nothing is known of {day} before that."
        )
    return standing[-1]


def _end_of(day: str) -> datetime:
    try:
        time = datetime.fromisoformat(f"{day}T23:59:59.999999" if len(day) == 10 else day)
    except ValueError as error:
        raise UsageError(f"{day!r} is not a day such as 2025-11-05, nor an ISO time.") from error
    return time.replace(tzinfo=time.tzinfo or UTC)


@click.command()
@_documents
@click.option("--json", is_flag=True, expose_value=False, help="Accepted; the output always is.")
@_app
def changes(app: App, documents: tuple[str, ...]) -> None:
    """Print one JSON object a line for every clause change, oldest first.

    The lines are described by changes.schema.json in the published folder.
    """
    for record in records.changes(app.histories(documents)):
        click.echo(json.dumps(record, ensure_ascii=True))


@click.command()
@_documents
@_json
@_app
def status(app: App, documents: tuple[str, ...], as_json: bool) -> None:
    """Say what was last seen of each document, when, and what stands in the way."""
    histories = app.histories(documents)
    if as_json:
        print_json(list(records.status(histories)))
    else:
        say(terminal.status(histories, colour=colour(), width=width()))


COMMANDS = (publish, log, diff, show, compare, changes, status)
