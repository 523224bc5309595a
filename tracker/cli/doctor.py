"""`tracker doctor`: what is wrong with an installation."""

from __future__ import annotations

from dataclasses import asdict

import click

from tracker.app.app import App
from tracker.app.doctor import examine
from tracker.cli._app import failing, pass_app
from tracker.cli._output import print_json, tell
from tracker.publisher.words import count


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@pass_app
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
            tell(f"{'WRONG' if mend else 'note'}  {finding.what}{mend}")
    wrong = sum(finding.is_wrong for finding in findings)
    if not as_json:
        click.echo(f"{count(wrong, 'thing')} to mend." if wrong else "Nothing to mend.")
    failing(wrong > 0)
