"""What the operator says of captures: one that is not the document, and one that is."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.markup import guids, titles
from tests.samples import DOCUMENT, RULES, declare, imported, terms, tracker
from tracker.archive.store import Archive

WRONG = f"<main><h1>Terms</h1>{RULES}<p>We train AI models with all that you write.</p></main>"
SHORT = "<main><h1>Terms</h1><p>Sign in to continue to your boat.</p></main>"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    declare(tmp_path, {"Terms": "https://harbour.example/terms"})
    return tmp_path


def seen(root: Path, day: int, body: bytes) -> None:
    """Import a page that was saved on a day of September, and publish."""
    imported(root, day, body)
    publish(root, day)


def publish(root: Path, day: int) -> str:
    done = tracker(root, "--now", f"2025-09-{day:02}T13:00:00Z", "publish")
    assert done.exit_code == 0, done.output
    return done.output


def correct(root: Path, verdict: str, day: int) -> None:
    """Write the one line."""
    (root / "data" / "corrections.toml").write_text(
        f'correction = [{{ document = "{DOCUMENT}", {verdict} = 2025-09-{day:02}T12:00:00Z, '
        'date = 2025-09-20, sentence = "Looked at by hand." }]\n',
        encoding="utf-8",
    )


def feed(root: Path) -> bytes:
    return (root / "feeds" / f"{DOCUMENT}.xml").read_bytes()


def page(root: Path, name: str) -> str:
    return (root / "feeds" / name / "index.html").read_text(encoding="utf-8")


def outcomes(root: Path) -> list[str]:
    with Archive(root / "data" / "archive.db") as archive:
        return [capture.outcome.value for capture in archive.captures()]


def test_a_capture_that_is_revoked_is_no_version_and_stays_in_the_log(root: Path) -> None:
    seen(root, 1, terms())
    seen(root, 4, WRONG.encode())
    (told,) = guids(feed(root))
    log = (root / "data" / "archive.db").read_bytes()
    correct(root, "revoked", 4)
    publish(root, 20)
    assert (root / "data" / "archive.db").read_bytes() == log
    assert json.loads(tracker(root, "log", "--json").output or "[]") == []
    assert told in guids(feed(root))
    assert any("was revoked" in title for title in titles(feed(root)))
    for name in ("corrections", f"documents/{DOCUMENT}", f"changes/{DOCUMENT}/20250904T120000Z"):
        assert "Looked at by hand." in page(root, name)
    recorded = (root / "data" / "published.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(recorded[-1])["verdict"] == "revoked"
    assert tracker(root, "verify").exit_code == 0
    assert ": 0 of " in publish(root, 21)


def test_what_comes_after_a_revoked_capture_is_compared_with_what_stood_before(root: Path) -> None:
    seen(root, 1, terms())
    seen(root, 4, WRONG.encode())
    correct(root, "revoked", 4)
    seen(root, 9, terms("<p>Oars are kept dry in the boat house from now on.</p>"))
    (revision,) = json.loads(tracker(root, "log", "--json").output)
    assert (revision["from"], revision["changes"]) == ("2025-09-01T12:00:00Z", 1)


def test_a_revocation_is_in_the_evidence(root: Path) -> None:
    seen(root, 1, terms())
    seen(root, 4, WRONG.encode())
    seen(root, 9, terms("<p>Oars are kept dry in the boat house from now on.</p>"))
    correct(root, "revoked", 4)
    publish(root, 20)
    bundle = root / "bundle.zip"
    done = tracker(root, "evidence", DOCUMENT, "--output", str(bundle))
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(bundle) as packed:
        (verdict,) = json.loads(packed.read("verdicts.json"))
        assert "says of captures" in packed.read("VERIFY.txt").decode() or verdict
    assert verdict["verdict"] == "revoked"
    assert tracker(root, "evidence", "--check", str(bundle)).exit_code == 0


def test_a_capture_that_is_accepted_is_the_document_and_so_are_those_alike(root: Path) -> None:
    seen(root, 1, SHORT.encode())
    assert outcomes(root) == ["sign-up wall"]
    correct(root, "accepted", 1)
    publish(root, 2)
    (status,) = json.loads(tracker(root, "status", "--json").output)
    assert status["last_seen"] == "2025-09-01T12:00:00Z"
    seen(root, 3, SHORT.encode() + b"<!-- again -->")
    assert outcomes(root) == ["sign-up wall", "good"]


def test_a_verdict_on_no_capture_is_said(root: Path) -> None:
    seen(root, 1, terms())
    correct(root, "revoked", 2)
    assert "there is no capture of harbour/terms@global" in publish(root, 3)
