"""Bundles that are published beside the pages of revisions, where the settings want them."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from tests.authority import Authority
from tests.samples import ADS, DOCUMENT, followed, imported, terms, tracker

WANTED = "publish_evidence = true\n"
NAMED = "evidence-harbour-terms-global-20250903T120000Z.zip"
MORE = ADS + "<p>We may train AI models on what you write.</p>"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Terms that change on the 3rd, as they are published with what proves it."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "settings.toml").write_text(WANTED)
    followed(tmp_path, *(terms(nonce=n) for n in (1, 2)), *(terms(ADS, n) for n in (3, 4)))
    return tmp_path


def page_of(root: Path, day: int) -> Path:
    return root / "feeds" / "changes" / DOCUMENT / f"202509{day:02}T120000Z"


def test_a_revision_offers_what_proves_it_for_download(root: Path) -> None:
    page = page_of(root, 3)
    assert f'href="evidence.zip" download="{NAMED}"' in (page / "index.html").read_text()
    done = tracker(root, "evidence", "--check", str(page / "evidence.zip"))
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(page / "evidence.zip") as packed:
        assert packed.read("before/1/body.html.txt") == terms(nonce=1)
        assert packed.read("after/1/body.html.txt") == terms(ADS, 3)
    assert tracker(root, "verify").exit_code == 0


def test_it_never_changes_whatever_is_recorded_later(root: Path) -> None:
    before = (page_of(root, 3) / "evidence.zip").read_bytes()
    for day in (5, 6):
        imported(root, day, terms(MORE, day))
    assert tracker(root, "publish").exit_code == 0
    assert (page_of(root, 3) / "evidence.zip").read_bytes() == before
    assert (page_of(root, 5) / "evidence.zip").exists()
    assert tracker(root, "verify").exit_code == 0
    shutil.rmtree(root / ".cache")
    assert ": 0 of " in tracker(root, "publish").stdout


def test_it_is_there_only_where_it_is_wanted(root: Path) -> None:
    (root / "data" / "settings.toml").write_text("")
    assert tracker(root, "publish").exit_code == 0
    page = page_of(root, 3)
    assert not (page / "evidence.zip").exists()
    assert "evidence.zip" not in (page / "index.html").read_text()
    assert f"tracker evidence {DOCUMENT}" in (page / "index.html").read_text()


def test_an_altered_one_is_named(root: Path) -> None:
    path = page_of(root, 3) / "evidence.zip"
    path.write_bytes(path.read_bytes()[:-1])
    done = tracker(root, "verify")
    assert done.exit_code == 1
    assert "evidence.zip is not what follows from data/" in done.output


def test_the_first_timestamp_after_it_goes_into_it(root: Path, tmp_path: Path) -> None:
    pytest.importorskip("rfc3161_client")
    with Authority(tmp_path / "authority") as authority:
        settings = f'timestamp_url = "{authority.url}"\nallow_hosts = ["{authority.entry}"]\n'
        (root / "data" / "settings.toml").write_text(WANTED + settings)
        assert tracker(root, "timestamp").exit_code == 0
        assert tracker(root, "verify").exit_code == 0, "of the next publication"
        assert tracker(root, "publish").exit_code == 0
        with zipfile.ZipFile(page_of(root, 3) / "evidence.zip") as packed:
            assert "timestamp.tsr" in packed.namelist()
        path = str(page_of(root, 3) / "evidence.zip")
        assert tracker(root, "evidence", "--check", path).exit_code == 0
        assert tracker(root, "verify").exit_code == 0
