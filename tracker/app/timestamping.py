"""Timestamps of the log by an authority, so that its age can be proved to others."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from tracker import evidence
from tracker.app.app import App
from tracker.app.checkpoints import (
    authorities_of,
    heads_of,
    keep,
    new_checkpoint,
    one_past,
    standing_stamps,
)
from tracker.app.network import fetcher
from tracker.errors import NotStamped, TrackerError, UsageError
from tracker.model import Outcome
from tracker.publisher.words import count, line, moment


def stamp_if_due(app: App, hosts: Sequence[str]) -> None:
    """Request a timestamp if one is due and configured; a failure is told and fails nothing."""
    if not app.workspace.settings.timestamp_url:
        return
    try:
        said = timestamp(app, hosts)
    except NotStamped as error:
        app.progress.event("not stamped", level=logging.WARNING, error=str(error))
        app.progress.note(str(error))
    except TrackerError as error:
        app.complain(str(error))
    else:
        app.progress.say(said)


def timestamp(app: App, hosts: Sequence[str]) -> str:
    """Request a timestamp of the log if one is due; return the outcome as a sentence.

    Raises UsageError where the settings name no authority, NotStamped where it gave no timestamp.
    """
    workspace = app.workspace
    url = workspace.settings.timestamp_url
    if not url:
        raise UsageError("data/settings.toml names no timestamp_url to ask for a timestamp.")
    if not evidence.can_stamp():
        raise _not_stamped("it takes pip install 'terms-tracker[timestamp]'")
    with workspace.open_archive() as archive:
        heads = heads_of(archive)
        past = one_past(app, archive, heads)
    if reason := _not_due(standing_stamps(app), heads["captures"].size, app.now):
        return f"Not stamped: {reason}."
    text = new_checkpoint(app, heads)
    keep(app, text, heads, past)
    asked = evidence.question(text.encode())
    with fetcher(app, hosts) as asking:
        answer = asking.post(url, asked.data, evidence.MEDIA, now=app.now)
    if answer.outcome is not Outcome.GOOD:
        raise _not_stamped(answer.reason)
    try:
        seal = evidence.answered(asked, answer.body, authorities_of(workspace))
        stamp = evidence.KeptTimestamp(app.now, evidence.parse_note(text), text, answer.body)
        path = evidence.keep_stamp(workspace.timestamps, stamp)
    except NotStamped as error:
        raise _not_stamped(f"{error}; the next run tries again") from error
    captures, authority = stamp.note.size, seal.authority
    app.progress.event("stamped", captures=captures, authority=authority, folder=str(path))
    what = f"{count(captures, 'capture')} stamped at {moment(seal.time)}"
    return f"{path}: {what} by {line(authority)}"


def _not_due(kept: Sequence[evidence.KeptTimestamp], size: int, now: datetime) -> str:
    """Say why the authority is not asked now; empty where it is."""
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
