"""The installed package, away from the checkout: it brings all it needs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this tree; skipped where the build back end is not at hand."""
    pytest.importorskip("hatchling", reason="hatchling, the build back end, is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("terms_tracker-*.whl"))


def test_the_wheel_holds_what_the_code_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"tracker/starter/topics.toml", "tracker/starter/declarations/eu/LinkedIn.json"} <= names
    for folder in ("publisher/templates", "publisher/assets", "demo/pages", "guide"):
        for file in (ROOT / "tracker" / folder).rglob("*.*"):
            assert file.relative_to(ROOT).as_posix() in names
    assert {"tracker/publisher/data/changes.schema.json", "tracker/py.typed"} <= names
    assert not any(name.startswith(("tests/", "data/", "feeds/")) for name in names)


def test_a_folder_without_data_starts_from_what_ships(wheel: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(unpacked)
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tracker", "status"],
        cwd=tmp_path / "empty",
        env={"PYTHONPATH": str(unpacked), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "linkedin/privacy-policy@eu  never seen" in done.stdout
    assert list((tmp_path / "empty").iterdir()) == []
