"""`tracker run`: fetch, then publish."""

from __future__ import annotations

import click

from tracker.app.app import App
from tracker.app.checkpoints import heads_of, one_past
from tracker.cli._app import failing, pass_app
from tracker.cli._options import accept_fork, visiting, working
from tracker.cli.fetch import fetch_all


@click.command()
@visiting
@click.option("--notify", is_flag=True, help="Then send what is new, as `tracker notify` does.")
@accept_fork
@working
@pass_app
def run(
    app: App,
    documents: tuple[str, ...],
    force: bool,
    hosts: tuple[str, ...],
    notify: bool,
    number: int,
    scheduler: str,
    accept_fork: bool,
) -> None:
    """Fetch, then publish: the command for a timer.

    Where data/settings.toml names a timestamp_url, the log is stamped in between, as `tracker
    timestamp` does it.

    Exit status: 0 all seen, 1 some document could not be fetched, is refused, or could not be
    derived (the others were, and what is known is published), 2 wrong use, 65 the log does not go
    on from what was published before (nothing was fetched; bring back the archive that was there,
    or give it up by --accept-fork).
    """
    # Only after the visits: most of what these import is of no use to a visit.
    from tracker.app import notify as notifications
    from tracker.app.timestamping import stamp_if_due
    from tracker.app.workers import workers
    from tracker.cli.publish import publish_all

    sending = notifications.prepared_if_can_be(app) if notify else None
    with app.workspace.open_archive() as archive:
        one_past(app, archive, heads_of(archive), accept=accept_fork)
    failed = fetch_all(app, documents, force=force, hosts=hosts)
    stamp_if_due(app, hosts)
    with workers(number, scheduler) as others:
        publish_all(app, note=not failed, others=others, fails=not documents)
    if sending:
        failed |= notifications.notify(app, *sending, hosts)
    failing(failed)
