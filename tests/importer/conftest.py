"""Repositories that several tests of the importers read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repositories import three_days


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return three_days(tmp_path / "plain")
