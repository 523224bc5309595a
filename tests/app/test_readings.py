"""Kept bodies are read by today's code, whatever an older version made of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.repositories import three_days
from tests.strategies import capture
from tracker.app import session
from tracker.app.app import App
from tracker.app.import_ import import_repository
from tracker.app.ingest import Wanted
from tracker.app.readings import read_anew
from tracker.app.session import histories_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("charset", ["hz-gb-2312", "x-nobody-knows", "iso-2022-kr"])
def test_what_can_be_decoded_no_more_is_still_read(charset: str) -> None:
    body = (
        b"<main><h1>Terms</h1><p>Each boat keeps to its side \xff\xfe of the pier.</p></main>" * 3
    )
    media = f"text/html; charset={charset}"
    found = read_anew(replace(capture(), source=None, media=media), body, media)
    assert any("Each boat keeps to its side" in clause.text for clause in found.clauses)


def test_what_an_import_judged_is_not_read_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository, root = str(three_days(tmp_path / "repository")), tmp_path / "root"
    with import_repository(App(root, NOW), repository, Wanted("text/markdown")) as incoming:
        assert len(list(incoming.items)) == 3
    monkeypatch.setattr(session, "read_anew", lambda *_: pytest.fail("it was read already"))
    (history,) = histories_of(App(root, NOW), ["harbour"])
    assert len(history.versions) == 3
