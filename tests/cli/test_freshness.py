"""A page that robots.txt closes is read through the Internet Archive, and all say so calmly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.public_archive import Kept, PublicArchive
from tests.samples import ADS, terms
from tests.servers import Server, answer
from tracker.cli import main

NOON = datetime(2025, 9, 1, 12, tzinfo=UTC)
AI = "<p>We train generative AI models on what members post in the harbour."
CLOSED = answer(200, b"User-agent: *\nDisallow: /\n", "Content-Type: text/plain")


@pytest.fixture
def site() -> Iterator[Server]:
    with Server({"/robots.txt": CLOSED}) as server:
        yield server


def kept(hours: float, url: str, extra: str = "") -> Kept:
    body = terms(extra) + f"<!-- {hours} -->".encode()
    return Kept(f"{NOON + timedelta(hours=hours):%Y%m%d%H%M%S}", url, body)


class Instance:
    """An instance that is to read one document of a closed site."""

    def __init__(self, root: Path, site: Server, archive: PublicArchive, more: str = "") -> None:
        self.root, self.site, self.archive = root, site, archive
        folder = root / "data" / "declarations" / "global"
        folder.mkdir(parents=True)
        declared = {"name": "Harbour", "terms": {"Terms": {"fetch": site.url("/terms")}}}
        (folder / "Harbour.json").write_text(json.dumps(declared))
        settings = f'wayback_url = "{archive.url}"\n'
        (root / "data" / "settings.toml").write_text(settings)
        sources = f'[documents."harbour/terms@global"]\npreview = "{site.url("/preview")}"\n{more}'
        (root / "data" / "sources.toml").write_text(sources)

    def run(self, hours: float, *command: str) -> Result:
        now = (NOON + timedelta(hours=hours)).isoformat()
        hosts = ("--allow-host", self.site.entry, "--allow-host", self.archive.entry)
        words = command or ("run", *hosts)
        return CliRunner().invoke(main, ["--root", str(self.root), "--now", now, *words])

    def published(self, name: str) -> str:
        return (self.root / "feeds" / name).read_text()


def test_a_closed_page_is_no_failure_while_the_archive_shows_it(
    tmp_path: Path, site: Server
) -> None:
    url = site.url("/terms")
    with PublicArchive([kept(-9, url)]) as archive:
        instance = Instance(tmp_path, site, archive)
        first = instance.run(0)
        assert first.exit_code == 0, first.output
        assert "read through the Internet Archive, as of 2025-09-01 03:00 UTC" in first.output
        archive.kept += [kept(-2, url, ADS), kept(1, site.url("/preview"), ADS + AI)]
        second = instance.run(12)
        assert second.exit_code == 0, second.output
        assert instance.run(24).exit_code == 0
    assert set(site.paths) == {"/robots.txt"}
    assert len(site.paths) == 2, "asked for once a day"
    (row,) = json.loads(instance.published("status.json"))
    assert (row["state"], row["read"]) == ("ok", "through the Internet Archive")
    assert row["last_seen"] == "2025-09-01T10:00:00Z"
    assert row["copy"].endswith(url)
    assert "closes this page" in row["reason"]
    assert "settings.toml" not in instance.published("status/index.html")
    assert "through the Internet Archive" in instance.published("status/index.html")
    assert "by the Internet Archive" in instance.published("targeted-advertising.xml")
    assert "train generative AI models" in instance.published("generative-ai.xml")
    told = instance.run(24, "status").output
    assert "through the Internet Archive  ok" in told
    assert "the Internet Archive answered 2025-09-02 12:00 UTC" in told
    assert "the Internet Archive answered" in instance.published("status/index.html")
    assert instance.published("status.xml").count("<item>") == 0


def test_an_archive_that_is_silent_is_told_of_and_only_then_alarming(
    tmp_path: Path, site: Server
) -> None:
    url = site.url("/terms")
    with PublicArchive([kept(-9, url)]) as archive:
        instance = Instance(tmp_path, site, archive)
        assert instance.run(0).exit_code == 0
        archive.index = lambda asked: []  # type: ignore[method-assign]
        silent = instance.run(12)
        assert silent.exit_code == 0
        (row,) = json.loads(instance.run(13, "status", "--json").output)
        assert "is empty for this page" in row["reason"]
        assert [instance.run(12 * n).exit_code for n in range(2, 7)] == [0, 0, 0, 0, 0]
        late = instance.run(12 * 8)
        assert late.exit_code == 1
        assert "FAILING: read through the Internet Archive" in late.output
        assert instance.published("status.xml").count("<item>") == 1
        del archive.index
        archive.kept.append(kept(12 * 8, url))
        calm = instance.run(12 * 9)
        assert calm.exit_code == 0, calm.output
    assert instance.published("status.xml").count("<item>") == 2


def test_what_is_expected_can_be_declared(tmp_path: Path, site: Server) -> None:
    with PublicArchive([kept(-9, site.url("/terms"))]) as archive:
        instance = Instance(tmp_path, site, archive, 'expect = "20 hours"\n')
        assert instance.run(0).exit_code == 0
        late = instance.run(12)
    assert late.exit_code == 1
    assert "OVERDUE" in late.output
    assert "It was expected to be seen again by 1 September 2025, 23:00 UTC." in late.output


def test_a_source_that_is_left_out_is_not_asked(tmp_path: Path, site: Server) -> None:
    with PublicArchive([kept(-9, site.url("/terms"))]) as archive:
        instance = Instance(tmp_path, site, archive, 'read = ["internet-archive"]\n')
        assert instance.run(0).exit_code == 0
        assert site.paths == []
        folder = tmp_path / "other"
        folder.mkdir()
        other = Instance(folder, site, archive, 'read = ["page"]\n')
        asked = len(archive.index_requests)
        assert other.run(0).exit_code == 1
        assert len(archive.index_requests) == asked
