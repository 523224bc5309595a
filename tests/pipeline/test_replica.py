"""The ordinary commands against a replica of LinkedIn's pages on loopback, with its fault modes."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from click.testing import CliRunner, Result

from tests.corpus import REPLICA, needs_corpus, needs_replica
from tests.samples import bytes_of
from tracker.cli import main
from tracker.fetcher import Fetcher, Limits
from tracker.model import Outcome, Source

pytestmark = [
    pytest.mark.corpus,
    needs_corpus,
    needs_replica,
    pytest.mark.skipif(
        importlib.util.find_spec("markdown_it") is None, reason="the replica needs markdown-it-py"
    ),
]

PAGES = {
    "global": {"Terms of Service": "user-agreement", "Trackers Policy": "cookie-policy"},
    "eu": {"Privacy Policy": "privacy/eu"},
}
FAULTS = [
    *[
        "999",
        "429",
        "503",
        "404",
        "authwall",
        "challenge",
        "empty",
        "truncated",
        "hugebody",
        "loop",
    ],
    *["file", "metadata", "language"],
]
SLOW = ["hang", "drip"]


class Replica:
    """The replica as a process of its own; `clock` and `fault` steer it."""

    def __init__(self) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process = subprocess.Popen(
            [sys.executable, str(REPLICA), "--port", str(self.port), "--at", "2025-09-01"],
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout
        self._process.stdout.readline()

    def clock(self, day: str) -> None:
        self._post(f"/__clock?at={day}")

    def fault(self, mode: str) -> None:
        self._post(f"/__fault?mode={mode}")

    def _post(self, path: str) -> None:
        urllib.request.urlopen(urllib.request.Request(self.url + path, method="POST")).close()

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    running = Replica()
    yield running
    running.stop()


@pytest.fixture
def root(tmp_path: Path, replica: Replica) -> Path:
    replica.fault("none")
    for edition, pages in PAGES.items():
        terms = {
            kind: {"fetch": f"{replica.url}/legal/{path}", "select": "#component-container"}
            for kind, path in pages.items()
        }
        file = tmp_path / "data" / "declarations" / edition / "LinkedIn.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"name": "LinkedIn", "terms": terms}))
    return tmp_path


def run(root: Path, replica: Replica, now: str, *extra: str) -> Result:
    host = replica.url.removeprefix("http://")
    command = ["--root", str(root), "--now", now, "run", "--allow-host", host, *extra]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def log(root: Path) -> list[tuple[str, str, tuple[str, ...]]]:
    found: list[dict[str, Any]] = json.loads(
        CliRunner().invoke(main, ["--root", str(root), "log", "--json"]).stdout
    )
    return [(r["document"], r["first_seen"][:10], tuple(r["topics"])) for r in found]


def feeds_of(root: Path) -> dict[str, bytes]:
    """All feeds but that of the tracker's own status, which alone may change with a visit."""
    found = {n: b for n, b in bytes_of(root / "feeds").items() if not is_status(n)}
    return {n: b for n, b in found.items() if n.endswith((".xml", ".atom"))}


def is_status(name: str) -> bool:
    return name.startswith("status")


def test_the_announcement_and_the_change_appear_once_each(root: Path, replica: Replica) -> None:
    replica.clock("2025-09-01")
    assert run(root, replica, "2025-09-01T12:00Z").exit_code == 0
    first = bytes_of(root / "feeds")
    assert run(root, replica, "2025-09-01T12:30Z").exit_code == 0
    assert bytes_of(root / "feeds") == first
    assert run(root, replica, "2025-09-02T12:00Z").exit_code == 0
    second = bytes_of(root / "feeds")
    assert {n: b for n, b in second.items() if not is_status(n)} == {
        n: b for n, b in first.items() if not is_status(n)
    }
    assert log(root) == []
    both = ("generative-ai", "targeted-advertising")
    for day in ("2025-09-19", "2025-11-05", "2025-11-06"):
        replica.clock(day)
        assert run(root, replica, f"{day}T12:00Z").exit_code == 0
    assert sorted(log(root)) == [
        ("linkedin/privacy-policy@eu", "2025-09-19", both),
        ("linkedin/privacy-policy@eu", "2025-11-05", ("generative-ai",)),
        ("linkedin/terms-of-service@global", "2025-09-19", ()),
        ("linkedin/terms-of-service@global", "2025-11-05", ("generative-ai",)),
    ]


