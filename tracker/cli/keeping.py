"""The commands for whoever keeps an archive: doctor, backup, restore."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tracker.cli.app import App, harmless, print_json
from tracker.keeping import backup, examine, restore
from tracker.publisher.words import count

_app = click.make_pass_decorator(App)
_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@_app
def doctor(app: App, as_json: bool) -> None:
    """Say what is wrong with this installation, and how to mend it.

    Looks at the program, the operator's files, permissions, the archive, the clock, the disk and
    what is published. Changes nothing. Exit status 1 if anything needs mending.
    """
    findings = examine(app.root, app.now)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            mend = f"\n    mend: {finding.mend}" if finding.is_wrong else ""
            click.echo(harmless(f"{'WRONG' if mend else 'note'}  {finding.what}{mend}"))
    wrong = sum(finding.is_wrong for finding in findings)
    if not as_json:
        click.echo(f"{count(wrong, 'thing')} to mend." if wrong else "Nothing to mend.")
    if wrong:
        click.get_current_context().exit(1)


@click.command("backup")
@_file
@_app
def make_backup(app: App, file: Path) -> None:
    """Copy the archive to FILE, also while it is in use.

    The copy is verified before it takes the place of an older backup. The key that signs
    checkpoints (data/signing.key), the timestamps (data/timestamps/) and the declarations are not
    in it.
    """
    made = backup(app.root / "data" / "archive.db", file)
    click.echo(f"{file}: {count(made.captures, 'capture')}, {made.bodies} bodies, verified.")


@click.command("restore")
@_file
@_app
def bring_back(app: App, file: Path) -> None:
    """Put the backup FILE in the place of the archive.

    The backup is verified first; the archive that was there is kept beside it, damaged or not, and
    so are timestamps of what the backup does not hold.
    """
    path = app.root / "data" / "archive.db"
    made = restore(file, path, app.now)
    kept = f" What was there is kept as {made.former}." if made.former else ""
    click.echo(f"{path}: {count(made.captures, 'capture')}, {made.bodies} bodies, verified.{kept}")
    if made.timestamps:
        click.echo(f"Timestamps of what this backup does not hold are kept in {made.timestamps}.")


COMMANDS = (doctor, make_backup, bring_back)
