"""WARC files (ISO 28500) → records: what crawlers and browsers' recorders keep.

warcio reads them; digests are checked here by asking it to, since its own `check` command
lets a damaged record pass. A `revisit` record stands for the body it says it repeats.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from tracker.errors import ImportFailed
from tracker.importer.records import LONGEST, Record
from tracker.model import utc


def warc_records(path: Path, is_wanted: Callable[[str], bool]) -> Iterator[Record]:
    """The pages in a WARC file whose address `is_wanted`, in the order of the file.

    Only answers with status 200. Raises ImportFailed where the file cannot be read or a record
    is not as its digest says.
    """
    known: dict[str, Record] = {}
    try:
        with path.open("rb") as file:
            for found in ArchiveIterator(file, check_digests="raise"):
                record = _record(path.name, found, is_wanted, known)
                if record is not None:
                    yield record
    except _BROKEN as error:
        said = str(error).strip() or type(error).__name__
        raise ImportFailed(f"{path.name}: is not whole or no WARC file ({said}).") from error


# warcio stumbles over a record without an address or a length instead of refusing it.
_BROKEN = (ArchiveLoadFailed, OSError, EOFError, ValueError, zlib.error, AttributeError, TypeError)


def _record(
    name: str, found: Any, is_wanted: Callable[[str], bool], known: dict[str, Record]
) -> Record | None:
    headers = found.rec_headers
    url = headers.get_header("WARC-Target-URI") or ""
    if found.rec_type not in {"response", "revisit"} or not is_wanted(url):
        return None
    time = _time(headers.get_header("WARC-Date"))
    payload = headers.get_header("WARC-Payload-Digest")
    via = f"WARC file {name}, record {headers.get_header('WARC-Record-ID')}"
    if found.rec_type == "revisit":
        first = known.get(payload or "")
        return replace(first, time=time, url=url, via=via) if first else None
    record = _answer(found, url, time, via)
    if record is not None and payload:
        known[payload] = record
    return record


def _answer(found: Any, url: str, time: datetime, via: str) -> Record | None:
    body = found.content_stream().read(LONGEST + 1)
    if found.http_headers is None or found.http_headers.get_statuscode() != "200" or not body:
        return None
    if len(body) > LONGEST:
        raise ValueError(f"the record of {time:%Y-%m-%d %H:%M} is too large for a text of terms")
    served = tuple((n.lower(), v) for n, v in found.http_headers.headers)
    media = dict(served).get("content-type", "text/html")
    return Record(url, time, body, media, via, 200, served)


def _time(text: str | None) -> datetime:
    return utc(datetime.fromisoformat(text or ""))
