"""`tracker import …`: what others archived, with its own dates and provenance."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import click

from tracker.app import import_ as imports
from tracker.app.app import App, watched
from tracker.app.import_ import Incoming
from tracker.app.ingest import Wanted
from tracker.app.workers import workers
from tracker.cli._app import parse_time, pass_app
from tracker.cli._options import allow_host, working
from tracker.cli._options import document as document_argument
from tracker.cli._output import note, with_bar
from tracker.cli._period import Period
from tracker.config.declarations import document_id
from tracker.errors import ImportFailed, UsageError
from tracker.importer import Refusal
from tracker.model import Capture
from tracker.publisher import terminal

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group("import")
def import_() -> None:
    """Bring in what others archived."""


def _first(_context: click.Context, _option: click.Parameter, time: datetime | None) -> date | None:
    return time.date() if time else None


def _last(_context: click.Context, _option: click.Parameter, end: datetime | None) -> date | None:
    return (end - timedelta(microseconds=1)).date() if end else None


def _in_days(command: _Command) -> _Command:
    """Add the first and the last day to import."""
    what = "Only records of this day (or month, or year) or {}."
    for name, kind, day, bound in (
        ("--until", Period(end=True), _last, "older"),
        ("--since", Period(), _first, "newer"),
    ):
        text = what.format(bound)
        command = click.option(name, type=kind, callback=day, metavar="DATE", help=text)(command)
    return command


def _importing(command: _Command) -> _Command:
    """Add the arguments that all imports of repositories share."""
    for option in (
        working,
        _in_days,
        click.option(
            "--edition",
            default="global",
            show_default=True,
            metavar="NAME",
            help="The audience these texts are written for.",
        ),
        click.option(
            "--service", default="", metavar="NAME", help="Only the documents of this service."
        ),
        click.argument("repository"),
    ):
        command = option(command)
    return command


@import_.command("versions")
@_importing
@pass_app
def import_versions(app: App, /, **given: Any) -> None:
    """Import an Open Terms Archive *versions* repository: texts as Markdown.

    \b
    tracker import versions https://github.com/OpenTermsArchive/pga-versions --service LinkedIn

    REPOSITORY is a folder, a git bundle or a URL. Each version keeps its own date and commit.
    An import that was stopped is simply run again; what is there already is passed over.
    """
    _import(app, "text/markdown", **given)


@import_.command("snapshots")
@_importing
@pass_app
def import_snapshots(app: App, /, **given: Any) -> None:
    """Import an Open Terms Archive *snapshots* repository: pages as served.

    \b
    tracker import snapshots https://github.com/OpenTermsArchive/pga-snapshots --service LinkedIn

    REPOSITORY is a folder, a git bundle or a URL. Each page is judged as a live answer would be:
    error pages, walls and empty pages are recorded but never become a version.
    """
    _import(app, ("text/html", "application/pdf"), **given)


def _edition(name: str) -> str:
    """Check the name of an edition; one that would be recorded under another is refused."""
    try:
        known = document_id("service", "type", name).rpartition("@")[2]
    except ValueError as error:
        raise UsageError(f"--edition: {error}.") from error
    if known != name:
        raise UsageError(f"--edition: {name!r} is no name of an edition; {known!r} would be one.")
    return name


def _import(
    app: App,
    media: str | tuple[str, ...],
    *,
    repository: str,
    service: str,
    edition: str,
    since: date | None,
    until: date | None,
    number: int,
    scheduler: str,
) -> None:
    """Import records of this `media` type, with the arguments that `_importing` adds."""
    wanted = Wanted(media, service, _edition(edition), since, until)
    with (
        workers(number, scheduler) as others,
        imports.import_repository(app, repository, wanted, others, _show_size) as incoming,
    ):
        told = _told(incoming)
    told.end()


def _show_size(size: int) -> None:
    """Say how much has come, where somebody looks on."""
    if sys.stderr.isatty():
        click.echo(f"\rfetched {size / 1e6:,.1f} MB ", nl=False, err=True)


class _Told:
    """What an import brings, as it comes: what is refused is put aside, and told at the end."""

    _NAMED = 5

    def __init__(self, brought: Iterable[Capture | Refusal | None]) -> None:
        self._brought = brought
        self._refused: list[Refusal] = []
        self._refusals = 0
        self.number = 0

    def __iter__(self) -> Iterator[Capture | None]:
        for one in self._brought:
            if isinstance(one, Refusal):
                self._refusals += 1
                self._refused += [one][: self._NAMED - len(self._refused)]
            else:
                self.number += 1
                yield one

    def end(self) -> None:
        """Name what was refused, the first few; ImportFailed where anything was."""
        for refusal in self._refused:
            note(f"refused, {refusal}")
        if more := self._refusals - len(self._refused):
            note(f"refused, {more:,} more")
        if self._refusals:
            raise ImportFailed(
                f"{self._refusals:,} refused, as named above; all else that could be read is there."
            )


def _told(incoming: Incoming) -> _Told:
    """Bring everything in, with a bar, and print a summary."""
    items = (one for one in incoming.items if not isinstance(one, str))
    told = _Told(chain(incoming.refused, with_bar(items, incoming.number)))
    click.echo(terminal.import_summary(told))
    return told


# ── the Wayback Machine ───────────────────────────────────────────────────────────


@import_.command("wayback")
@document_argument("document")
@_in_days
@click.option(
    "--daily", is_flag=True, help="At most one capture a day; enough for pages that never repeat."
)
@click.option(
    "--url", "address", default="", metavar="URL", help="Where the document stood in earlier times."
)
@allow_host
@pass_app
def import_wayback(
    app: App,
    document: str,
    since: date | None,
    until: date | None,
    daily: bool,
    address: str,
    hosts: tuple[str, ...],
) -> None:
    """Import what the Internet Archive's Wayback Machine has of a declared document.

    \b
    tracker import wayback privacy-policy@eu --since 2024 --daily

    Of captures that follow each other with the same bytes the first and the last are taken. The
    archive is asked for one at a time and as slowly as it wants. An import that was stopped is
    simply run again; what is there already is passed over.
    """
    for wanted in watched(app, [document]):
        with imports.import_wayback(
            app, wanted, since, until, daily=daily, address=address, hosts=hosts
        ) as incoming:
            _tell(with_bar(incoming.items, incoming.number))


def _tell(brought: Iterable[Capture | Refusal | str | None]) -> None:
    """Print what came, and at the latest when the archive gives out, what did not."""
    found: list[Capture | Refusal | str | None] = []
    try:
        for one in brought:
            found.append(one)  # noqa: PERF402 - what came before an error counts
    finally:
        for lost in (one for one in found if isinstance(one, str)):
            note(f"not imported, {lost}")
        told = _Told(one for one in found if not isinstance(one, str))
        click.echo(terminal.import_summary(told))
    told.end()


# ── files ─────────────────────────────────────────────────────────────────────────


@import_.command("warc")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--document", default="", metavar="DOCUMENT", help="Only this declared document.")
@_in_days
@working
@pass_app
def import_warc(
    app: App,
    files: tuple[Path, ...],
    document: str,
    since: date | None,
    until: date | None,
    number: int,
    scheduler: str,
) -> None:
    """Import the declared documents from WARC files, as crawlers and page recorders write them.

    A record belongs to the document whose declared page has its address. Digests are checked.
    """
    documents = imports.declared(app, document)
    if document and not documents:
        return
    with (
        workers(number, scheduler) as others,
        imports.import_warc(app, files, documents, since, until, others) as incoming,
    ):
        told = _told(incoming)
    told.end()
    if not told.number:
        raise ImportFailed("There is no page of a declared document in these files and days.")


@import_.command("file")
@click.argument("page", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("document", required=False, default="")
@click.option(
    "--at", required=True, metavar="TIME", help="When the page was saved, as in 2025-11-05T12:00Z."
)
@pass_app
def import_file(app: App, page: Path, document: str, at: str) -> None:
    """Import a page that was saved from a browser, as HTML, MHTML or PDF (or a text, as Markdown).

    DOCUMENT is needed where the page does not itself name a declared address.
    """
    time = parse_time(at, "--at")
    if time > app.now:
        raise UsageError(f"--at {at} is yet to come; give the time at which the page was saved.")
    with imports.import_file(app, page, document, time) as incoming:
        told = _told(incoming) if incoming else None
    if told:
        told.end()
