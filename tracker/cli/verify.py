"""`tracker verify`: check everything that was recorded and published."""

from __future__ import annotations

import click

from tracker.app.app import App
from tracker.app.verify import verify as verified
from tracker.cli._app import pass_app
from tracker.cli._output import tell
from tracker.errors import ArchiveError
from tracker.publisher.words import count


@click.command()
@pass_app
def verify(app: App) -> None:
    """Check everything that was recorded and published; exit status 1 if anything is amiss.

    \b
    data/   every row against the log, every body against its digest, every timestamp against both
    feeds/  the signed checkpoint against the log, every file against what follows from data/

    Whatever was altered, removed, put in or reordered is named. One line says what holds.
    """
    findings = verified(app)
    for line in (*findings.problems, *findings.remarks):
        tell(line)
    if findings.problems:
        number = count(len(findings.problems), "thing")
        raise ArchiveError(
            f"{app.root}: {number} above {'is' if len(findings.problems) == 1 else 'are'} not as "
            "recorded and published; `tracker doctor` says what to do."
        )
    app.progress.say(f"{findings.holds}.")
