"""`tracker fetch`: visit the declared documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Self

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
    "Nothing can be reached ({}), and none of these texts has been read yet. Check that this "
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

    What went wrong with several is told once. Where nothing was ever read and nothing can be
    reached, that is all that is said, and what to do.
    """
    say_renames(app)
    with _HeldBack(app) as held:
        made = _visited(app, wanted, held, force=force, hosts=hosts)
        if is_cut_off(app, made):
            held.drop()
            reasons = (c.reason for visited in made for c in visited.captures)
            why = next(filter(None, reasons), "there is no network")
            why = re.sub(r"\Aasked \d+ times: ", "", why.partition(";")[0])
            app.progress.problem(_CUT_OFF.format(why))
    return any(visited.failed for visited in made)


class _HeldBack:
    """Keeps back what a run says until something was reached, or until the block ends."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._told = app.progress
        self._kept: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        told = self._told
        self._app.progress = replace(
            told,
            say=partial(self._keep, told.say),
            failed=partial(self._keep, told.failed),
            note=partial(self._keep, told.note),
            problem=partial(self._keep, told.problem),
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _keep(self, tell: Callable[[str], None], text: str) -> None:
        self._kept.append(partial(tell, text))

    def drop(self) -> None:
        """Forget what was kept back, and say at once what comes."""
        self._kept.clear()
        self.release()

    def release(self) -> None:
        """Say what was kept back, and at once what comes."""
        self._app.progress = self._told
        for tell in self._kept:
            tell()
        self._kept.clear()


def _visited(
    app: App, wanted: Sequence[str], held: _HeldBack, *, force: bool, hosts: Sequence[str]
) -> list[Visit]:
    for followed in follow(app, wanted):
        if followed.captures or not followed.problem:
            held.release()
            app.progress.say(_followed(followed))
    told: dict[str, str] = {}
    made: list[Visit] = []
    for visited in visits(app, wanted, force=force, hosts=hosts):
        made.append(visited)
        if any(c.outcome is not Outcome.UNREACHABLE for c in visited.captures):
            held.release()
        tell = app.progress.failed if visited.failed else app.progress.say
        tell(_said(visited, told))
    return made


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
