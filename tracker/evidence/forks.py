"""Forks: whether the log continues from every checkpoint that others may hold.

    feeds/status/checkpoint    the published one
    data/timestamps/           those that an authority stamped
    data/checkpoint            the last one given out: published, stamped or put into a bundle
    data/forks.jsonl           those given up on purpose, one JSON object a line; append-only

`data/checkpoint` outlives feeds/ and the archive, and no backup holds it: one that came back with
an older archive would agree with it. It is JSON: the checkpoint; the heads of the logs it was made
of, so that only later rows have to be read; and the timestamps that were found to fit.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker._support.atomic_folder import content
from tracker._support.fsync import sync, write_synced
from tracker._support.merkle import frontier_from, frontier_text
from tracker.archive.integrity import Head
from tracker.archive.log_entries import LOGS
from tracker.archive.store import Archive
from tracker.errors import ArchiveError, Forked
from tracker.evidence.checkpoint import Note, checkpoint_body, parse_note
from tracker.evidence.timestamps import load_stamps, mismatched

PUBLISHED = "feeds/status/checkpoint"
KEPT = "data/checkpoint"
FORKS = "data/forks.jsonl"


@dataclass(frozen=True, slots=True)
class Given:
    """A checkpoint that others may hold, and the path at which it was found."""

    where: str
    text: str
    note: Note

    @property
    def claim(self) -> str:
        """Return the claim about the log, without the log's name."""
        return self.note.body.partition("\n")[2]


@dataclass(frozen=True, slots=True)
class Kept:
    """The last checkpoint given out, the heads it was made of, and the timestamps that fit."""

    given: Given
    heads: Mapping[str, Head]
    stamps: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fork:
    """A checkpoint given up: when, where it was found, and which one took its place, if any."""

    accepted: datetime
    given: Given
    instead: str


@dataclass(frozen=True, slots=True)
class LogComparison:
    """The checkpoints that a log contradicts, and those given up before, which do not count.

    `remarks` name those that could not be compared; `stamps` are the timestamps that fit.
    """

    contradicted: tuple[Given, ...]
    forks: tuple[Fork, ...]
    remarks: tuple[str, ...]
    stamps: frozenset[str]


# ── comparing ─────────────────────────────────────────────────────────────────────


def compared(
    root: Path, archive: Archive, heads: Mapping[str, Head], *, anew: bool = False
) -> LogComparison:
    """Compare a log, whose heads are `heads`, with every checkpoint found under `root`.

    Earlier comparisons are trusted, unless `anew`.

    Raises:
        ArchiveError: A file in data/ is damaged, or the heads of the log are not those of its rows.
    """
    forks, kept, stamps = load_forks(root), load_kept(root), _stamped(root)
    published, remarks = _published(root)
    given_up = {fork.given.claim for fork in forks}
    held = [kept.given] if kept else []
    given = [one for one in (*held, *published, *stamps) if one.claim not in given_up]
    if not given or (not anew and _goes_on(archive, heads, given, kept)):
        contradicted: list[Given] = []
    else:
        contradicted = _contradicted(archive, heads, given)
    fitting = frozenset(one.where for one in stamps if one in given)
    return LogComparison(tuple(contradicted), forks, remarks, fitting)


def _goes_on(
    archive: Archive, heads: Mapping[str, Head], given: Collection[Given], kept: Kept | None
) -> bool:
    """Return whether the log is the last one kept with rows added, and all others fit it.

    This is the fast path: only rows added since then are read.
    """
    is_short = any(archive.size(log) < head.size for log, head in heads.items())
    if kept is None or kept.given not in given or is_short:
        return False
    known = {kept.given.where, *kept.stamps}
    new = [one for one in given if one.where not in known and one.claim != kept.given.claim]
    return not mismatched(archive, [_now(archive, heads), *new], kept.heads)


def _contradicted(
    archive: Archive, heads: Mapping[str, Head], given: Sequence[Given]
) -> list[Given]:
    now = _now(archive, heads)
    found = mismatched(archive, [now, *given])
    if now in found:
        raise ArchiveError(
            f"{archive.path}: is not whole, its log has other rows than were counted; `tracker "
            "verify` names what is wrong, `tracker restore` brings a backup back."
        )
    return found


def _now(archive: Archive, heads: Mapping[str, Head]) -> Given:
    return _given(str(archive.path), checkpoint_body("now", heads))


def _published(root: Path) -> tuple[list[Given], tuple[str, ...]]:
    """Return the published checkpoint, or a remark if something else is in its place."""
    data = content(root / "feeds", "status/checkpoint")
    if data is None:
        return [], ()
    try:
        return [_given(PUBLISHED, data.decode())], ()
    except ValueError as error:
        said = "is no text" if isinstance(error, UnicodeDecodeError) else str(error)
        return [], (f"{root / PUBLISHED} {said}: the log could not be compared with it",)


