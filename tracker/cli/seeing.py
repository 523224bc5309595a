"""The commands that add to what was seen: fetch, run, import."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

import click

from tracker.archive import Archive
from tracker.cli import logs
from tracker.cli.app import App, chosen, harmless
from tracker.errors import ImportFailed, UsageError
from tracker.fetcher import Fetcher, user_agent
from tracker.importer import opened
from tracker.intake import Visit, Wanted, bring_in, visit
from tracker.model import Document
from tracker.publisher import terminal

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Item = TypeVar("_Item")
_DAY = click.DateTime(["%Y-%m-%d"])
_app = click.make_pass_decorator(App)


def _visiting(command: _Command) -> _Command:
    """The arguments that fetch and run share."""
    for option in (
        click.option(
            "--allow-host",
            "hosts",
            multiple=True,
            metavar="HOST[:PORT]",
            help="Let this loopback or private host be fetched (repeatable).",
        ),
        click.option(
            "--force", is_flag=True, help="Visit a document although it was visited lately."
        ),
        click.argument("documents", nargs=-1, metavar="[DOCUMENT]..."),
    ):
        command = option(command)
    return command


@click.command()
@_visiting
@_app
def fetch(app: App, documents: tuple[str, ...], force: bool, hosts: tuple[str, ...]) -> None:
    """Visit the declared documents and record what is served.

    DOCUMENT is any unambiguous part of a name such as linkedin/privacy-policy@eu. A document is
    visited at most twice a day; after a refusal it is left alone for a day.

    Exit status: 0 all seen, 1 some document could not be fetched, 2 wrong use.
    """
    if fetch_all(app, documents, force=force, hosts=hosts):
        click.get_current_context().exit(1)


@click.command()
@_visiting
@_app
def run(app: App, documents: tuple[str, ...], force: bool, hosts: tuple[str, ...]) -> None:
    """Fetch, then publish: the command for a timer.

    Exit status: 0 all seen, 1 some document could not be fetched (the others were, and what is
    known is published), 2 wrong use.
    """
    failed = fetch_all(app, documents, force=force, hosts=hosts)
    app.publish()
    if failed:
        click.get_current_context().exit(1)


def fetch_all(app: App, wanted: Sequence[str], *, force: bool, hosts: Sequence[str]) -> bool:
    """Visit each document, saying how it went; whether any could not be had."""
    workspace = app.workspace
    for remark in workspace.declared.remarks:
        click.echo(f"Note: {harmless(remark)}", err=True)
    documents = chosen(workspace.declared.documents, wanted)
    fetcher = Fetcher(
        user_agent=user_agent(workspace.settings.contact),
        allow_hosts=(*workspace.settings.allow_hosts, *hosts),
        obey_robots=workspace.settings.obey_robots,
    )
    with Archive(workspace.archive, write=True) as archive, fetcher:
        visits = [
            _said(visit(document, fetcher, archive, app.now, force=force))
            for document in _announced(documents)
        ]
    return any(v.failed for v in visits)


def _announced(documents: Sequence[Document]) -> Iterator[Document]:
    """The documents one by one; a terminal shows which is being fetched."""
    for number, document in enumerate(documents, 1):
        if sys.stderr.isatty():
            text = f"\r\x1b[K[{number}/{len(documents)}] fetching {document.id} …"
            click.echo(text, err=True, nl=False)
        yield document


def _said(visited: Visit) -> Visit:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", err=True, nl=False)
    logs.visited(visited)
    click.echo(terminal.visit(visited.document, visited.captures, visited.skipped))
    return visited


# ── import ────────────────────────────────────────────────────────────────────────


@click.group("import")
def import_() -> None:
    """Bring in what others archived."""


def _importing(command: _Command) -> _Command:
    """The arguments that all imports of repositories share."""
    for option in (
        click.option(
            "--until", type=_DAY, metavar="DATE", help="Only what is of this day or older."
        ),
        click.option(
            "--since", type=_DAY, metavar="DATE", help="Only what is of this day or newer."
        ),
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
@_app
def import_versions(
    app: App,
    repository: str,
    service: str,
    edition: str,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Import an Open Terms Archive *versions* repository: texts as Markdown.

    REPOSITORY is a folder, a git bundle or a URL. Each version keeps its own date and commit.
    An import that was stopped is simply run again; what is there already is passed over.
    """
    wanted = _wanted("text/markdown", service, edition, since, until)
    _import(app, repository, wanted)


@import_.command("snapshots")
@_importing
@_app
def import_snapshots(
    app: App,
    repository: str,
    service: str,
    edition: str,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Import an Open Terms Archive *snapshots* repository: pages as served.

    REPOSITORY is a folder, a git bundle or a URL. Each page is judged as a live answer would be:
    error pages, walls and empty pages are recorded but never become a version.
    """
    wanted = _wanted("text/html", service, edition, since, until)
    _import(app, repository, wanted)


def _wanted(
    media: str, service: str, edition: str, since: datetime | None, until: datetime | None
) -> Wanted:
    days = (time.date() if time else None for time in (since, until))
    return Wanted(media, service, edition, *days)


def _import(app: App, place: str, wanted: Wanted) -> None:
    workspace = app.workspace
    with opened(place) as repository, Archive(workspace.archive, write=True) as archive:
        entries = [e for e in repository.entries if wanted.includes(e)]
        if not entries:
            services = ", ".join(sorted({e.service for e in repository.entries})) or "none"
            raise ImportFailed(
                f"{place} has no such records to import; the services in it are: {services}."
            )
        brought = bring_in(repository, entries, wanted.edition, archive)
        try:
            captures = list(_with_bar(brought, len(entries)))
        except ValueError as error:
            raise UsageError(f"{place}: {error}.") from error
    click.echo(terminal.import_summary(captures))


def _with_bar(items: Iterable[_Item], length: int) -> Iterator[_Item]:
    """The items as they come, with a bar on standard error where that is a terminal."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(
        items, length=length, label="importing", file=sys.stderr, hidden=hidden
    ) as bar:
        yield from bar


COMMANDS = (fetch, run, import_)
