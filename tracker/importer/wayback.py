"""The Internet Archive's Wayback Machine, or any archive that answers as it does. Pure.

Its CDX server lists the captures of an address (`/cdx/search/cdx`, a page at a time, each page
ending in the key of the next), its replay gives the bytes as they came (`/web/TIMEid_/ADDRESS`),
with the headers of then behind `x-archive-orig-`. What the archive says is foreign: rows that
are not as documented are passed over, and no address is taken on trust.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from urllib.parse import quote, urlencode, urlsplit

from tracker.errors import ImportFailed
from tracker.importer.record import Record

_FIELDS = ("timestamp", "original", "statuscode", "digest", "mimetype")
_PAGE = 1000  # rows of the index asked for at once
_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\x7f<>\"]+")
_REPLAYED = re.compile(r"/web/(\d{14})(?:id_)?/")
_ORIGINAL = "x-archive-orig-"


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One line of the index: an address was captured at a time, with a body of this digest.

    `stamp` is the time as the archive writes it, `digest` the archive's own (SHA-1, base 32).
    """

    stamp: str
    url: str
    digest: str

    @property
    def time(self) -> datetime:
        return _moment(self.stamp)


def index_address(
    base: str, page: str, since: date | None = None, until: date | None = None, key: str = ""
) -> str:
    """Return where a page of the index is; days are inclusive, `key` is what the page before
    gave.
    """
    asked = [*_question(page), ("limit", str(_PAGE)), ("showResumeKey", "true")]
    asked += [("from", _day(since))] if since else []
    asked += [("to", _day(until))] if until else []
    asked += [("resumeKey", key)] if key else []
    return f"{base}/cdx/search/cdx?{urlencode(asked)}"


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def newest_address(base: str, page: str, until: date) -> str:
    """Return where the index line of the newest capture of `page` up to a day is."""
    asked = [*_question(page), ("limit", "-1"), ("to", _day(until))]
    return f"{base}/cdx/search/cdx?{urlencode(asked)}"


def _question(page: str) -> list[tuple[str, str]]:
    plain = urlsplit(page)._replace(fragment="").geturl()
    fields = ",".join(_FIELDS)
    return [("url", plain), ("output", "json"), ("fl", fields), ("filter", "statuscode:200")]


def parse_index(body: bytes) -> tuple[tuple[IndexEntry, ...], str]:
    """Return the lines of one page of the index, and the key of the next page, empty at the end.

    Raises ImportFailed where the answer is no such page.
    """
    try:
        rows = json.loads(body)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ImportFailed("The archive's index did not come in the form it documents.")
    key = ""
    if len(rows) >= 2 and rows[-2] == [] and len(rows[-1]) == 1:
        key, rows = str(rows[-1][0]), rows[:-2]
    header, lines = (rows[0], rows[1:]) if rows else ([], [])
    return tuple(_marks([str(name) for name in header], lines)), key


def _marks(header: Sequence[str], lines: Iterable[Sequence[object]]) -> Iterator[IndexEntry]:
    for line in lines:
        facts = dict(zip(header, map(str, line), strict=False))
        stamp, url = facts.get("timestamp", ""), facts.get("original", "")
        if facts.get("statuscode") == "200" and _is_moment(stamp) and _ADDRESS.fullmatch(url):
            yield IndexEntry(stamp, url, facts.get("digest", ""))


def collapsed(marks: Iterable[IndexEntry], *, daily: bool) -> tuple[IndexEntry, ...]:
    """Return the captures worth having, oldest first.

    Of neighbours with one digest the first and the last: they show the same bytes, and from when
    to when. With `daily` then only the first of each day: pages with a new nonce for every
    visitor never share a digest.
    """
    ordered = sorted(set(marks), key=lambda m: (m.stamp, m.url, m.digest))
    kept: list[IndexEntry] = []
    for _, run in groupby(ordered, key=lambda m: m.digest or m):
        same = tuple(run)
        kept += [same[0], same[-1]] if len(same) > 1 else same
    if daily:
        return tuple(next(day) for _, day in groupby(kept, key=lambda m: m.stamp[:8]))
    return tuple(kept)


def replay_address(base: str, mark: IndexEntry) -> str:
    """Return where the bytes of a capture are, as they came."""
    return f"{base}/web/{mark.stamp}id_/{mark.url}"


def copy_address(base: str, mark: IndexEntry) -> str:
    """Return where a person can look at a capture; identifies it."""
    return f"{base}/web/{mark.stamp}/{quote(mark.url, safe=_KEPT)}"


def calendar_address(base: str, page: str) -> str:
    """Return where a person can see which captures of a page there are."""
    return f"{base}/web/*/{quote(page, safe=_KEPT)}"


def via(base: str) -> str:
    """Name the archive as the way by which its captures came."""
    return f"Wayback Machine, {urlsplit(base).netloc}"


_KEPT = "!#$%&'()*+,/:;=?@[]~"


def is_replay_of(mark: IndexEntry, final_url: str) -> bool:
    """Return whether an answer is this very capture: replay redirects to a near one where it is
    lost.
    """
    said = _REPLAYED.search(final_url)
    return said is None or said[1] == mark.stamp


def replayed(
    base: str, mark: IndexEntry, headers: Iterable[tuple[str, str]], body: bytes
) -> Record:
    """Return the record of a capture, from the headers and the body of its replay."""
    given = tuple(headers)
    served = tuple((n.removeprefix(_ORIGINAL), v) for n, v in given if n.startswith(_ORIGINAL))
    media = dict(given).get("content-type", "text/html")
    return Record(
        url=mark.url,
        time=mark.time,
        body=body,
        media=dict(served).get("content-type", media),
        via=via(base),
        status=200,
        headers=served,
        archive_url=copy_address(base, mark),
    )


def _is_moment(stamp: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{14}", stamp, re.ASCII)) and bool(_moment(stamp))
    except ValueError:
        return False


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
