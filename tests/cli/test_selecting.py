"""Asking for a part: by topic, by time, by number, by a name that is almost right."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.repositories import three_days
from tests.samples import tracker
from tracker.cli._period import bounds

EU = "harbour/privacy-policy@eu"


def logged(sample: Path, *options: str) -> list[dict[str, object]]:
    done = tracker(sample, "log", "--json", *options)
    assert done.exit_code == 0, done.output
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", ["targeted-advertising", "advert", "Targeted Advertising", "ads"])
def test_a_topic_is_named_by_its_id_a_part_its_title_or_one_of_its_words(
    sample: Path, name: str
) -> None:
    rows = logged(sample, "--topic", name)
    assert rows
    assert rows == [r for r in logged(sample) if "targeted-advertising" in str(r["topics"])]


def test_days_months_and_years_bound_what_was_first_seen(sample: Path) -> None:
    rows = logged(sample)
    day = str(rows[0]["first_seen"])[:10]
    for period in (day, day[:7], day[:4]):
        during = logged(sample, "--since", period, "--until", period)
        assert during == [r for r in rows if str(r["first_seen"]).startswith(period)]
        assert during
    assert logged(sample, "--until", "2001") == []
    assert logged(sample, "--limit", "1") == rows[:1]


def test_what_is_not_there_is_not_said_to_have_never_been(sample: Path) -> None:
    done = tracker(sample, "log", "--until", "2001")
    assert (done.exit_code, done.stdout) == (
        0,
        "Nothing changed that is like that; fewer options show more.\n",
    )


def test_a_folder_in_which_nothing_was_read_says_so(tmp_path: Path) -> None:
    for command in (["log"], ["now"], ["changes", "--format", "text"]):
        done = tracker(tmp_path, *command)
        assert done.exit_code == 0
        assert f"No text has been read in {tmp_path} yet; `tracker run`" in done.stdout


def test_a_time_that_ends_before_it_begins_is_refused(sample: Path) -> None:
    done = tracker(sample, "log", "--since", "2026", "--until", "2025")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--until is before --since" in done.stderr
    assert tracker(sample, "log", "--since", "2025", "--until", "2025").exit_code == 0


def test_an_edition_or_a_service_means_all_its_documents(sample: Path) -> None:
    every = json.loads(tracker(sample, "log", "--json").stdout)
    assert json.loads(tracker(sample, "log", "harbour", "--json").stdout) == every
    of_eu = json.loads(tracker(sample, "log", "eu", "--json").stdout)
    assert of_eu == [row for row in every if row["document"].endswith("@eu")]


def test_changes_about_a_topic_are_those_lines_and_the_limit_leaves_the_newest(
    sample: Path,
) -> None:
    lines = tracker(sample, "changes").stdout.splitlines()
    about = [line for line in lines if "generative-ai" in json.loads(line)["topics"]]
    assert tracker(sample, "changes", "--topic", "ai").stdout.splitlines() == about
    assert (
        tracker(sample, "changes", "--topic", "ai", "--limit", "2").stdout.splitlines()
        == (about[-2:])
    )
    text = tracker(sample, "changes", "--topic", "ads", "--format", "text").stdout
    assert text.count("§ ") == " ".join(text.split()).count("· Targeted advertising (") > 0
    assert tracker(sample, "diff", "eu", "--topic", "ai").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["diff", "privcy"], "did you mean harbour/privacy-policy@"),
        (["log", "--topic", "advertisng"], "did you mean targeted-advertising?"),
        (["log", "--topic", "fishing"], "there are generative-ai, targeted-advertising"),
        (["staus"], "Did you mean status?"),
        (["log", "--since", "June"], "2025-11-05"),
        (["log", "--limit", "0"], "--limit"),
    ],
)
def test_what_was_almost_right_is_met_with_what_was_meant(
    sample: Path, arguments: list[str], told: str
) -> None:
    done = tracker(sample, *arguments)
    assert done.exit_code == 2
    assert told in " ".join(done.stderr.split())


@pytest.mark.parametrize("text", ["2025-11-31", "25", "2025-1", "٢٠٢٥", "", "9999-12-31"])
def test_a_time_is_a_day_a_month_a_year_or_iso(text: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        bounds(text)


def test_periods_begin_and_end() -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert bounds("2025") == (at("2025-01-01"), at("2026-01-01"))
    assert bounds("2025-12") == (at("2025-12-01"), at("2026-01-01"))
    assert bounds("2025-02") == (at("2025-02-01"), at("2025-03-01"))
    assert bounds("2024-02-29") == (at("2024-02-29"), at("2024-03-01"))
    assert bounds("2025-11-05T12:00Z")[0] == at("2025-11-05T12:00:00")


# ── completion ────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["diff", "eu"], [EU]),
        (["show", "harbour/privacy-policy@e"], [EU]),
        (["log", "--topic", "gen"], ["generative-ai"]),
        (["log", "TERMS"], ["harbour/terms-of-service@global"]),
        (["stat"], ["status"]),
        (["diff", "no-such"], []),
    ],
)
def test_bash_completes_documents_and_topics(
    sample: Path, typed: list[str], offered: list[str], tmp_path: Path
) -> None:
    program = tmp_path / "tracker"
    program.write_text(f"#!{sys.executable}\nfrom tracker.cli import main\nmain()\n")
    program.chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(sys.path)}
    words = ["tracker", "--root", str(sample), *typed]
    script = (
        'eval "$(_TRACKER_COMPLETE=bash_source tracker)"; '
        f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
        f'_tracker_completion tracker {typed[-1]}; [[ "$COMP_WORDBREAKS" != *@* ]] || exit 9; '
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", script], env=os.environ | path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == offered


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ((), "3 captures imported"),
        (("--since", "2025"), "3 captures imported"),
        (("--since", "2025-01-02", "--until", "2025"), "2 captures imported"),
    ],
)
def test_an_import_takes_days_months_and_years_as_other_commands_do(
    tmp_path: Path, bounds: tuple[str, ...], said: str
) -> None:
    repository = three_days(tmp_path / "versions")
    done = tracker(tmp_path, "import", "versions", str(repository), *bounds)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(said)
