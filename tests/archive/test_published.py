"""The ledger of what was published: what is added stays, and what was altered is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tracker.archive.published import add_published, by_document, load_published
from tracker.errors import ArchiveError
from tracker.model import PublishedVersion

SEEN = datetime(2025, 11, 4, 10, 7, 0, 123, tzinfo=UTC)


def version(hours: int, *, is_news: bool = True, document: str = "a/b@eu") -> PublishedVersion:
    seen = SEEN + timedelta(hours=hours)
    before = (SEEN, 1) if hours else None
    return PublishedVersion(document, seen, 1, False, before, "0" * 64, seen, is_news, hours)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "published.jsonl"
    add_published(path, [version(0), version(1)])
    add_published(path, [version(2)])
    return path


def test_what_is_added_is_read_again(ledger: Path) -> None:
    assert load_published(ledger) == (version(0), version(1), version(2))
    assert by_document([version(0), version(1, document="c/d@us")]) == {
        "a/b@eu": (version(0),),
        "c/d@us": (version(1, document="c/d@us"),),
    }


def test_nothing_was_published_where_there_is_no_ledger(tmp_path: Path) -> None:
    assert load_published(tmp_path / "none") == ()
    add_published(tmp_path / "none", [])
    assert (tmp_path / "none").read_bytes() == b""


def test_the_later_line_about_a_version_counts(ledger: Path) -> None:
    add_published(ledger, [version(2, is_news=False)])
    assert load_published(ledger)[-1] == version(2, is_news=False)
    assert len(load_published(ledger)) == 3


def test_a_line_that_a_crash_cut_off_counts_for_nothing(ledger: Path) -> None:
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:-5])
    assert load_published(ledger) == (version(0), version(1))
    add_published(ledger, [version(2)])
    assert ledger.read_bytes() == whole


@pytest.mark.parametrize("number", [0, 1])
def test_a_line_that_is_gone_is_found(ledger: Path, number: int) -> None:
    lines = ledger.read_bytes().splitlines(keepends=True)
    del lines[number]
    ledger.write_bytes(b"".join(lines))
    with pytest.raises(ArchiveError, match="is not what was written, or one before it is gone"):
        load_published(ledger)


@pytest.mark.parametrize("place", range(0, 900, 37))
def test_a_sign_that_was_altered_is_found(ledger: Path, place: int) -> None:
    data = bytearray(ledger.read_bytes())
    data[place] ^= 1
    ledger.write_bytes(data)
    with pytest.raises(ArchiveError, match=r"published\.jsonl: line \d"):
        load_published(ledger)
