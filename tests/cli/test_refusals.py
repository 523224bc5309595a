"""Bad input gets one clear sentence and an exit code that is not 0, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.samples import tracker


@pytest.mark.parametrize("name", ["../x", "EU", "e u", "", "ü"])
def test_an_edition_by_another_name_is_refused(tmp_path: Path, name: str) -> None:
    done = tracker(tmp_path, "import", "versions", str(tmp_path), "--edition", name)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: --edition: ")
    assert not (tmp_path / "data" / "archive.db").exists()


def test_a_folder_without_declared_documents_says_so(tmp_path: Path) -> None:
    (tmp_path / "data" / "declarations").mkdir(parents=True)
    done = tracker(tmp_path, "fetch")
    assert done.exit_code == 0
    assert "declares no document" in done.stderr


def test_a_publication_that_lives_nowhere_yet_says_so(tmp_path: Path) -> None:
    assert "site_url" in tracker(tmp_path, "publish").stdout
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "settings.toml").write_text('site_url = "https://terms.example/"\n')
    assert "site_url" not in tracker(tmp_path, "publish").stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_standard_output_is_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tracker", "--root", str(tmp_path), "status"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = tracker(tmp_path, "demo")
    tmp_path.chmod(0o700)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
