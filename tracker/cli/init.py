"""`tracker init`: a new instance anywhere."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.app.app import App
from tracker.app.init import create
from tracker.cli._app import pass_app


@click.command()
@click.argument(
    "directory", required=False, type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]"
)
@pass_app
def init(app: App, directory: Path | None) -> None:
    """Start a new instance in DIR (default: here).

    Writes DIR/data/ with the declarations and topics that ship with the program, for you to
    change, and a settings.toml that explains every setting. Nothing that is there is touched.
    """
    root = app.root / directory if directory else app.root
    for path in create(root):
        click.echo(path)
    elsewhere = "" if root == Path() else f" --root {root}"
    click.echo(f"\nEdit what is watched there, then run: tracker{elsewhere} run")
