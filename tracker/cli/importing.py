"""`tracker import …`: what others archived, with its own dates and provenance."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tracker.app.imports import (
    Found,
    Looking,
    Wanted,
    import_pages,
    import_records,
    is_within,
    look,
    owners,
)
from tracker.app.internet_archive import PublicArchive, import_captures
from tracker.app.workers import Workers, workers
from tracker.cli.app import App, harmless, parse_time, watched
from tracker.cli.asking import allow_host, fetcher
from tracker.cli.working import working
from tracker.config.declarations import document_id
from tracker.errors import ImportFailed, UsageError
from tracker.extractor import PageFacts, foreign_format, way_out
from tracker.fetcher import Limits, talk, user_agent
from tracker.importer import Record, Refusal, Undated, opened, saved_page, shown, warc_records
from tracker.importer.wayback import collapsed
from tracker.model import Capture, Document, Source
from tracker.publisher import terminal

if TYPE_CHECKING:
    import httpx

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Item = TypeVar("_Item")
_DAY = click.DateTime(["%Y-%m-%d"])
_app = click.make_pass_decorator(App)
#: A public archive is a library: we wait as long as it asks, within reason.
_PATIENT = Limits(total_seconds=900.0, attempts=6, longest_wait=300.0)


@click.group("import")
def import_() -> None:
    """Bring in what others archived."""


def _day(_context: click.Context, _option: click.Parameter, time: datetime | None) -> date | None:
    return time.date() if time else None


def _in_days(command: _Command) -> _Command:
    """The first and the last day to import."""
    for name, bound in (("--until", "older"), ("--since", "newer")):
        text = f"Only what is of this day or {bound}."
        option = click.option(name, type=_DAY, callback=_day, metavar="DATE", help=text)
        command = option(command)
    return command


def _importing(command: _Command) -> _Command:
    """The arguments that all imports of repositories share."""
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
@_app
def import_versions(
    app: App,
    repository: str,
    service: str,
    edition: str,
    since: date | None,
    until: date | None,
    number: int,
    scheduler: str,
) -> None:
    """Import an Open Terms Archive *versions* repository: texts as Markdown.

    REPOSITORY is a folder, a git bundle or a URL. Each version keeps its own date and commit.
    An import that was stopped is simply run again; what is there already is passed over.
    """
    wanted = Wanted("text/markdown", service, _edition(edition), since, until)
    with workers(number, scheduler) as others:
        _import(app, repository, wanted, others)


@import_.command("snapshots")
@_importing
@_app
def import_snapshots(
    app: App,
    repository: str,
    service: str,
    edition: str,
    since: date | None,
    until: date | None,
    number: int,
    scheduler: str,
) -> None:
    """Import an Open Terms Archive *snapshots* repository: pages as served.

    REPOSITORY is a folder, a git bundle or a URL. Each page is judged as a live answer would be:
    error pages, walls and empty pages are recorded but never become a version.
    """
    wanted = Wanted("text/html", service, _edition(edition), since, until)
    with workers(number, scheduler) as others:
        _import(app, repository, wanted, others)


def _edition(name: str) -> str:
    """An edition by its own name; one that would be recorded under another is refused."""
    try:
        known = document_id("service", "type", name).rpartition("@")[2]
    except ValueError as error:
        raise UsageError(f"--edition: {error}.") from error
    if known != name:
        raise UsageError(f"--edition: {name!r} is no name of an edition; {known!r} would be one.")
    return name


def _import(app: App, place: str, wanted: Wanted, others: Workers | None) -> None:
    workspace, name = app.workspace, harmless(shown(place))
    with opened(place, partial(_asking, app), _show_size) as repository:
        entries = [e for e in repository.entries if wanted.includes(e)]
        refused = [_undated(u) for u in repository.undated if wanted.is_of(u)]
        if not entries and not refused:
            services = ", ".join(sorted({e.service for e in repository.entries})) or "none"
            raise ImportFailed(
                f"{name} has no such records to import; the services in it are: {services}."
            )
        with workspace.open_archive(write=True) as archive:
            brought = import_records(
                *(repository, entries, wanted.edition, archive, workspace.declared.documents),
                *(_looking(others), app.now),
            )
            told = _Told(chain(refused, with_bar(brought, len(entries))))
            said = terminal.import_summary(told)
    click.echo(said)
    told.end()


def _undated(found: Undated) -> Refusal:
    name = f"Commit {found.commit} of {found.service} {found.type}"
    return Refusal(name, f"is dated {found.said}, which is no time that a page can be of")


def _show_size(size: int) -> None:
    """Say how much has come, where somebody looks on."""
    if sys.stderr.isatty():
        click.echo(f"\rfetched {size / 1e6:,.1f} MB ", nl=False, err=True)


def _asking(app: App, url: str) -> AbstractContextManager[httpx.Client]:
    """Ask an address that the operator typed; GitHub answers only what calls itself git."""
    return talk(url, user_agent=f"git/{user_agent(app.workspace.settings.contact)}")


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
            click.echo(f"Note: refused, {harmless(str(refusal))}", err=True)
        if more := self._refusals - len(self._refused):
            click.echo(f"Note: refused, {more:,} more", err=True)
        if self._refusals:
            raise ImportFailed(
                f"{self._refusals:,} refused, as named above; all else that could be read is there."
            )


# ── the Wayback Machine ───────────────────────────────────────────────────────────


@import_.command("wayback")
@click.argument("document")
@_in_days
@click.option(
    "--daily", is_flag=True, help="At most one capture a day; enough for pages that never repeat."
)
@click.option(
    "--url", "address", default="", metavar="URL", help="Where the document stood in earlier times."
)
@allow_host
@_app
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

    Of captures that follow each other with the same bytes the first and the last are taken. The
    archive is asked for one at a time and as slowly as it wants. An import that was stopped is
    simply run again; what is there already is passed over.
    """
    found = watched(app, [document])
    if not found:
        return
    (wanted,) = found
    source = _page(wanted, address)
    with (
        app.workspace.open_archive(write=True) as archive,
        fetcher(app, hosts, _PATIENT) as asking,
    ):
        public = PublicArchive(asking, app.workspace.settings.wayback_url, app.now)
        listed = tuple(public.index(source.url, since, until))
        marks = collapsed(listed, daily=daily)
        if not marks:
            raise ImportFailed(f"{public.base} has no capture of {source.url} in these days.")
        click.echo(f"{len(listed)} captures of {harmless(source.url)}, {len(marks)} to import")
        brought = import_captures(marks, wanted, source, public, archive)
        _tell(with_bar(brought, len(marks)))


