"""Where an instance lives: the scheduled workflow, run step by step, and the README's recipes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import samples
from tests.samples import ADS, in_readme
from tests.servers import Server, page

yaml = pytest.importorskip("yaml", reason="PyYAML, which comes with apprise, is not installed")

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BASE_URL = "https://someone.example/terms"


def terms(extra: str = "") -> bytes:
    return page(samples.terms(extra))


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))


TRACK = loaded("track.yml")
STEPS = TRACK["jobs"]["track"]["steps"]


# ── as it is written ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_every_action_is_pinned_to_a_commit_and_says_which_release(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8"))
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_it_comes_at_an_odd_minute_one_at_a_time_with_no_more_rights_than_it_needs() -> None:
    # YAML takes `on` for a truth value.
    (schedule,) = TRACK[True]["schedule"]
    minute, hours, *rest = schedule["cron"].split()
    assert int(minute) % 2 == 1
    assert len(hours.split(",")) == 2, "no text is visited more than twice a day"
    assert rest == ["*", "*", "*"]
    assert TRACK["concurrency"] == {"group": "track", "cancel-in-progress": False}
    assert TRACK["permissions"] == {}
    assert TRACK["jobs"]["track"]["permissions"] == dict.fromkeys(
        ("actions", "contents", "id-token", "pages"), "write"
    )


def test_nothing_is_published_that_was_not_kept_before() -> None:
    names = [step.get("name") or step["uses"].split("@")[0] for step in STEPS]
    kept, deployed = names.index("Keep what was seen"), names.index("actions/deploy-pages")
    assert names.index("Fetch, publish and notify") < kept < deployed
    assert names.index("Save what could not be kept") > kept


def test_no_expression_is_put_into_a_shell() -> None:
    """What comes from outside reaches a step by its environment, never as a part of its text."""
    assert not [step for step in STEPS if "${{" in step.get("run", "")]


# ── as it runs ────────────────────────────────────────────────────────────────────


def git(where: Path, *arguments: str) -> str:
    command = ["git", "-C", str(where), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A remote that holds this checkout's scripts and an instance with one text to watch."""
    bare, work = tmp_path / "origin.git", tmp_path / "work"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(work)], check=True)
    (work / ".github").mkdir()
    shutil.copy2(ROOT / ".github" / "archive", work / ".github")
    shutil.copy(ROOT / ".gitignore", work)
    (work / "data" / "declarations" / "global").mkdir(parents=True)
    (work / "README.md").write_text("An instance.\n")
    git(work, "add", "--all")
    commit(work, "Begin")
    git(work, "push", "-q", str(bare), "main")
    return bare


def commit(where: Path, message: str) -> None:
    identity = ["-c", "user.name=Someone", "-c", "user.email=someone@example.org"]
    git(where, *identity, "commit", "-q", "--allow-empty", "-m", message)


class Run:
    """One run of the workflow, in a fresh shallow clone as the runner makes it."""

    def __init__(self, origin: Path, place: Path, server: Server, day: str) -> None:
        self.place = place
        address = f"file://{origin}"
        subprocess.run(["git", "clone", "-q", "--depth", "1", address, str(place)], check=True)
        samples.declare(place, {"Terms": server.url("/terms")})
        (place / "data" / "settings.toml").write_text(f'allow_hosts = ["{server.entry}"]\n')
        tools = place.parent / f"{place.name}-tools"
        tools.mkdir()
        self._tool(tools / "tracker", f'exec {sys.executable} -m tracker --now {day}T12:00Z "$@"')
        self._tool(tools / "gh", f'echo "$@" >> {tools}/gh.log')
        self.said = tools / "gh.log"
        self.environment = {
            **os.environ,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "ADDRESS": BASE_URL,
            "GITHUB_REPOSITORY": "someone/terms",
            "ARCHIVE_PAUSE": "0",
        }

    @staticmethod
    def _tool(path: Path, command: str) -> None:
        path.write_text(f"#!/bin/sh\n{command}\n")
        path.chmod(0o755)

    def step(self, name: str) -> subprocess.CompletedProcess[str]:
        (script,) = (s["run"] for s in STEPS if s.get("name") == name)
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(
            command, cwd=self.place, env=self.environment, capture_output=True, text=True
        )

    def all(self) -> str:
        """Every step that is a shell's, but the installation; what they said."""
        names = [s["name"] for s in STEPS if "run" in s and s["name"] != "Install"]
        done = [self.step(name) for name in names]
        assert [d.returncode for d in done] == [0] * len(done), [d.stderr for d in done]
        return "".join(d.stdout for d in done)


def test_runs_add_to_one_archive_and_publish_under_the_address_of_the_site(
    origin: Path, tmp_path: Path
) -> None:
    with Server({"/terms": [terms(), terms(ADS)]}) as server:
        first = Run(origin, tmp_path / "first", server, "2025-09-01")
        assert "There is no branch archive yet" in first.all()
        second = Run(origin, tmp_path / "second", server, "2025-09-02")
        assert "Kept on the branch archive" in second.all()
    assert git(origin, "rev-list", "--count", "archive") == "2"
    names = git(origin, "ls-tree", "-r", "--name-only", "archive").splitlines()
    assert names == ["archive.db", "checkpoint"]
    assert git(origin, "rev-list", "--count", "main") == "1", "the code stays light"
    feed = (second.place / "feeds" / "targeted-advertising.xml").read_text()
    assert "personalised ads" in feed
    assert f"{BASE_URL}/changes/harbour/terms@global/20250902T120000Z/" in feed
    assert second.said.read_text() == "workflow enable track.yml --repo someone/terms\n"


