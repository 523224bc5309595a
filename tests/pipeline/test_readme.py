"""The README cannot lie: its commands are run, its examples are read, its names exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.samples import README, in_readme
from tracker.cli import main
from tracker.config import corrections, declarations, settings, topics

ROOT = Path(__file__).parents[2]
COMMANDS = re.findall(r"^\$ (tracker .*?)(?:\s+#.*)?$", README, re.MULTILINE)


def test_the_demo_ends_by_saying_where_to_look(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--root", str(tmp_path), "demo"], catch_exceptions=False)
    told = re.findall(r"demo/feeds/[\w./-]+\.\w+", README)
    assert told
    for named in told:
        assert (tmp_path / named).is_file(), named
        assert str(tmp_path / named) in done.output


@pytest.mark.parametrize(
    "line", [c for c in COMMANDS if not re.search("import|run|restore|scheduler|--check", c)]
)
def test_every_reading_command_works_as_written(
    sample: Path, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["--root", str(sample), *shlex.split(line)[1:]])
    assert done.exit_code == 0, (line, done.output)
    assert done.stdout.strip()


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_every_command_explains_itself_and_stands_in_the_readme(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) > 4
    assert f"tracker {name}" in README or name == "fetch"


def test_the_declared_documents_are_those_listed() -> None:
    declared = declarations.load(ROOT / "data" / "declarations").documents
    listed = re.findall(r"^\| `(\w+/[\w-]+@\w+)` \|", README, re.MULTILINE)
    assert sorted(listed) == [d.id for d in declared]


def test_the_examples_are_accepted() -> None:
    found = declarations.parse("Harbour.json", in_readme("json", "Harbour"), edition="global")
    assert [d.id for d in found.documents] == ["harbour/terms-of-service@global"]
    assert [t.id for t in topics.parse("topics.toml", in_readme("toml", "[arbitration]"))] == [
        "arbitration"
    ]
    assert settings.parse("settings.toml", in_readme("toml", "site_url")).site_url.startswith(
        "https"
    )
    corrected = corrections.parse("corrections.toml", in_readme("toml", "[[correction]]"))
    (correction,) = corrected.corrections
    assert correction.document == "linkedin/privacy-policy@eu"
    assert len(settings.parse("settings.toml", in_readme("toml", "[notify]")).notify) == 3


def test_what_is_said_to_be_published_is(sample: Path) -> None:
    table = README.split("## What is published")[1].split("\n\n")[1]
    told = re.findall(r"`([\w./-]+\.(?:xml|html|json))`", table)
    assert told
    for name in told:
        assert (sample / "feeds" / name).is_file(), name


def test_pictures_exist() -> None:
    shown = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert shown
    for path in shown:
        assert (ROOT / path).is_file(), path


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script
    assert len(re.findall(r"^\$ .*python -m pytest$", README, re.MULTILINE)) == 1
