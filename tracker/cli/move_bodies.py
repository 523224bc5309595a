"""`tracker move-bodies`: all bodies brought to where the settings keep them."""

from __future__ import annotations

import click

from tracker.app.app import App
from tracker.app.move_bodies import clear, misplaced, move
from tracker.app.workspace import bodies_by
from tracker.cli._app import pass_app
from tracker.cli._output import with_bar
from tracker.config.settings import FILE as SETTINGS
from tracker.config.settings import read_store
from tracker.config.validation import Place
from tracker.errors import UsageError
from tracker.publisher.words import count


@click.command("move-bodies")
@click.option(
    "--from", "origin", default="", metavar="URL", help="The store in which they are until now."
)
@click.option(
    "--clear", "strays", is_flag=True, help="Delete what belongs to no capture from the store."
)
@pass_app
def move_bodies(app: App, origin: str, strays: bool) -> None:
    """Bring all bodies to where data/settings.toml keeps them.

    \b
    with    bodies = "s3://bucket/folder"   from inside the archive to that folder
    with    --from URL                      from another store
    without bodies, with --from URL         from that store back into the archive

    Each is checked, and deleted where it was when all have come. A move that was stopped is
    simply run again. Meanwhile nothing else can record.
    """
    given = app.workspace.settings
    if refusals := app.workspace.refusals_of(SETTINGS):  # one may say where bodies are kept
        raise UsageError(refusals[0].sentence)
    before = bodies_by(given, read_store(Place("--from"), origin)) if origin else None
    with app.workspace.open_archive(write=True) as archive:
        names = misplaced(archive, before)
        for _ in with_bar(move(archive, names, before), len(names), "moving"):
            pass
        cleared, done = clear(archive, before, strays=strays)
        archive.shrink()
    click.echo(f"{given.bodies or 'data/archive.db'}: {len(names)} bodies came.")
    if cleared:
        said = "deleted" if done else "left, since somebody reads the archive; run it again later"
        click.echo(f"{count(cleared, 'object')} where no capture needs them any more: {said}.")
