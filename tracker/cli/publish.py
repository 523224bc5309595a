"""`tracker publish`: write feeds/ from data/."""

from __future__ import annotations

import click

from tracker.app.app import App
from tracker.app.publish import publish as published
from tracker.app.workers import Workers, workers
from tracker.cli._app import pass_app
from tracker.cli._options import accept_fork, working

_NO_ADDRESS = (
    "Note: links in feeds and citations lead to http://localhost:8000/ (`tracker serve`) until "
    "data/settings.toml says in site_url where feeds/ is published."
)


@click.command()
@working
@accept_fork
@pass_app
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


def publish_all(
    app: App,
    *,
    note: bool = True,
    others: Workers | None = None,
    accept_fork: bool = False,
    fails: bool = True,
) -> None:
    """Write feeds/ and say how much of it changed; `note` settings that are still missing."""
    found = published(app, others=others, accept_fork=accept_fork, fails=fails)
    if note and not app.workspace.settings.site_url:
        app.progress.say(_NO_ADDRESS)
    one_by_one = found.hindrance and found.changed
    how = f", one by one, because {found.hindrance}" if one_by_one else ""
    app.progress.say(f"{found.folder}: {found.changed} of {found.files} files changed{how}")
