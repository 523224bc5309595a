"""`tracker fetch`: visit the declared documents."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tracker.app.app import App
from tracker.app.fetch import fetch as visits
from tracker.app.fetch import is_cut_off
from tracker.app.following import CollectionVisit, follow
from tracker.app.renames import say_renames
from tracker.app.visits import Visit
from tracker.cli._app import failing, pass_app
from tracker.cli._options import visiting
from tracker.model import Outcome
from tracker.publisher import terminal

_CUT_OFF = (
    "none of these texts has ever been read, and nothing can be reached now. Check that this "
    "machine has a network and run this again. Without one, `tracker demo` shows the whole job, "
    "and `tracker import versions REPOSITORY` brings in what an archive on a disk holds."
)


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
    """Visit documents and print the outcome of each; return whether any could not be read.

    What went wrong with several is told once, and so is what to do where nothing can be reached.
    """
    say_renames(app)
    for followed in follow(app, wanted):
        if followed.captures or not followed.problem:
            app.progress.say(_followed(followed))
    told: dict[str, str] = {}
    made: list[Visit] = []
    for visited in visits(app, wanted, force=force, hosts=hosts):
        made.append(visited)
        tell = app.progress.failed if visited.failed else app.progress.say
        tell(_said(visited, told))
    if is_cut_off(app, made):
        app.progress.note(_CUT_OFF)
    return any(visited.failed for visited in made)


def _followed(found: CollectionVisit) -> str:
    new = terminal.import_summary(found.captures) if found.captures else "nothing new"
    until = f", last commit {found.last:%Y-%m-%d %H:%M} UTC" if found.last else ""
    title = terminal.harmless(found.collection.title)
    lines = [f"{title}{until}: {new}"]
    lines += [f"  refused: {terminal.harmless(str(refusal))}" for refusal in found.refused]
    return "\n".join(lines)


def _said(visited: Visit, told: dict[str, str]) -> str:
    lines = [
        terminal.visit(visited.document, visited.captures, visited.skipped, told, visited.standing)
    ]
    for found in (c for one in visited.caught for c in one.captures):
        what = "stands in" if found.outcome is Outcome.GOOD else f"is {found.outcome.value} too"
        what = f"of the preview {what}" if found.is_preview else what
        where = terminal.harmless(found.archive_url or "")
        lines.append(f"  {found.via} of {found.time:%Y-%m-%d %H:%M} UTC {what}: {where}")
    lines += [f"  refused: {terminal.harmless(str(refusal))}" for refusal in visited.refused]
    return "\n".join(lines)
