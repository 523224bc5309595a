"""`tracker restore`: a backup put in the place of the archive."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.app.app import App
from tracker.app.backup import restore as restored
from tracker.app.doctor import contradictions
from tracker.app.workspace import bodies_by, settings_of
from tracker.cli._app import pass_app
from tracker.cli._options import file as file_argument
from tracker.publisher.terminal import harmless
from tracker.publisher.words import count


@click.command()
@file_argument
@pass_app
def restore(app: App, file: Path) -> None:
    """Put the backup FILE in the place of the archive.

    The backup is verified first; the archive that was there is kept beside it, damaged or not. The
    ledger of what was published comes with it, unless the one here goes on from that.
    Where the backup does not hold what was published since, that is said: `run` and `publish` then
    refuse until --accept-fork gives it up. All bodies are inside what is restored;
    `tracker move-bodies` brings them to a store again.
    """
    path = app.root / "data" / "archive.db"
    made = restored(file, path, app.now, bodies_by(settings_of(app.root)))
    kept = f" What was there is kept as {made.former}." if made.former else ""
    if made.former_ledger:
        kept += f" The ledger of what was published is kept as {made.former_ledger}."
    click.echo(f"{path}: {count(made.captures, 'capture')}, {made.bodies} bodies, verified.{kept}")
    for finding in contradictions(app.root):
        click.echo(harmless(f"Note: {finding.what}; {finding.mend}."))
