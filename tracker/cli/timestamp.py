"""`tracker timestamp`: the log stamped by an authority."""

from __future__ import annotations

import click

from tracker.app.app import App
from tracker.app.timestamping import timestamp as stamped
from tracker.cli._app import pass_app
from tracker.cli._options import allow_host


@click.command()
@allow_host
@pass_app
def timestamp(app: App, hosts: tuple[str, ...]) -> None:
    """Have the log stamped by the authority that timestamp_url in data/settings.toml names.

    What is stamped (RFC 3161) is the checkpoint of the whole log, so one stamp covers all that
    was recorded before it. The authority is asked at most once a day, and only where the log has
    grown; what it answers is checked and kept in data/timestamps/.

    Exit status: 0 stamped or not due, 1 no authority gave a timestamp, 2 wrong use.
    """
    app.progress.say(stamped(app, hosts))
