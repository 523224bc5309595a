"""Bodies brought to where the settings say; stopped at any point, it is simply run again."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.archive.object_store import BATCH, ObjectStore
from tracker.archive.store import Archive
from tracker.errors import ArchiveError, UsageError
from tracker.model import digest


def misplaced(archive: Archive, origin: ObjectStore | None) -> list[str]:
    """Return the digests of the bodies to be moved; those that are outside are at `origin`.

    Of a move from one store to another, those that were moved before are among them.
    """
    store = archive.shelf.outside
    if origin and store and _are_one(origin, store):
        raise UsageError(f"{origin.url} is where data/settings.toml keeps bodies already.")
    inside = archive.shelf.names(outside=False) if store else []
    outer = archive.shelf.names(outside=True)
    if origin is None and store is None and outer:
        raise UsageError(
            f"{len(outer)} bodies are kept outside; say where with --from, as in "
            "tracker move-bodies --from s3://bucket/folder"
        )
    return [*inside, *(outer if origin else [])]


def _are_one(origin: ObjectStore, store: ObjectStore) -> bool:
    """Find out whether two addresses lead to one folder: deleting at one would empty both."""
    probe = digest(store.url.encode())
    store.put({probe: b""})
    try:
        return probe in origin.listed()[0]
    finally:
        store.discard([probe])


def move(archive: Archive, names: list[str], origin: ObjectStore | None) -> Iterator[str]:
    """Bring bodies to where `archive` keeps them now; yields each once it is there.

    None is deleted where it was: see `clear`.
    """
    inside = set(archive.shelf.names(outside=False))
    for group, store in (
        ([name for name in names if name in inside], None),
        ([name for name in names if name not in inside], origin),
    ):
        for start in range(0, len(group), BATCH):
            batch = group[start : start + BATCH]
            archive.settle(_unsettled(archive, batch) if store else batch, store)
            yield from batch


def _unsettled(archive: Archive, names: list[str]) -> list[str]:
    """Return the bodies that a move to another store, stopped halfway, did not bring there."""
    store = archive.shelf.outside
    if store is None:
        return names
    return [name for name, found in store.get(names) if isinstance(found, ArchiveError)]


def clear(archive: Archive, origin: ObjectStore | None, *, strays: bool) -> tuple[int, bool]:
    """Delete at `origin` what was moved from there, and all `strays` in the archive's own store.

    How many that were, and whether they could be deleted: not while somebody reads the archive.
    """
    done, count = True, 0
    if origin:
        known = {*archive.shelf.names(outside=True), *archive.shelf.names(outside=False)}
        moved = sorted(known & origin.listed()[0])
        done, count = archive.discard(moved, origin), len(moved)
    if strays and archive.shelf.outside:
        ours, _ = archive.shelf.outside.listed()
        left = sorted(ours.difference(archive.shelf.names(outside=True)))
        done, count = archive.discard(left) and done, count + len(left)
    return count, done
