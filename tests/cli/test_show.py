"""What the reading commands print: for people, for programs, for browsers, on a terminal or not."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from tests.samples import said_on
from tracker.cli import main

SCHEMA = Path(__file__).parents[2] / "tracker" / "publisher" / "data" / "changes.schema.json"
POLICY, NOTICE = "harbour/privacy-policy@global", "harbour/privacy-policy@eu"
EACH = {
    "log": ["log"],
    "diff": ["diff", "eu"],
    "show": ["show", "eu"],
    "compare": ["compare", POLICY, NOTICE],
}
each = pytest.mark.parametrize("command", EACH.values(), ids=EACH)


def told(root: Path, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["--root", str(root), *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def data(root: Path, *arguments: str) -> Any:
    return json.loads(told(root, *arguments))


@each
def test_each_form_is_what_it_says(sample: Path, command: list[str]) -> None:
    assert json.loads(told(sample, *command, "--json")) == data(
        sample, *command, "--format", "json"
    )
    assert told(sample, *command, "--format", "html").lstrip().startswith("<!DOCTYPE html>")
    assert told(sample, *command) == told(sample, *command, "--format", "text")
    wrong = CliRunner().invoke(main, ["--root", str(sample), *command, "--format", "pdf"])
    assert wrong.exit_code == 2


def test_a_diff_for_programs_has_its_changes_as_the_schema_describes_them(sample: Path) -> None:
    schema = json.loads(SCHEMA.read_bytes())
    found = data(sample, "diff", "eu", "--json")
    assert found["document"] == NOTICE
    assert found["significance"] == "substantive"
    assert found["effective"] == "2025-11-03"
    assert found["changes"]
    for change in found["changes"]:
        jsonschema.validate(change, schema)
    lines = told(sample, "changes", "eu").splitlines()
    assert [json.loads(line) for line in lines][-len(found["changes"]) :] == found["changes"]


def test_a_text_for_programs_is_the_text_that_is_shown(sample: Path) -> None:
    found = data(sample, "show", "eu", "2025-09-02", "--json")
    assert found["document"] == NOTICE
    assert found["first_seen"] == "2025-09-01T08:00:00Z"
    assert len(found["sha256"][0]) == 64
    shown = " ".join(told(sample, "show", "eu", "2025-09-02").split())
    for clause in found["clauses"]:
        assert " ".join(clause["text"].split()) in shown


def test_a_comparison_for_programs_names_both(sample: Path) -> None:
    found = data(sample, "compare", POLICY, NOTICE, "--json")
    assert found["documents"] == [POLICY, NOTICE]
    assert found["changes"]


def test_changes_can_be_read_by_people_too(sample: Path) -> None:
    text = told(sample, "changes", "eu", "--format", "text")
    assert told(sample, "diff", "eu").strip() in text
    assert told(sample, "changes", "eu", "--json") == told(sample, "changes", "eu")


def test_what_the_texts_say_now_can_be_asked_by_topic_edition_and_service(sample: Path) -> None:
    every = data(sample, "now", "--json")
    assert {row["topic"] for row in every} == {"generative-ai", "targeted-advertising"}
    assert {row["document"] for row in every} >= {POLICY, NOTICE}
    found = data(sample, "now", "generative-ai", "eu", "--json")
    assert {(row["topic"], row["document"]) for row in found} == {("generative-ai", NOTICE)}
    assert data(sample, "now", "harbour", "--json") == every
    assert data(sample, "now", NOTICE, "generative-ai", "--json") == found


def test_what_nobody_knows_cannot_be_asked(sample: Path) -> None:
    done = CliRunner().invoke(main, ["--root", str(sample), "now", "weather"])
    assert done.exit_code == 2
    assert 'No document or topic is called "weather"' in done.output
    assert "Topics are generative-ai or targeted-advertising." in done.output


def test_a_topic_is_meant_by_a_part_of_its_name_or_one_of_its_words(sample: Path) -> None:
    for word in ("generative", "Generative AI", "LLM"):
        found = data(sample, "now", word, "--json")
        assert {row["topic"] for row in found} == {"generative-ai"}


# ── on a terminal ─────────────────────────────────────────────────────────────────


def on_a_terminal(root: Path, command: list[str], rows: int, **environment: str) -> bytes:
    """What a person at a terminal gets, with a pager that marks what goes through it."""
    ours, theirs = pty.openpty()
    pager = root / "pager"
    pager.write_text("#!/bin/sh\nsed 's/^/PAGED /'\n")
    pager.chmod(0o755)
    given = {"PAGER": str(pager), "TERM": "xterm", "COLUMNS": "90", "LINES": str(rows)}
    full = [sys.executable, "-m", "tracker", "--root", str(root), *command]
    environ = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | given | environment
    with subprocess.Popen(full, stdin=theirs, stdout=theirs, env=environ) as running:
        os.close(theirs)
        output = said_on(ours)
        assert running.wait(30) == 0
    return output


@pytest.mark.parametrize(("rows", "paged"), [(10, True), (2000, False)])
def test_only_what_is_longer_than_the_terminal_goes_through_the_pager(
    sample: Path, rows: int, paged: bool
) -> None:
    output = on_a_terminal(sample, ["diff", "eu"], rows)
    assert (b"PAGED " in output) is paged
    assert b"\x1b[" in output, "in colour either way"


def test_a_pager_gets_no_colour_where_none_is_wanted(sample: Path) -> None:
    output = on_a_terminal(sample, ["diff", "eu"], 10, NO_COLOR="1")
    assert b"PAGED " in output
    assert b"\x1b" not in output


@pytest.mark.parametrize("form", ["json", "html"])
def test_what_is_for_programs_is_never_paged(sample: Path, form: str) -> None:
    assert b"PAGED " not in on_a_terminal(sample, ["diff", "eu", "--format", form], 10)


def test_a_reader_that_stops_reading_is_no_error(sample: Path) -> None:
    command = f"{sys.executable} -m tracker --root {sample} show eu | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1
