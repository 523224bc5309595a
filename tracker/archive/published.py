"""The ledger of what was published: `data/published.jsonl`, only ever added to.

Ids of feed items and addresses of pages follow from it, and when each piece of news was told. It
also records the verdicts of the operator on captures, since when each applied. Each
line is a JSON object with `chain`: the SHA-256 over the one of the line before and its own content,
so that a line that was altered, removed or moved is found.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from tracker._support.fsync import sync
from tracker.archive.log_entries import GENESIS, link
from tracker.archive.schema import connected
from tracker.errors import ArchiveError
from tracker.model import Correction, PublishedVersion, utc

FILE = "published.jsonl"


def load_published(path: Path) -> tuple[PublishedVersion, ...]:
    """Read the ledger; of a version that is in it twice the later line counts.

    Raises ArchiveError where a line is not what was written.
    """
    rows = enumerate(_rows(path), 1)
    found = (_published(path, number, row) for number, row in rows if "verdict" not in row)
    return tuple({(p.document, p.is_preview, p.name): p for p in found}.values())


def add_published(path: Path, news: Sequence[PublishedVersion]) -> None:
    """Add lines, on disk when this returns. Raises ArchiveError where they cannot be written."""
    if news or not path.exists():
        _add(path, [_row(published) for published in news])


def add_verdicts(path: Path, corrections: Iterable[Correction], now: datetime) -> None:
    """Add the verdicts that are not in the ledger yet, as of `now`. Raises ArchiveError."""
    told = [_verdict(c) for c in corrections if c.verdict]
    rows = _rows(path) if told else []  # mostly there is none, and the ledger may be long
    known = [{k: v for k, v in row.items() if k not in {"at", "chain"}} for row in rows]
    if fresh := [row for row in told if row not in known]:
        _add(path, [row | {"at": now.isoformat()} for row in fresh])


# ── in a backup ───────────────────────────────────────────────────────────────────


def put_in(copy: Path, lines: bytes) -> None:
    """Put the lines of a ledger into the copy of an archive that is made for a backup."""
    with closing(connected(copy)) as database, database:
        database.execute("drop table if exists published")
        database.execute("create table published (lines blob not null)")
        database.execute("insert into published values (?)", [lines])


def take_out(copy: Path) -> bytes | None:
    """Take the lines of the ledger out of a copy again; None where a backup has none of it."""
    with closing(connected(copy)) as database, database:
        named = "select 1 from sqlite_master where type = 'table' and name = 'published'"
        if not database.execute(named).fetchone():
            return None
        lines, *_ = database.execute("select lines from published").fetchone() or (None,)
        database.execute("drop table published")
        return lines if isinstance(lines, bytes) else None


def whole_lines(path: Path) -> bytes:
    """Return the lines of a ledger, checked; nothing where there is none. Raises ArchiveError."""
    _rows(path)
    return _whole_lines(path)


def _add(path: Path, news: Sequence[dict[str, object]]) -> None:
    rows = _rows(path)
    chain = str(rows[-1]["chain"]) if rows else GENESIS
    lines = []
    for row in news:
        chain = link(chain, _canonical(row))
        lines.append(_canonical(row | {"chain": chain}) + b"\n")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            # What a crash cut off was told to nobody.
            file.truncate(len(_whole_lines(path)))
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())
        sync(path.parent)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written ({error.strerror}).") from error


def _whole_lines(path: Path) -> bytes:
    try:
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read ({error.strerror}).") from error
    return data[: data.rfind(b"\n") + 1]


def _rows(path: Path) -> list[dict[str, object]]:
    chain, rows = GENESIS, list[dict[str, object]]()
    for number, line in enumerate(_whole_lines(path).splitlines(), 1):
        row = _parsed(path, number, line)
        said = row.pop("chain", "")
        chain = link(chain, _canonical(row))
        if said != chain:
            raise _altered(path, number)
        rows.append(row | {"chain": chain})
    return rows


def _parsed(path: Path, number: int, line: bytes) -> dict[str, object]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise _altered(path, number) from error
    if not isinstance(row, dict):
        raise _altered(path, number)
    return row


def _altered(path: Path, number: int) -> ArchiveError:
    return ArchiveError(
        f"{path}: line {number} is not what was written, or one before it is gone; bring the file "
        "back from a backup or from git. Without it nothing is lost but the dates of the news and "
        "names that an earlier sight would change."
    )


def _row(published: PublishedVersion) -> dict[str, object]:
    before = published.before
    return {
        "document": published.document,
        "seen": published.seen.isoformat(),
        "nth": published.nth,
        "preview": published.is_preview,
        "before": [before[0].isoformat(), before[1]] if before else None,
        "text": published.text,
        "told": published.told.isoformat(),
        "news": published.is_news,
        "size": published.size,
    }


def _verdict(correction: Correction) -> dict[str, object]:
    return {
        "document": correction.document,
        "captured": correction.first_seen.isoformat(),
        "verdict": str(correction.verdict),
        "date": correction.date.isoformat(),
        "sentence": correction.sentence,
    }


def _published(path: Path, number: int, row: Mapping[str, object]) -> PublishedVersion:
    try:
        before = row["before"]
        return PublishedVersion(
            document=str(row["document"]),
            seen=_time(row["seen"]),
            nth=int(str(row["nth"])),
            is_preview=bool(row["preview"]),
            before=(_time(before[0]), int(before[1])) if isinstance(before, list) else None,
            text=str(row["text"]),
            told=_time(row["told"]),
            is_news=bool(row["news"]),
            size=int(str(row["size"])),
        )
    except (KeyError, ValueError, IndexError) as error:
        raise _altered(path, number) from error


def _time(value: object) -> datetime:
    return utc(datetime.fromisoformat(str(value)))


def _canonical(row: Mapping[str, object]) -> bytes:
    return json.dumps(row, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def by_document(published: Iterable[PublishedVersion]) -> dict[str, tuple[PublishedVersion, ...]]:
    """Sort what was published by document."""
    found: dict[str, list[PublishedVersion]] = {}
    for one in published:
        found.setdefault(one.document, []).append(one)
    return {name: tuple(mine) for name, mine in found.items()}
