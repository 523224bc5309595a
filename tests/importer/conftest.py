"""What the tests of several importers start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repositories import NAME, TEXT, commit, start


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Make a repository of three versions of one page, one a day."""
    folder = start(tmp_path / "plain")
    for day in "123":
        commit(folder, {NAME: TEXT + day}, f"2025-01-0{day}T06:00:00Z")
    return folder