def _stamped(root: Path) -> list[Given]:
    kept = load_stamps(root / "data" / "timestamps").kept
    return [Given(f"data/timestamps/{one.name}", one.text, one.note) for one in kept]


def _given(where: str, text: str) -> Given:
    note = parse_note(text)
    if {log for log, _ in note.sizes} != set(LOGS):
        raise ValueError("is not a checkpoint of this program")
    return Given(where, text, note)


def forked(archive: Path, heads: Mapping[str, Head], contradicted: Sequence[Given]) -> Forked:
    """Return the error for a log that contradicts these checkpoints."""
    return Forked(
        f"{archive}: its log ({_captures(heads['captures'].size)}) does not go on from "
        f"{named(contradicted)}, so its past was replaced or cut off. Nothing was given out. "
        "Bring back the archive that was there (`tracker restore BACKUP`), or give up what others "
        "hold of it: `tracker publish --accept-fork` records that and shows it on the status page."
    )


def named(given: Iterable[Given]) -> str:
    """Name some checkpoints in a sentence."""
    return " and ".join(
        f"the checkpoint of {_captures(same[0].note.size)} in {', '.join(o.where for o in same)}"
        for same in _by_claim(given)
    )


def _by_claim(given: Iterable[Given]) -> list[list[Given]]:
    """Group checkpoints that make the same claim."""
    found: dict[str, list[Given]] = {}
    for one in given:
        found.setdefault(one.claim, []).append(one)
    return list(found.values())


def _captures(number: int) -> str:
    return f"{number} capture{'' if number == 1 else 's'}"


# ── keeping the last one ──────────────────────────────────────────────────────────


def load_kept(root: Path) -> Kept | None:
    """Read the checkpoint kept last; None if there is none. Raises ArchiveError if damaged."""
    path = root / KEPT
    try:
        return _kept(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise ArchiveError(
            f"{path}: is not the checkpoint that was kept; bring it back from a copy, or move it "
            f"away: then the log is compared with {PUBLISHED} and data/timestamps/ alone."
        ) from error


def keep(root: Path, text: str, heads: Mapping[str, Head], stamps: Iterable[str]) -> None:
    """Keep the checkpoint `text` of `heads`, which is about to be given out.

    Raises:
        ArchiveError: It cannot be written.
    """
    facts = {
        "checkpoint": text,
        "heads": {log: [h.size, h.chain, frontier_text(h.frontier)] for log, h in heads.items()},
        "stamps": sorted(stamps),
    }
    _write(root / KEPT, f"{json.dumps(facts, indent=1)}\n".encode())


def _kept(data: bytes) -> Kept:
    facts = json.loads(data)
    given = _given(KEPT, facts["checkpoint"])
    heads = {log: _head(*facts["heads"][log]) for log in LOGS}
    if checkpoint_body(given.note.origin, heads) != given.note.body:
        raise ValueError("its heads are of another checkpoint")
    return Kept(given, heads, frozenset(facts["stamps"]))


def _head(size: int, chain: str, frontier: str) -> Head:
    nodes = frontier_from(frontier)
    if len(nodes) != size.bit_count():
        raise ValueError("is no head of a log")
    return Head(size, chain, nodes)


# ── giving up ─────────────────────────────────────────────────────────────────────


def load_forks(root: Path) -> tuple[Fork, ...]:
    """Read the checkpoints given up, oldest first. Raises ArchiveError if damaged."""
    path = root / FORKS
    try:
        return tuple(map(_fork, path.read_bytes().splitlines()))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise ArchiveError(
            f"{path}: is not the record of what was given up; bring it back from a copy."
        ) from error


def give_up(root: Path, contradicted: Iterable[Given], instead: str, now: datetime) -> None:
    """Record that some checkpoints are given up for the log whose checkpoint is `instead`."""
    path = root / FORKS
    load_forks(root)  # nothing is added to what cannot be read
    before = path.read_bytes() if path.exists() else b""
    _write(path, before + b"".join(_lines(contradicted, instead, now)))


def _lines(contradicted: Iterable[Given], instead: str, now: datetime) -> Iterator[bytes]:
    for same in _by_claim(contradicted):
        facts = {
            "accepted": now.isoformat(),
            "found": [one.where for one in same],
            "given_up": same[0].text,
            "instead": instead,
        }
        yield f"{json.dumps(facts)}\n".encode()


def _fork(line: bytes) -> Fork:
    facts = json.loads(line)
    accepted = datetime.fromisoformat(facts["accepted"])
    return Fork(accepted, _given(", ".join(facts["found"]), facts["given_up"]), facts["instead"])


def _write(path: Path, data: bytes) -> None:
    """Replace a file in one step, unless it has these bytes already; on return it is on disk."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists() and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        write_synced(fresh, data)
        fresh.replace(path)
        sync(path.parent)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written ({error.strerror}).") from error
    finally:
        fresh.unlink(missing_ok=True)