def test_a_text_that_cannot_be_fetched_is_a_warning_and_is_kept_and_published(
    origin: Path, tmp_path: Path
) -> None:
    with Server({}) as server:
        said = Run(origin, tmp_path / "run", server, "2025-09-01").all()
    assert "::warning::" in said
    assert "Kept on the branch archive" in said


def test_an_archive_that_was_lost_is_not_begun_anew_in_silence(
    origin: Path, tmp_path: Path
) -> None:
    with Server({"/terms": [terms(), terms(ADS)]}) as server:
        Run(origin, tmp_path / "first", server, "2025-09-01").all()
        run = Run(origin, tmp_path / "second", server, "2025-09-02")
        assert run.step("Restore what was seen before").returncode == 0
        (run.place / "data" / "archive.db").unlink()
        done = run.step("Fetch, publish and notify")
    assert done.returncode == 65
    assert "does not go on from the checkpoint of 1 capture in data/checkpoint" in done.stderr


def test_wrong_declarations_fail_the_run(origin: Path, tmp_path: Path) -> None:
    with Server({}) as server:
        run = Run(origin, tmp_path / "run", server, "2025-09-01")
        (run.place / "data" / "topics.toml").write_text("nonsense")
        assert run.step("Fetch, publish and notify").returncode == 2


def test_the_operators_address_stands(origin: Path, tmp_path: Path) -> None:
    with Server({"/terms": terms()}) as server:
        run = Run(origin, tmp_path / "run", server, "2025-09-01")
        file = run.place / "data" / "settings.toml"
        file.write_text(f'site_url = "https://mine.example/"\n{file.read_text()}')
        run.all()
        assert file.read_text().count("site_url") == 1
        assert "https://mine.example/" in (run.place / "feeds" / "all.xml").read_text()


def test_what_others_push_meanwhile_is_kept_too(origin: Path, tmp_path: Path) -> None:
    with Server({"/terms": [terms(), terms(ADS)]}) as server:
        Run(origin, tmp_path / "first", server, "2025-09-01").all()
        run = Run(origin, tmp_path / "second", server, "2025-09-02")
        for name in ("Restore what was seen before", "Fetch, publish and notify"):
            assert run.step(name).returncode == 0
        other = tmp_path / "other"
        subprocess.run(["git", "clone", "-q", "-b", "archive", str(origin), str(other)], check=True)
        (other / "README.md").write_text("What this branch is.\n")
        git(other, "add", "--all")
        commit(other, "Say what this branch is")
        git(other, "push", "-q", "origin", "archive")
        done = run.step("Keep what was seen")
    assert done.returncode == 0, done.stderr
    assert git(origin, "rev-list", "--count", "archive") == "3"
    names = git(origin, "ls-tree", "-r", "--name-only", "archive").splitlines()
    assert names == ["README.md", "archive.db", "checkpoint"]


def test_two_archives_are_never_made_one_and_none_is_overwritten(
    origin: Path, tmp_path: Path
) -> None:
    with Server({"/terms": [terms(), terms(ADS)]}) as server:
        Run(origin, tmp_path / "first", server, "2025-09-01").all()
        late = Run(origin, tmp_path / "late", server, "2025-09-02")
        for name in ("Restore what was seen before", "Fetch, publish and notify"):
            assert late.step(name).returncode == 0
        Run(origin, tmp_path / "quick", server, "2025-09-03").all()
        before = git(origin, "rev-parse", "archive")
        done = late.step("Keep what was seen")
    assert done.returncode == 1
    assert "Somebody else changed the archive" in done.stderr
    assert git(origin, "rev-parse", "archive") == before


def test_a_remote_that_cannot_be_reached_is_not_taken_for_an_empty_one(
    origin: Path, tmp_path: Path
) -> None:
    with Server({"/terms": terms()}) as server:
        Run(origin, tmp_path / "first", server, "2025-09-01").all()
        run = Run(origin, tmp_path / "run", server, "2025-09-02")
    origin.rename(tmp_path / "away")
    done = run.step("Restore what was seen before")
    assert done.returncode == 1
    assert not (run.place / "data" / "archive.db").exists()


def test_what_is_there_is_not_restored_over(origin: Path, tmp_path: Path) -> None:
    with Server({"/terms": terms()}) as server:
        run = Run(origin, tmp_path / "run", server, "2025-09-01")
        run.all()
        assert run.step("Restore what was seen before").returncode == 1
        assert "Nothing was seen" in run.step("Keep what was seen").stdout


# ── the recipes of the README ─────────────────────────────────────────────────────


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    parts = re.split(r"^# \S*/(tracker\.\w+)\n", in_readme("ini", "OnCalendar"), flags=re.MULTILINE)
    units = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert set(units) == {"tracker.service", "tracker.timer"}
    (tmp_path / "tracker").write_text("#!/bin/sh\n")
    (tmp_path / "tracker").chmod(0o755)
    for name, text in units.items():
        (tmp_path / name).write_text(re.sub(r"/\S*/bin/tracker", str(tmp_path / "tracker"), text))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.glob("tracker.*")))],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "tracker." not in done.stderr, done.stderr
    calendar = re.search(r"^OnCalendar=(.*)$", units["tracker.timer"], re.MULTILINE)
    assert calendar
    checked = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=2", calendar[1]], capture_output=True
    )
    assert checked.returncode == 0


def test_the_container_recipe_uses_what_is_there() -> None:
    text = in_readme("dockerfile", "FROM")
    (command,) = re.findall(r"^ENTRYPOINT (\[.*\])$", text, re.MULTILINE)
    assert json.loads(command)[0] == "tracker"
    for source in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE):
        for name in source.split():
            assert (ROOT / name).exists(), name
