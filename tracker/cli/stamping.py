"""`tracker timestamp`: the log stamped by an authority, so that its age can be proved to others."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

import click

from tracker import evidence
from tracker.cli import logs
from tracker.cli.app import App, harmless
from tracker.cli.asking import allow_host, fetcher
from tracker.cli.checkpoints import (
    authorities_of,
    heads_of,
    keep,
    new_checkpoint,
    one_past,
    standing_stamps,
)
from tracker.errors import NotStamped, TrackerError, UsageError
from tracker.model import Outcome
from tracker.publisher.text import count, line, moment


def stamp_if_due(app: App, hosts: Sequence[str]) -> None:
    """Have the log stamped, if it is time; that it could not be is said and fails nothing."""
    try:
        said = stamped(app, hosts)
    except NotStamped as error:
        logs.event("not stamped", level=logging.WARNING, error=str(error))
        click.echo(f"Note: {harmless(str(error))}", err=True)
    except TrackerError as error:
        app.complain(str(error))
    else:
        click.echo(harmless(said))


@click.command("timestamp")
@allow_host
@click.make_pass_decorator(App)
def timestamp(app: App, hosts: tuple[str, ...]) -> None:
    """Have the log stamped by the authority that timestamp_url in data/settings.toml names.

    What is stamped (RFC 3161) is the checkpoint of the whole log, so one stamp covers all that
    was recorded before it. The authority is asked at most once a day, and only where the log has
    grown; what it answers is checked and kept in data/timestamps/.

    Exit status: 0 stamped or not due, 1 no timestamp could be had, 2 wrong use.
    """
    if not app.workspace.settings.timestamp_url:
        raise UsageError("data/settings.toml names no timestamp_url to ask for a timestamp.")
    click.echo(harmless(stamped(app, hosts)))


def stamped(app: App, hosts: Sequence[str]) -> str:
    """Have the log stamped if it is time: what came of it. NotStamped where it could not be."""
    workspace = app.workspace
    if not evidence.can_stamp():
        raise _not_stamped("it takes pip install 'terms-tracker[timestamp]'")
    with workspace.open_archive() as archive:
        heads = heads_of(archive)
        past = one_past(app, archive, heads)
    if reason := _not_due(standing_stamps(app), heads["captures"].size, app.now):
        return f"Not stamped: {reason}."
    text = new_checkpoint(workspace, heads)
    keep(app, text, heads, past)
    asked = evidence.question(text.encode())
    with fetcher(app, hosts) as asking:
        url = workspace.settings.timestamp_url
        answer = asking.post(url, asked.data, evidence.MEDIA, now=app.now)
    if answer.outcome is not Outcome.GOOD:
        raise _not_stamped(answer.reason)
    try:
        seal = evidence.answered(asked, answer.body, authorities_of(workspace))
        stamp = evidence.KeptTimestamp(app.now, evidence.parse_note(text), text, answer.body)
        path = evidence.keep_stamp(workspace.timestamps, stamp)
    except NotStamped as error:
        raise _not_stamped(f"{error}; the next run tries again") from error
    logs.event("stamped", captures=stamp.note.size, authority=seal.authority, folder=str(path))
    what = f"{count(stamp.note.size, 'capture')} stamped at {moment(seal.time)}"
    return f"{path}: {what} by {line(seal.authority)}"


def _not_due(kept: Sequence[evidence.KeptTimestamp], size: int, now: datetime) -> str:
    """Why the authority is not asked now; empty where it is."""
    if not size:
        return "nothing has been recorded yet"
    if not kept:
        return ""
    last = kept[-1]
    if last.note.size >= size:
        return f"nothing was recorded since the timestamp of {moment(last.asked)}"
    if last.asked.date() >= now.date():
        return f"the timestamp of {moment(last.asked)} is of today, once a day is enough"
    return ""


def _not_stamped(reason: str) -> NotStamped:
    return NotStamped(f"The log was not stamped: {reason.removesuffix('.')}.")


COMMANDS = (timestamp,)
