"""`tracker evidence`: everything that proves a revision, in one bundle."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.app.app import App
from tracker.app.evidence import check_bundle, write_evidence
from tracker.cli._app import failing, pass_app
from tracker.cli._options import document as document_argument


@click.command()
@document_argument("revision")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A .zip file, or a folder to make (default: evidence-….zip in the root folder).",
)
@click.option("--check", is_flag=True, help="Check a bundle of anybody's instead: REVISION is it.")
@pass_app
def evidence(app: App, revision: str, output: Path | None, check: bool) -> None:
    """Write everything that proves REVISION into one bundle.

    \b
    REVISION is the address of its page, the id of its feed item, or
    tracker evidence eu                the last revision of the document named ...@eu
    tracker evidence eu/2025-11-05     the revision first seen that day
    tracker evidence --check FILE.zip  checks a bundle with this program's own verifier

    The bundle holds both captures (also as WARC) and their texts, their places in the log, the
    signed checkpoint, the redline, and VERIFY.txt, which says how anyone checks it all without
    this program.
    """
    if check:
        failing(not check_bundle(app, Path(revision)))
        return
    path, number = write_evidence(app, revision, output)
    click.echo(f"{path}: {number} files; VERIFY.txt says how to check them.")
