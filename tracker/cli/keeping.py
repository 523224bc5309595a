"""The commands for whoever keeps an archive: doctor, backup, restore, move-bodies."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tracker.app.backup import backup, restore
from tracker.app.doctor import contradictions, examine
from tracker.app.move_bodies import clear, misplaced, move
from tracker.app.workspace import bodies_by, settings_of
from tracker.cli.app import App, harmless, print_json
from tracker.cli.importing import with_bar
from tracker.config.settings import FILE as SETTINGS
from tracker.config.settings import read_store
from tracker.config.validation import Place
from tracker.errors import UsageError
from tracker.publisher.text import count

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

    The copy is verified before it takes the place of an older backup. Bodies that are kept in a
    store are put into it; the key that signs checkpoints (data/signing.key), the timestamps
    (data/timestamps/) and the declarations are not.
    """
    made = backup(app.root / "data" / "archive.db", file, bodies_by(settings_of(app.root)))
    click.echo(f"{file}: {count(made.captures, 'capture')}, {made.bodies} bodies, verified.")


@click.command("restore")
@_file
@_app
def bring_back(app: App, file: Path) -> None:
    """Put the backup FILE in the place of the archive.

    The backup is verified first; the archive that was there is kept beside it, damaged or not.
    Where the backup does not hold what was published since, that is said: `run` and `publish` then
    refuse until --accept-fork gives it up. All bodies are inside what is restored;
    `tracker move-bodies` brings them to a store again.
    """
    path = app.root / "data" / "archive.db"
    made = restore(file, path, app.now, bodies_by(settings_of(app.root)))
    kept = f" What was there is kept as {made.former}." if made.former else ""
    click.echo(f"{path}: {count(made.captures, 'capture')}, {made.bodies} bodies, verified.{kept}")
    for finding in contradictions(app.root):
        click.echo(harmless(f"Note: {finding.what}; {finding.mend}."))


@click.command("move-bodies")
@click.option(
    "--from", "origin", default="", metavar="URL", help="The store in which they are until now."
)
@click.option(
    "--clear", "strays", is_flag=True, help="Delete what belongs to no capture from the store."
)
@_app
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
    for refusal in app.workspace.refusals:
        if refusal.file == SETTINGS:  # it may say where bodies are kept
            raise UsageError(refusal.sentence)
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


COMMANDS = (doctor, make_backup, bring_back, move_bodies)
