"""LinkedIn's real history goes through the same code, by the real commands.

Reference labels, read by hand, say which revisions are news and about which topics.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import pytest
from click.testing import CliRunner, Result

from tests.corpus import CORPUS, needs_corpus
from tests.samples import bytes_of
from tracker.cli import main

pytestmark = [pytest.mark.corpus, needs_corpus]

TOPICS = {"generative_ai": "generative-ai", "targeted_advertising": "targeted-advertising"}
NEWS = {"substantive", "announcement"}


def tracker(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(root), *arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def root(linkedin_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(linkedin_root, tmp_path_factory.mktemp("linkedin") / "root"))


@pytest.fixture(scope="module")
def log(root: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(tracker(root, "log", "--json").stdout)
    return found


def labelled() -> Iterator[dict[str, Any]]:
    for line in (CORPUS / "gold" / "revisions.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def expected_topics(label: dict[str, Any]) -> set[str]:
    named = {topic for clause in label["clauses"] for topic in clause["topics"]}
    return {ours for theirs, ours in TOPICS.items() if theirs in named}


def name(label: dict[str, Any]) -> str:
    kind = label["document"].lower().replace(" ", "-")
    return f"linkedin/{kind}@global"


def test_every_labelled_revision_is_weighed_as_a_person_would(log: list[dict[str, Any]]) -> None:
    ours = {(row["document"], row["first_seen"][:10]): row for row in log}
    for label in labelled():
        row = ours.get((name(label), label["new_date"][:10]))
        is_news = label["pair_kind"] in NEWS
        if row is None:  # nothing that a reader could see had changed
            assert not is_news, label["note"]
        else:
            assert (row["significance"] in NEWS) == is_news, (row, label["note"])


def test_every_labelled_revision_has_the_topics_a_person_gave_it(
    log: list[dict[str, Any]],
) -> None:
    ours = {(row["document"], row["first_seen"][:10]): set(row["topics"]) for row in log}
    for label in labelled():
        found = ours.get((name(label), label["new_date"][:10]), set())
        assert found == expected_topics(label), (label["document"], label["new_date"])


def test_the_topic_feeds_hold_them_and_no_page_swap(root: Path) -> None:
    for theirs, ours in TOPICS.items():
        feed = feedparser.parse(str(root / "feeds" / f"{ours}.xml"))
        assert not feed.bozo
        ids = {entry.id.split(":", 2)[2] for entry in feed.entries}
        seen = {(i.partition("/20")[0], "20" + i.partition("/20")[2][:8]) for i in ids}
        for label in labelled():
            item = (name(label), label["new_date"][:10])
            assert (item in seen) == (ours in expected_topics(label)), (theirs, item)


def test_the_changes_are_as_their_schema_says(root: Path) -> None:
    schema = json.loads((root / "feeds" / "changes.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    lines = tracker(root, "changes", "--json").stdout.splitlines()
    assert len(lines) > 1000
    for line in lines:
        validator.validate(json.loads(line))


def test_importing_and_publishing_again_changes_no_byte(root: Path) -> None:
    before = bytes_of(root / "feeds")
    bundle = str(CORPUS / "linkedin-versions.bundle")
    assert tracker(root, "import", "versions", bundle).exit_code == 0
    assert tracker(root, "publish").exit_code == 0
    assert bytes_of(root / "feeds") == before


@pytest.mark.parametrize(("bundle", "revisions"), [("fr", ["2023-04-06"]), ("hi", [])])
def test_real_captures_with_no_two_alike_give_the_real_changes_only(
    tmp_path: Path, bundle: str, revisions: list[str]
) -> None:
    done = tracker(
        tmp_path, "import", "snapshots", str(CORPUS / f"linkedin-snapshots-{bundle}.bundle")
    )
    assert done.exit_code == 0
    found = json.loads(tracker(tmp_path, "log", "--json").stdout)
    assert [row["first_seen"][:10] for row in found] == revisions


#: Read one by one: each is a change of the wording that a person would call one.
OTHERS = {
    "deepseek/privacy-policy": ["2025-12-23", "2026-02-10"],
    "deepseek/terms-of-service": ["2026-03-27"],
    "grok/privacy-policy": ["2025-11-24", "2026-05-18", "2026-06-30"],
    "grok/terms-of-service": ["2025-12-10", "2026-05-18", "2026-06-29"],
    "le-chat/privacy-policy": ["2025-12-31", "2026-04-02", "2026-04-08"],
}


def test_captures_of_undeclared_pages_give_the_changes_of_their_text(tmp_path: Path) -> None:
    """Menus, consent dialogues, error pages and tables of contents come and go 70 times in these
    captures; one page was exchanged for another by the archive's maintainers."""
    bundle = str(CORPUS / "other-snapshots.bundle")
    assert tracker(tmp_path, "import", "snapshots", bundle).exit_code == 0
    found = json.loads(tracker(tmp_path, "log", "--json").stdout)
    news: dict[str, list[str]] = {}
    for row in sorted(found, key=lambda row: row["first_seen"]):
        if row["significance"] in NEWS | {"reverted"}:
            name = row["document"].removesuffix("@global")
            news.setdefault(name, []).append(row["first_seen"][:10])
    assert news == OTHERS
