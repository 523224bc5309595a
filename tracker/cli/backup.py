"""`tracker backup`: a copy of the archive, and of the ledger of what was published."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.app.app import App
from tracker.app.backup import backup as copied
from tracker.app.workspace import bodies_by, settings_of
from tracker.cli._app import pass_app
from tracker.cli._options import file as file_argument
from tracker.publisher.words import count


@click.command()
@file_argument
@pass_app
def backup(app: App, file: Path) -> None:
    """Copy the archive and the ledger of what was published to FILE, also while they are in use.

    The copy is verified before it takes the place of an older backup. Bodies that are kept in a
    store are put into it; the key that signs checkpoints (data/signing.key), the timestamps
    (data/timestamps/) and the declarations are not.
    """
    made = copied(app.root / "data" / "archive.db", file, bodies_by(settings_of(app.root)))
    app.progress.say(f"{file}: {count(made.captures, 'capture')}, {made.bodies} bodies, verified.")