def _meant(app: App, document: str) -> list[Document]:
    """The declared document of this name, or all of them without a name."""
    return watched(app, [document]) if document else list(app.workspace.declared.documents)


def _page(document: Document, address: str) -> Source:
    """The one page a document is read from, or the `address` where it stood before."""
    if len(document.sources) != 1:
        raise UsageError(
            f"{document.id} is made of {len(document.sources)} pages, which an archive took at "
            "different times; declare one of them as a document of its own and import that."
        )
    (source,) = document.sources
    return Source(address, source.select, source.remove) if address else source


def _tell(brought: Iterable[Capture | Refusal | str | None]) -> None:
    """What came, and at the latest when the archive gives out, what did not."""
    found: list[Capture | Refusal | str | None] = []
    try:
        for one in brought:
            found.append(one)  # noqa: PERF402 - what came before an error counts
    finally:
        for lost in (one for one in found if isinstance(one, str)):
            click.echo(f"Note: not had, {harmless(lost)}", err=True)
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
@_app
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
    documents = _meant(app, document)
    if document and not documents:
        return

    def is_wanted(url: str) -> bool:
        return any(True for _ in owners(documents, url))

    within = (
        one
        for one in _records(files, is_wanted)
        if isinstance(one, Refusal) or is_within(one.time.date(), since, until)
    )
    with workers(number, scheduler) as others:
        brought = _bring(app, within, documents, others)
    if not brought:
        raise ImportFailed("There is no page of a declared document in these files and days.")


def _records(files: Iterable[Path], is_wanted: Callable[[str], bool]) -> Iterator[Record | Refusal]:
    """The records of all files; one that cannot be read keeps none of the others."""
    for file in files:
        try:
            yield from warc_records(file, is_wanted)
        except ImportFailed as error:
            yield Refusal("WARC file", str(error))


@import_.command("file")
@click.argument("page", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("document", required=False, default="")
@click.option(
    "--at", required=True, metavar="TIME", help="When the page was saved, as in 2025-11-05T12:00Z."
)
@_app
def import_file(app: App, page: Path, document: str, at: str) -> None:
    """Import a page that was saved from a browser, as HTML or MHTML (or a text, as Markdown).

    DOCUMENT is needed where the page does not itself name a declared address.
    """
    time = parse_time(at, "--at")
    if time > app.now:
        raise UsageError(f"--at {at} is yet to come; give the time at which the page was saved.")
    record = saved_page(page, time)
    if name := foreign_format(record.body):
        raise UsageError(f"{page}: {way_out(name)}")
    documents = _meant(app, document)
    owning = [d for d, _ in owners(documents, record.url or "")]
    if document and not documents:
        return
    if document and not owning:
        record, owning = replace(record, url=_page(documents[0], "").url), documents
    if len(owning) != 1:
        raise UsageError(f"{page} does not say which declared document it is; name it.")
    _bring(app, [record], owning)


def _bring(
    app: App,
    records: Iterable[Record | Refusal],
    documents: Sequence[Document],
    others: Workers | None = None,
) -> bool:
    with app.workspace.open_archive(write=True) as archive:
        brought = import_pages(records, documents, archive, _looking(others), app.now)
        told = _Told(with_bar(brought, None))
        said = terminal.import_summary(told)
    click.echo(said)
    told.end()
    return told.number > 0


def with_bar(
    items: Iterable[_Item], length: int | None, label: str = "importing"
) -> Iterator[_Item]:
    """The items as they come, with a bar on standard error where that is a terminal."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(
        items, length=length, label=label, file=sys.stderr, hidden=hidden
    ) as bar:
        yield from bar


def _looking(others: Workers | None) -> Looking | None:
    """Bodies are read by others where there are any; only this process appends."""
    if others is None:
        return None

    def looking(
        found: Iterable[Found], is_there: Callable[[Found], bool]
    ) -> Iterator[tuple[Found, PageFacts | None]]:
        def work(one: Found) -> tuple[bytes, str, Source | None] | None:
            return None if is_there(one) else (one.record.body, one.record.media, one.source)

        return others.each(look, found, work)

    return looking


COMMANDS = (import_,)
