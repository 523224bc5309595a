"""Files that commits changed → entries of an Open Terms Archive repository. Pure.

A text that is combined from several pages is kept there as `TYPE #PAGE`, with one file and one
commit per page. Here it is one document, seen whenever one of its pages was, with all its pages as
of then.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import PurePosixPath

from tracker.importer.git.commits import Changed, Commit

_MEDIA = {".md": "text/markdown; charset=utf-8", ".html": "text/html", ".pdf": "application/pdf"}
_SNAPSHOT = re.compile(r"https://\S{1,300}/commit/[0-9a-f]{7,64}")
_LOCATION = re.compile(r"^X-source-document-location:\s*(https?://\S+)$", re.MULTILINE)
_END = 253_402_300_800  # seconds from 1970 to the year 10000, which no date can say
_ROUND = timedelta(hours=1)  # in which all pages of a document are asked for, one after another


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of one commit, with the facts in its path and its commit's message.

    `part` names the page of a text that is combined from several.
    """

    commit: str
    blob: str
    service: str
    type: str
    time: datetime
    media: str
    archive_url: str | None
    location: str | None
    part: str = ""

    @property
    def path(self) -> str:
        """The file, without the page of a text that is combined from several."""
        suffix = next(suffix for suffix, media in _MEDIA.items() if media == self.media)
        return f"{self.service}/{self.type}{suffix}"


@dataclass(frozen=True, slots=True)
class Undated:
    """A file of a commit with an impossible time; `said` is that time in words."""

    commit: str
    service: str
    type: str
    media: str
    said: str


def entries(files: Iterable[Changed]) -> tuple[tuple[Entry, ...], tuple[Undated, ...]]:
    """Return the entries of files in order of time, and those without a possible time.

    Files of one time keep their order. Files that are not records are skipped.
    """
    found = [entry for file in files if (entry := _entry(file)) is not None]
    dated = sorted((e for e in found if isinstance(e, Entry)), key=lambda e: e.time)
    return _joined(dated), tuple(e for e in found if isinstance(e, Undated))


def _entry(file: Changed) -> Entry | Undated | None:
    place = _placed(file.folder, file.file)
    if place is None:
        return None
    service, kind, part, media = place
    commit = file.commit
    time = moment(commit.seconds)
    if time is None:
        said = "no date" if commit.seconds is None else f"{commit.seconds} seconds after 1970"
        return Undated(commit.name, service, kind, media, said)
    snapshot, location = _provenance(commit)
    return Entry(
        commit.name, file.blob, service, kind, time, media, snapshot, location, part
    )  # fmt: skip


def _placed(folder: bytes, file: bytes) -> tuple[str, str, str, str] | None:
    """Return service, type, page and media type of a file; None if it is not a record."""
    path = PurePosixPath(file.decode("utf-8", "replace"))
    kind, _, part = path.stem.partition(" #")
    if not kind or path.suffix not in _MEDIA:
        return None
    return folder.decode("utf-8", "replace"), kind, part, _MEDIA[path.suffix]


def moment(seconds: int | None) -> datetime | None:
    """Return the time of a commit; None if that is no possible one."""
    if seconds is None or not 0 <= seconds < _END:
        return None
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(64)
def _provenance(commit: Commit) -> tuple[str | None, str | None]:
    """Return the addresses of the snapshot, if any, and of the page, from a commit."""
    snapshots = _SNAPSHOT.findall(commit.message)
    location = _LOCATION.search(commit.message)
    return snapshots[0] if len(snapshots) == 1 else None, location[1] if location else None


# ── texts of several pages ────────────────────────────────────────────────────────


def _joined(dated: Sequence[Entry]) -> tuple[Entry, ...]:
    """Join each page of a combined text with its other pages as they were then."""
    if not any(entry.part for entry in dated):
        return tuple(dated)
    documents = defaultdict(list)
    for place, entry in enumerate(dated):
        documents[entry.service, entry.type, entry.media].append((place, entry))
    looks = (look for found in documents.values() for look in _looks(found))
    return tuple(entry for _, look in sorted(looks, key=lambda one: one[0]) for entry in look)


def _looks(found: Iterable[tuple[int, Entry]]) -> Iterator[tuple[int, tuple[Entry, ...]]]:
    """Yield all pages of a document each time that any was seen, and the last one's place."""
    pages: dict[str, Entry] = {}
    for seen in _rounds(found):
        if bool(seen[0][1].part) == ("" in pages):
            pages = {}  # it was one page and is several now, or the other way about
        pages |= {entry.part: entry for _, entry in seen}
        place, last = seen[-1]
        ordered = (pages[part] for part in sorted(pages))
        yield place, tuple(replace(e, commit=last.commit, time=last.time) for e in ordered)


def _rounds(found: Iterable[tuple[int, Entry]]) -> Iterator[list[tuple[int, Entry]]]:
    """Group pages that were fetched in one go: each at most once, soon after the first."""
    seen: list[tuple[int, Entry]] = []
    for place, entry in found:
        if seen and not _is_of(entry, [one for _, one in seen]):
            yield seen
            seen = []
        seen.append((place, entry))
    if seen:
        yield seen


def _is_of(entry: Entry, seen: Sequence[Entry]) -> bool:
    is_new = entry.part not in {one.part for one in seen}
    is_part = bool(entry.part) and bool(seen[0].part)
    return is_new and is_part and entry.time - seen[0].time <= _ROUND
