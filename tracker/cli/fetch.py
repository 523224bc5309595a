"""`tracker fetch`: visit the declared documents."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tracker.app.app import App
from tracker.app.fetch import fetch as visits
from tracker.app.following import CollectionVisit, follow
from tracker.app.visits import Visit
from tracker.cli._app import failing, pass_app
from tracker.cli._options import visiting
from tracker.model import Outcome
from tracker.publisher import terminal


@click.command()
@visiting
@pass_app
def fetch(app: App, documents: tuple[str, ...], force: bool, hosts: tuple[str, ...]) -> None:
    """Visit the declared documents and record what is served.

    DOCUMENT is any unambiguous part of a name such as linkedin/privacy-policy@eu. A document is
    visited at most twice a day; after a refusal it is left alone for a day. Documents of several
    hosts are visited in turns, since each host is left alone for some seconds after a request.

    Exit status: 0 all seen, 1 some document could not be fetched or is refused, 2 wrong use.
    """
    failing(fetch_all(app, documents, force=force, hosts=hosts))


def fetch_all(app: App, wanted: Sequence[str], *, force: bool, hosts: Sequence[str]) -> bool:
    """Visit documents and print the outcome of each; return whether any could not be read."""
    for followed in follow(app, wanted):
        if followed.captures or not followed.problem:
            click.echo(_followed(followed))
    failed = False
    for visited in visits(app, wanted, force=force, hosts=hosts):
        click.echo(_said(visited))
        failed |= visited.failed
    return failed


def _followed(found: CollectionVisit) -> str:
    new = terminal.import_summary(found.captures) if found.captures else "nothing new"
    until = f", last commit {found.last:%Y-%m-%d %H:%M} UTC" if found.last else ""
    title = terminal.harmless(found.collection.title)
    lines = [f"{title}{until}: {new}"]
    lines += [f"  refused: {terminal.harmless(str(refusal))}" for refusal in found.refused]
    return "\n".join(lines)


def _said(visited: Visit) -> str:
    lines = [terminal.visit(visited.document, visited.captures, visited.skipped)]
    for found in visited.stand_ins:
        what = "stands in" if found.outcome is Outcome.GOOD else f"is {found.outcome.value} too"
        where = terminal.harmless(found.archive_url or "")
        lines.append(f"  {found.via} of {found.time:%Y-%m-%d %H:%M} UTC {what}: {where}")
    lines += [f"  refused: {terminal.harmless(str(refusal))}" for refusal in visited.refused]
    return "\n".join(lines)
