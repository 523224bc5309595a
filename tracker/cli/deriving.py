"""What follows from the archive: the histories of documents, and what is published of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import click

from tracker.archive import Archive
from tracker.cli import logs
from tracker.cli.app import App, chosen
from tracker.cli.checkpoints import heads_of, new_checkpoint, public_key
from tracker.database import database
from tracker.differ import Undecodable, read
from tracker.differ.topics import whole
from tracker.errors import ArchiveError
from tracker.history import Reader, history
from tracker.lock import held_folder
from tracker.model import Capture, Document, History, Reading, Source
from tracker.outages import outages
from tracker.publisher import Rim, publish, strays
from tracker.remembered import Remembered
from tracker.workspace import put

_UNPUBLISHED = (
    "Note: links in feeds and citations lead to http://localhost:8000/ (`tracker serve`) until "
    "data/settings.toml says in site_url where feeds/ is published."
)


def histories(app: App, wanted: Sequence[str] = (), *, anew: bool = False) -> list[History]:
    """The histories of the documents `wanted` (all if none is named).

    `anew` uses nothing that was derived before: for what has to be proved.
    """
    with Archive(app.workspace.archive) as archive, _cache(app) as cache:
        return _histories(app, archive, None if anew else cache, wanted, {})


def _cache(app: App, *, write: bool = False) -> Remembered:
    """What was derived before; with `write`, what is derived now is put there."""
    return Remembered(app.workspace.cache, write=write)


def _histories(
    app: App,
    archive: Archive,
    cache: Remembered | None,
    wanted: Sequence[str],
    sizes: Mapping[str, int],
) -> list[History]:
    """As `histories`; of each log only so many first rows, all of those not in `sizes`.

    Without a cache everything is derived anew.
    """
    reader = _reader(archive, cache)
    documents = chosen(_documents(app, archive, sizes.get("documents")), wanted)
    first = sizes.get("captures")
    return [_history(app, d, archive.captures(d.id, first), reader, cache) for d in documents]


def _history(
    app: App,
    document: Document,
    captures: list[Capture],
    reader: Reader,
    cache: Remembered | None,
) -> History:
    topics = app.workspace.topics
    derive = partial(history, document, captures, reader, topics)
    found = cache.history(document, captures, topics, derive) if cache else derive()
    return replace(found, outages=tuple(outages(captures)))


def _documents(app: App, archive: Archive, first: int | None) -> list[Document]:
    """What is declared, and what was recorded before without being declared now."""
    declared = app.workspace.declared.documents
    known = {d.id: d for d in (*archive.documents(first), *declared)}
    return [known[name] for name in sorted(known)]


def publication(
    app: App,
    archive: Archive,
    sizes: Mapping[str, int],
    checkpoint: str,
    cache: Remembered | None = None,
) -> dict[str, bytes]:
    """All files of feeds/ as they follow from so many first rows of the logs."""
    given = app.workspace
    found = _histories(app, archive, cache, (), sizes)
    for stray in strays(given.corrections, found):
        seen = stray.first_seen.isoformat()
        problem = f"there is no revision of {stray.document} first seen at {seen}"
        click.echo(f"corrections.toml: {problem}; `tracker log --json` has them all", err=True)
    rim = Rim(lambda c: archive.readable(c)[0], database, _picture(), checkpoint, whole)
    files = publish(found, given.topics, given.settings, given.corrections, rim)
    if checkpoint:
        files["status/checkpoint"] = checkpoint.encode()
    if key := checkpoint and public_key(given):
        files["status/key"] = f"{key}\n".encode()
    return files


def publish_all(app: App, *, note: bool = True) -> None:
    """Write feeds/ from data/ and say how much of it changed; `note` what is not set yet."""
    workspace = app.workspace
    with (
        held_folder(app.root),
        Archive(workspace.archive) as archive,
        _cache(app, write=True) as cache,
    ):
        heads = heads_of(archive)
        sizes = {log: head.size for log, head in heads.items()}
        checkpoint = new_checkpoint(workspace, heads)
        files = publication(app, archive, sizes, checkpoint, cache)
        changed = put(workspace.feeds, files)
    if not workspace.settings.site_url and note:
        click.echo(_UNPUBLISHED)
    logs.event("published", folder=str(workspace.feeds), changed=changed, files=len(files))
    click.echo(f"{workspace.feeds}: {changed} of {len(files)} files changed")


def _picture() -> Callable[[Sequence[str]], bytes] | None:
    """What draws the picture of a revision; None without the extra `pictures`."""
    try:
        from tracker.publisher.cards import draw
    except ImportError:
        return None
    return draw


def _reader(archive: Archive, cache: Remembered | None) -> Reader:
    """Reads captures, each text once: pages that flap come back many times."""
    known: dict[tuple[str, Source | None, str | None], Reading] = {}

    def reader(capture: Capture) -> Reading:
        key = (capture.document, capture.source, capture.text)
        if key not in known:
            known[key] = fresh(capture)
        return known[key]

    def fresh(capture: Capture) -> Reading:
        body, media = archive.readable(capture)
        try:
            derive = partial(read, body, media, capture.source)
            return cache.reading(capture, body, media, derive) if cache else derive()
        except Undecodable as error:
            problem = f"{capture.document}: a kept page cannot be read any more: {error}."
            raise ArchiveError(problem) from error

    return reader
