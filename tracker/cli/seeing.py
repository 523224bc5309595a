"""The commands that visit: fetch and run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Lock
from typing import Any, TypeVar

import click

from tracker._support.containment import Failed, tried
from tracker.app.internet_archive import PublicArchive
from tracker.app.recorded import Recorded
from tracker.app.visits import Visit, interleaved, visit, with_preview
from tracker.cli import logs
from tracker.cli.app import App, harmless, show, watched
from tracker.cli.asking import allow_host, fetcher
from tracker.cli.checkpoints import accept_fork, heads_of, one_past
from tracker.cli.working import working
from tracker.config.settings import FILE as SETTINGS
from tracker.model import Document, Outcome
from tracker.publisher import terminal

_Command = TypeVar("_Command", bound=Callable[..., Any])
_app = click.make_pass_decorator(App)


def _visiting(command: _Command) -> _Command:
    """The arguments that fetch and run share."""
    for option in (
        allow_host,
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
    visited at most twice a day; after a refusal it is left alone for a day. Documents of several
    hosts are visited in turns, since each host is left alone for some seconds after a request.

    Exit status: 0 all seen, 1 some document could not be fetched or is refused, 2 wrong use.
    """
    if fetch_all(app, documents, force=force, hosts=hosts):
        click.get_current_context().exit(1)


@click.command()
@_visiting
@click.option("--notify", is_flag=True, help="Then send what is new, as `tracker notify` does.")
@accept_fork
@working
@_app
def run(
    app: App,
    documents: tuple[str, ...],
    force: bool,
    hosts: tuple[str, ...],
    notify: bool,
    number: int,
    scheduler: str,
    accept_fork: bool,
) -> None:
    """Fetch, then publish: the command for a timer.

    Where data/settings.toml names a timestamp_url, the log is stamped in between, as `tracker
    timestamp` does it.

    Exit status: 0 all seen, 1 some document could not be fetched, is refused, or could not be
    derived (the others were, and what is known is published), 2 wrong use, 65 the log does not go
    on from what was published before (nothing was fetched; bring back the archive that was there,
    or give it up by --accept-fork).
    """
    from tracker.app.workers import workers
    from tracker.cli import notifying, publishing, stamping

    sending = notifying.prepared_if_can_be(app) if notify else None
    with app.workspace.open_archive() as archive:
        one_past(app, archive, heads_of(archive), accept=accept_fork)
    failed = fetch_all(app, documents, force=force, hosts=hosts)
    if app.workspace.settings.timestamp_url:
        stamping.stamp_if_due(app, hosts)
    with workers(number, scheduler) as others:
        publishing.publish_all(app, others=others, fails=not documents)
    if sending:
        failed |= notifying.notify_all(app, *sending)
    if failed:
        click.get_current_context().exit(1)


def fetch_all(app: App, wanted: Sequence[str], *, force: bool, hosts: Sequence[str]) -> bool:
    """Visit each document, saying how it went; whether any could not be had."""
    workspace = app.workspace
    for remark in workspace.declared.remarks:
        click.echo(f"Note: {harmless(remark)}", err=True)
    settings = workspace.settings
    app.name_refusals(r for r in workspace.refusals if r.file == SETTINGS)
    declared = interleaved(watched(app, wanted))
    if not (workspace.declared.documents or workspace.declared.refusals):
        click.echo("Note: data/declarations declares no document; nothing is visited.", err=True)
    previews = dict(settings.previews)
    documents = [with_preview(document, previews) for document in declared]
    told, failed = _Told(), False
    with (
        workspace.open_archive(write=True) as archive,
        fetcher(app, hosts) as asking,
        Recorded(archive, told.visited) as recorded,
    ):
        public = PublicArchive(asking, settings.wayback_url, app.now) if settings.stand_in else None
        for document in told.announced(documents):
            do = partial(visit, document, asking, archive, app.now, force=force, public=public)
            visited = tried(document.id, do)
            if isinstance(visited, Failed):
                app.complain(visited.reason, document=document.id, trace=visited.trace)
            else:
                recorded.add(visited)
                failed |= visited.failed
    return failed


class _Told:
    """What people are told: which document is being fetched, on a terminal, and what came of it.

    The one goes on while the other is still being recorded, in another thread.
    """

    def __init__(self) -> None:
        self._alone = Lock()
        self._doing = ""

    def announced(self, documents: Sequence[Document]) -> Iterator[Document]:
        """The documents one by one."""
        for number, document in enumerate(documents, 1):
            self._show(f"[{number}/{len(documents)}] fetching {document.id} …")
            yield document
        self._show("")

    def visited(self, visited: Visit) -> None:
        logs.visited(visited)
        with self._alone:
            show("")
            click.echo(_said(visited))
            show(self._doing)

    def _show(self, doing: str) -> None:
        with self._alone:
            self._doing = doing
            show(doing)


def _said(visited: Visit) -> str:
    lines = [terminal.visit(visited.document, visited.captures, visited.skipped)]
    for found in visited.stand_ins:
        what = "stands in" if found.outcome is Outcome.GOOD else f"is {found.outcome.value} too"
        where = harmless(found.archive_url or "")
        lines.append(f"  {found.via} of {found.time:%Y-%m-%d %H:%M} UTC {what}: {where}")
    lines += [f"  refused: {harmless(str(refusal))}" for refusal in visited.refused]
    return "\n".join(lines)


COMMANDS = (fetch, run)