def test_a_preview_tells_it_weeks_before_and_once(root: Path, replica: Replica) -> None:
    shown = f'"linkedin/terms-of-service@global" = "{replica.url}/legal/preview/user-agreement"'
    (root / "data" / "settings.toml").write_text(f"[previews]\n{shown}\n")
    for day in ("2025-09-01", "2025-09-17", "2025-09-18", "2025-09-19", "2025-10-10", "2025-11-05"):
        replica.clock(day)
        assert run(root, replica, f"{day}T12:00Z").exit_code == 0
    told = json.loads(CliRunner().invoke(main, ["--root", str(root), "log", "--json"]).stdout)
    agreement = [row for row in reversed(told) if "terms-of-service" in row["document"]]
    assert [(row["first_seen"][:10], row["significance"]) for row in agreement] == [
        ("2025-09-18", "upcoming"),
        ("2025-09-19", "announcement"),
        ("2025-11-05", "substantive"),
    ]
    assert agreement[0]["effective"] == "2025-11-03"
    assert agreement[0]["topics"] == agreement[2]["topics"] == ["generative-ai"]
    items = feedparser.parse(str(root / "feeds" / "all.xml")).entries
    (of_it,) = [item.title for item in items if "Terms of Service" in item.title]
    assert of_it.startswith("LinkedIn Terms of Service: coming: generative AI: new: “")
    assert of_it.endswith("(and 17 more changes), from 3 November 2025")


def test_no_fault_ever_becomes_a_revision(root: Path, replica: Replica) -> None:
    replica.clock("2025-09-01")
    assert run(root, replica, "2025-09-01T12:00Z").exit_code == 0
    told = feeds_of(root)
    for number, mode in enumerate(FAULTS, 2):
        replica.fault(mode)
        day = f"2025-09-{number:02}T12:00Z"
        assert run(root, replica, day, "--force").exit_code == 1, mode
        rows = json.loads(
            CliRunner().invoke(main, ["--root", str(root), "status", "--json"]).stdout
        )
        for row in rows:
            assert row["reason"], (mode, row)
            assert row["last_seen"].startswith("2025-09-01"), (mode, row)
        assert feeds_of(root) == told
    outage, *_ = feedparser.parse(str(root / "feeds" / "status.xml")).entries
    assert "not seen since 1 September 2025" in outage.title
    replica.fault("none")
    assert run(root, replica, "2025-10-01T12:00Z", "--force").exit_code == 0
    assert log(root) == []


def test_bytes_that_read_the_same_are_the_same_page(root: Path, replica: Replica) -> None:
    replica.clock("2025-09-01")
    assert run(root, replica, "2025-09-01T12:00Z").exit_code == 0
    replica.fault("bom")
    assert run(root, replica, "2025-09-02T12:00Z").exit_code == 0
    replica.fault("nonutf8")
    run(root, replica, "2025-09-03T12:00Z")  # read right, or refused with a reason
    replica.fault("none")
    assert run(root, replica, "2025-09-04T12:00Z", "--force").exit_code == 0
    assert log(root) == []


@pytest.mark.parametrize("mode", SLOW)
def test_a_page_that_hangs_or_drips_is_too_slow(replica: Replica, mode: str) -> None:
    """By the fetcher alone, which can be told not to wait for minutes."""
    replica.fault(mode)
    limits = Limits(total_seconds=2, attempts=1)
    host = replica.url.removeprefix("http://")
    with Fetcher(user_agent="Test", allow_hosts=[host], limits=limits) as fetcher:
        source = Source(f"{replica.url}/legal/user-agreement")
        answer = fetcher.fetch(source, now=datetime(2025, 9, 1, tzinfo=UTC))
    replica.fault("none")
    assert (answer.outcome, answer.body) == (Outcome.TOO_SLOW, b"")
    assert answer.reason
