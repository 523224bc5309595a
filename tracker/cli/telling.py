"""The commands that say what follows from what was seen; none of them adds to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import click

from tracker._support.containment import Failed, tried
from tracker.app.workers import workers
from tracker.cli import faults
from tracker.cli.app import App, chosen, colour, print_json, say, width
from tracker.cli.checkpoints import accept_fork
from tracker.cli.publishing import history_of_failed, last_known, last_unpublished, publish_all
from tracker.cli.session import Session, histories_of, opened
from tracker.cli.working import working
from tracker.differ import revise
from tracker.errors import UsageError
from tracker.model import History, Revision, Version
from tracker.publisher import standalone, terminal
from tracker.publisher import urls as places
from tracker.publisher.data import records
from tracker.publisher.summaries import without_texts

_Command = TypeVar("_Command", bound=Callable[..., Any])
_WIDE = 160  # columns; two texts side by side may be wider than one
_app = click.make_pass_decorator(App)
_documents = click.argument("documents", nargs=-1, metavar="[DOCUMENT]...")
_json = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people."
)


def _formats(command: _Command) -> _Command:
    """`--format`, and `--json` as its short form."""
    as_json = click.option("--json", "form", flag_value="json", help="The same as --format json.")
    form = click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", "html"]),
        default="text",
        show_default=True,
        help="Text for people, JSON for programs, or HTML that needs no other file.",
    )
    return form(as_json(command))


@click.command()
@working
@accept_fork
@_app
def publish(app: App, number: int, scheduler: str, *, accept_fork: bool) -> None:
    """Write feeds/ from data/: the feeds and the changelog site.

    The same data gives the same bytes, and files that did not change are left as they are. Only
    documents with something new are derived; where those are many, as after an import or an
    upgrade, several workers are faster.

    Where the log does not go on from what was published before, nothing is written (exit status
    65) until the archive that was there is back, or --accept-fork gives it up.
    """
    with workers(number, scheduler) as others:
        publish_all(app, others=others, accept_fork=accept_fork)


@click.command()
@_documents
@_formats
@_app
def log(app: App, documents: tuple[str, ...], form: str) -> None:
    """List revisions, newest first."""
    histories, topics = histories_of(app, documents), app.workspace.topics
    if form == "json":
        print_json(records.log(histories))
    elif form == "html":
        click.echo(standalone.log(histories, topics))
    else:
        say(terminal.log(histories, topics, colour=colour(), width=width()))


@click.command()
@click.argument("document")
@click.argument("since", required=False, metavar="[FROM]")
@click.argument("until", required=False, metavar="[TO]")
@_formats
@_app
def diff(app: App, document: str, since: str | None, until: str | None, form: str) -> None:
    """Show what changed in DOCUMENT: last time, or between the days FROM and TO.

    \b
    tracker diff eu                        the last revision
    tracker diff eu 2025-09-01             from what stood that day until now
    tracker diff eu 2025-09-01 2025-11-05  between two days

    In place of a day, the time in the address of a version names that version.
    """
    revision = _between(app, histories_of(app, [document])[0], since, until)
    if form == "json":
        print_json(records.diff(revision))
    elif form == "html":
        click.echo(standalone.diff(revision, app.workspace.topics))
    else:
        say(terminal.diff(revision, app.workspace.topics, colour=colour(), width=width()))


def _between(app: App, found: History, since: str | None, until: str | None) -> Revision:
    if since is not None:
        return revise(_at(found, since), _at(found, until), app.workspace.topics)
    if not found.revisions:
        raise UsageError(f"{found.document.id} has not changed since it was first seen.")
    return found.revisions[-1]


@click.command()
@click.argument("document")
@click.argument("other")
@click.option("--whole", is_flag=True, help="Show also where they agree.")
@_formats
@_app
def compare(app: App, document: str, other: str, whole: bool, form: str) -> None:
    """Show how OTHER differs from DOCUMENT, side by side: for example two editions of one text.

    A terminal of less than 84 columns gets one text with what only one of the two says marked.
    """
    found = histories_of(app, [document, other])
    a, b = (_at(history, None) for history in (found[0], found[-1]))  # one, where both name it
    topics = app.workspace.topics
    revision = revise(a, b, topics)
    if form == "json":
        print_json(records.comparison(revision))
    elif form == "html":
        click.echo(standalone.compare(revision, topics, whole=whole))
    else:
        room = width(_WIDE)
        say(terminal.compare(revision, topics, whole=whole, colour=colour(), width=room))


@click.command()
@click.argument("document")
@click.argument("at", required=False, metavar="[AT]")
@_formats
@_app
def show(app: App, document: str, at: str | None, form: str) -> None:
    """Show DOCUMENT as it stands, or as it stood on the day AT."""
    version = _at(histories_of(app, [document])[0], at)
    if form == "json":
        print_json(records.text(version))
    elif form == "html":
        click.echo(standalone.show(version))
    else:
        say(terminal.show(version, colour=colour(), width=width()))


def _at(found: History, day: str | None) -> Version:
    """The version that stood at the end of `day` (or at an ISO time), or the latest.

    A time at which one was first seen, as its address or the id of its item gives it, names that.
    """
    if not found.versions:
        raise UsageError(f"{found.document.id} has never been seen; run: tracker fetch")
    if day is None:
        return found.versions[-1]
    previews = (r.after for r in found.revisions if r.after.is_preview)
    for version in (*found.versions, *previews):
        if places.version_stamp(version) == places.as_stamp(day):
            return version
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
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "text"]),
    default="json",
    show_default=True,
    help="One JSON object a line, or each revision as `diff` shows it.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@_app
def changes(app: App, documents: tuple[str, ...], form: str) -> None:
    """Print one JSON object a line for every clause change, oldest first.

    The lines are described by changes.schema.json in the published folder.
    """
    histories = histories_of(app, documents)
    if form == "text":
        _say_all(app, histories)
        return
    for record in records.changes(histories):
        click.echo(json.dumps(record, ensure_ascii=True))


def _say_all(app: App, histories: list[History]) -> None:
    revisions = records.ordered(histories)
    topics, room = app.workspace.topics, width()
    shown = [terminal.diff(r, topics, colour=colour(), width=room) for r in revisions]
    say("\n\n\n".join(shown) or "No revision yet.")


@click.command()
@_documents
@_json
@_app
def status(app: App, documents: tuple[str, ...], as_json: bool) -> None:
    """Say what was last seen of each document, when, and what stands in the way."""
    with opened(app) as session:
        histories = _standing(session, documents)
    if as_json:
        print_json(records.status(histories))
    else:
        say(terminal.status(histories, app.now, colour=colour(), width=width()))


def _standing(session: Session, wanted: Sequence[str]) -> list[History]:
    """How documents stand; those with which something is wrong say what."""
    given, failed = session.workspace, dict(last_unpublished(session.cache).failed)
    declared, refusals = given.declared.documents, given.refusals
    there = session.documents()
    refused = faults.unseen(map(faults.unknown, there), declared, refusals, public=False)
    others = {history.document.id: history for history in refused}
    meant = chosen([*there, *(other.document for other in others.values())], wanted)
    histories = []
    for document in (document for document in meant if document.id not in others):
        found = tried(document.id, partial(session.found, document))
        if isinstance(found, Failed):
            failed[document.id] = found
            known = last_known(session.cache, document, given)
            found = history_of_failed(session, document, known)
        # Without its texts, which would fill the memory where there are thousands.
        histories.append(without_texts(found))
    marked = faults.marked(histories, declared, refusals, failed, public=False)
    return [*marked, *(others[document.id] for document in meant if document.id in others)]


COMMANDS = (publish, log, diff, show, compare, changes, status)
