"""Where an instance lives: the scheduled workflow, run step by step, and the guide's recipes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import samples
from tests.samples import ADS, example
from tests.servers import Server, page
from tracker.evidence import make_key

yaml = pytest.importorskip("yaml", reason="PyYAML, which comes with apprise, is not installed")

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BASE_URL = "https://someone.example/terms"


def terms(extra: str = "") -> bytes:
    return page(samples.terms(extra))


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))


TRACK = loaded("track.yml")
JOBS = TRACK["jobs"]
STEPS = [step for job in JOBS.values() for step in job["steps"]]


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
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "site": {"pages": "read"},
        "fetch": {"contents": "read"},
        "publish": {"contents": "read"},
        "keep": {"contents": "write"},
        "deploy": {"id-token": "write", "pages": "write"},
        "schedule": {"actions": "write"},
    }


def test_no_job_that_reads_pages_may_change_anything() -> None:
    for name, job in JOBS.items():
        reads = any("tracker " in step.get("run", "") for step in job["steps"])
        assert reads == (name in {"fetch", "publish"}), name
        if reads:
            assert "write" not in job["permissions"].values()
            installed = [s["run"] for s in job["steps"] if s.get("name") == "Install"]
            assert installed == [".github/install"]
    secrets = [name for name, job in JOBS.items() if "secrets." in json.dumps(job)]
    assert secrets == ["publish"], "no secret is where pages come in"


def test_no_token_is_left_in_a_checkout() -> None:
    checkouts = [step for step in STEPS if "actions/checkout@" in step.get("uses", "")]
    assert len(checkouts) == 3
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


def test_the_key_is_in_no_artifact() -> None:
    (upload,) = (s["with"] for s in JOBS["publish"]["steps"] if s.get("with", {}).get("overwrite"))
    assert upload["path"].split() == ["data", "!data/signing.key"]


def test_nothing_is_published_that_was_not_kept_before() -> None:
    assert set(JOBS["deploy"]["needs"]) == {"publish", "keep"}
    assert "if" not in JOBS["deploy"]
    assert set(JOBS["keep"]["needs"]) == {"fetch", "publish"}
    # What was seen is kept also where it could not be published.
    assert JOBS["keep"]["if"] == "${{ !cancelled() && needs.fetch.result == 'success' }}"


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirements(*extras: str) -> list[Requirement]:
    """Return what the package needs, and some of its extras, with those that an extra names."""
    project = PROJECT["project"]
    offered = project["optional-dependencies"]
    wanted = list(map(Requirement, project["dependencies"]))
    for one in (Requirement(text) for extra in extras for text in offered[extra]):
        itself = one.name == project["name"]
        wanted += map(Requirement, (t for e in one.extras for t in offered[e])) if itself else [one]
    return wanted


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", requirements("notify", "sign")),
        ("requirements-test.lock", requirements("test", "lint")),
        (
            "requirements-build.lock",
            [*map(Requirement, PROJECT["build-system"]["requires"]), Requirement("setuptools")],
        ),
    ],
)
def test_what_is_installed_is_known_by_its_hash(lock: str, wanted: list[Requirement]) -> None:
    kept = _locked(lock)
    for requirement in wanted:
        version = kept[canonicalize_name(requirement.name)]
        assert version in requirement.specifier, f"{requirement}: run .github/install lock"


def test_what_is_tested_is_what_an_instance_runs() -> None:
    assert _locked("requirements.lock").items() <= _locked("requirements-test.lock").items()


def test_no_exact_version_is_forced_upon_an_environment() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    pinned = [r for r in requirements(*extras) if "==" in str(r.specifier)]
    assert not pinned, "exact versions are in the locks"


def test_continuous_integration_installs_from_the_lock_before_it_tests() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.index(".github/install test") < script.index('-c "$test_command"')


def _locked(name: str) -> dict[str, str]:
    """The versions in a lock, each of which has to have hashes."""
    text = re.sub(r"(?m)^#.*\n", "", (ROOT / name).read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for entry in re.split(r"(?m)^(?=\S)", text)[1:]:
        match = re.match(r"([\w.-]+)==(\S+)", entry)
        assert match, entry
        assert "--hash=sha256:" in entry, entry
        found[canonicalize_name(match[1])] = match[2]
    return found


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
    """One run of the workflow: each job in a fresh shallow clone, as the runner makes it."""

    def __init__(
        self, origin: Path, place: Path, server: Server, day: str, key: str = "", more: str = ""
    ) -> None:
        self.origin, self.place, self.server, self.more = origin, place, server, more
        self.data = place / "artifact"  # that of the name `data`
        tools = place / "tools"
        tools.mkdir(parents=True)
        self._tool(tools / "tracker", f'exec {sys.executable} -m tracker --now {day}T12:00Z "$@"')
        for name in ("gh", "pip"):
            self._tool(tools / name, f'echo "$@" >> {tools}/{name}.log')
        self.tools = tools
        self.given = {
            "${{ needs.site.outputs.address }}": BASE_URL,
            "${{ needs.fetch.outputs.base }}": "",
            "${{ secrets.SIGNING_KEY }}": key,
            "${{ github.token }}": "",
        }
        self.environment = {
            **os.environ,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GITHUB_REPOSITORY": "someone/terms",
            "GITHUB_OUTPUT": str(place / "output"),
            "ARCHIVE_PAUSE": "0",
        }

    @staticmethod
    def _tool(path: Path, command: str) -> None:
        path.write_text(f"#!/bin/sh\n{command}\n")
        path.chmod(0o755)

    def checkout(self, job: str) -> Path:
        """The clone of a job, made at its first step."""
        place = self.place / job
        if not place.exists():
            address = f"file://{self.origin}"
            subprocess.run(["git", "clone", "-q", "--depth", "1", address, str(place)], check=True)
            samples.declare(place, {"Terms": self.server.url("/terms")})
            settings = f'{self.more}allow_hosts = ["{self.server.entry}"]\n'
            (place / "data" / "settings.toml").write_text(settings)
        return place

    def step(self, job: str, name: str) -> subprocess.CompletedProcess[str]:
        (step,) = (s for s in JOBS[job]["steps"] if s.get("name") == name)
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        given = {name: self.given[value] for name, value in step.get("env", {}).items()}
        return subprocess.run(
            command,
            cwd=self.checkout(job),
            env=self.environment | given,
            capture_output=True,
            text=True,
        )

    def job(self, job: str) -> str:
        """Every step of a job that is a shell's or hands on data; what they said."""
        said = ""
        for step in JOBS[job]["steps"]:
            used, data = step.get("uses", "").split("@")[0], self.checkout(job) / "data"
            if used == "actions/upload-artifact":
                shutil.rmtree(self.data, ignore_errors=True)
                left_out = shutil.ignore_patterns(*re.findall(r"!data/(\S+)", str(step["with"])))
                shutil.copytree(data, self.data, ignore=left_out)
            elif used == "actions/download-artifact":
                shutil.copytree(self.data, data, dirs_exist_ok=True)
            elif "run" in step and step["name"] != "Install":
                done = self.step(job, step["name"])
                assert done.returncode == 0, (step["name"], done.stderr)
                said += done.stdout
        if (self.place / "output").exists():
            base = (self.place / "output").read_text().strip().removeprefix("base=")
            self.given["${{ needs.fetch.outputs.base }}"] = base
        return said

    def all(self, but: str = "") -> str:
        return "".join(self.job(n) for n in ("fetch", "publish", "keep", "schedule") if n != but)

    @property
    def feeds(self) -> Path:
        return self.place / "publish" / "feeds"


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
    assert names == ["archive.db", "checkpoint", "published.jsonl"]
    assert git(origin, "rev-list", "--count", "main") == "1", "the code stays light"
    feed = (second.feeds / "targeted-advertising.xml").read_text()
    assert "personalised ads" in feed
    assert f"{BASE_URL}/changes/harbour/terms@global/20250902T120000Z/" in feed
    said = (second.tools / "gh.log").read_text()
    assert said == "workflow enable track.yml --repo someone/terms\n"


def test_a_text_that_cannot_be_fetched_is_a_warning_and_is_kept_and_published(
    origin: Path, tmp_path: Path
) -> None:
    with Server({}) as server:
        said = Run(origin, tmp_path / "run", server, "2025-09-01").all()
    assert "::warning::" in said
    assert "Kept on the branch archive" in said


def test_a_run_is_red_while_a_text_is_late(origin: Path, tmp_path: Path) -> None:
    with Server({}) as server:
        run = Run(origin, tmp_path / "run", server, "2025-09-01")
        told = tmp_path / "told"
        run.environment["GITHUB_ENV"] = str(told)
        run.job("fetch")
        assert told.read_text() == "LATE=yes\n"
        run.environment["LATE"] = "yes"
        run.step("fetch", "Say whether a text is late")
        assert "late=yes\n" in (run.place / "output").read_text()
        assert JOBS["schedule"]["env"] == {"LATE": "${{ needs.fetch.outputs.late }}"}
        assert JOBS["fetch"]["outputs"]["late"] == "${{ steps.late.outputs.late }}"
        done = run.step("schedule", "Be red while a text is late")
    assert done.returncode == 1
    assert "::error::" in done.stdout


def test_nothing_is_committed_where_nothing_new_was_seen(origin: Path, tmp_path: Path) -> None:
    make_key(tmp_path / "signing.key")
    key = (tmp_path / "signing.key").read_text()
    with Server({"/terms": terms()}) as server:
        Run(origin, tmp_path / "first", server, "2025-09-01", key=key).all()
        second = Run(origin, tmp_path / "second", server, "2025-09-02", key=key)
        assert "Nothing new was seen." in second.job("fetch")
        said = second.job("publish") + second.job("keep")
    assert "Nothing was seen that was not kept already." in said
    assert git(origin, "rev-list", "--count", "archive") == "1"
    first = tmp_path / "first" / "publish" / "feeds" / "status" / "checkpoint"
    assert (second.feeds / "status" / "checkpoint").read_bytes() == first.read_bytes()


def test_an_archive_that_was_lost_is_not_begun_anew_in_silence(
    origin: Path, tmp_path: Path
) -> None:
    with Server({"/terms": [terms(), terms(ADS)]}) as server:
        Run(origin, tmp_path / "first", server, "2025-09-01").all()
        run = Run(origin, tmp_path / "second", server, "2025-09-02")
        assert run.step("fetch", "Restore what was seen before").returncode == 0
        fetched = run.checkout("fetch") / "data"
        (fetched / "archive.db").unlink()
        assert run.step("fetch", "Fetch").returncode == 0
        shutil.copytree(fetched, run.checkout("publish") / "data", dirs_exist_ok=True)
        done = run.step("publish", "Publish")
    assert done.returncode == 65
    assert "does not go on from the checkpoint of 1 capture in data/checkpoint" in done.stderr


def test_wrong_topics_fail_the_publication(origin: Path, tmp_path: Path) -> None:
    with Server({}) as server:
        run = Run(origin, tmp_path / "run", server, "2025-09-01")
        (run.checkout("fetch") / "data" / "topics.toml").write_text("nonsense")
        assert "::warning::" in run.job("fetch")
        shutil.copytree(run.data, run.checkout("publish") / "data", dirs_exist_ok=True)
        done = run.step("publish", "Publish")
    assert done.returncode == 1
    assert "topics.toml" in done.stderr


def test_the_operators_address_stands(origin: Path, tmp_path: Path) -> None:
    mine = 'site_url = "https://mine.example/"\n'
    with Server({"/terms": terms()}) as server:
        run = Run(origin, tmp_path / "run", server, "2025-09-01", more=mine)
        run.all()
        assert (run.data / "settings.toml").read_text().count("site_url") == 1
        assert "https://mine.example/" in (run.feeds / "all.xml").read_text()


def test_a_key_of_the_repository_signs_every_run_and_leaves_no_trace(
    origin: Path, tmp_path: Path
) -> None:
    pytest.importorskip("cryptography")
    make_key(tmp_path / "signing.key")
    key, signers = (tmp_path / "signing.key").read_text().strip(), set()
    with Server({"/terms": [terms(), terms(ADS)]}) as server:
        for day in ("2025-09-01", "2025-09-02"):
            run = Run(origin, tmp_path / day, server, day, key)
            said = run.all()
            signers.add((run.feeds / "status" / "key").read_text())
            assert key not in said
            assert not list(run.place.rglob("signing.key"))
            assert not (run.tools / "pip.log").exists()
    assert len(signers) == 1
    assert "signing.key" not in git(origin, "ls-tree", "-r", "--name-only", "archive")


def test_without_a_key_of_the_repository_nothing_is_signed(origin: Path, tmp_path: Path) -> None:
    with Server({"/terms": terms()}) as server:
        run = Run(origin, tmp_path / "run", server, "2025-09-01")
        assert "checkpoints are not signed" in run.all()
    assert "uninstall" in (run.tools / "pip.log").read_text()
    assert "cryptography" in (run.tools / "pip.log").read_text()


def test_what_was_seen_is_kept_where_it_could_not_be_published(
    origin: Path, tmp_path: Path
) -> None:
    with Server({"/terms": terms()}) as server:
        assert "Kept on the branch" in Run(origin, tmp_path / "run", server, "2025-09-01").all(
            but="publish"
        )
    assert git(origin, "ls-tree", "-r", "--name-only", "archive") == "archive.db"


def test_what_others_push_meanwhile_is_kept_too(origin: Path, tmp_path: Path) -> None:
    with Server({"/terms": [terms(), terms(ADS)]}) as server:
        Run(origin, tmp_path / "first", server, "2025-09-01").all()
        run = Run(origin, tmp_path / "second", server, "2025-09-02")
        run.job("fetch")
        other = tmp_path / "other"
        subprocess.run(["git", "clone", "-q", "-b", "archive", str(origin), str(other)], check=True)
        (other / "README.md").write_text("What this branch is.\n")
        git(other, "add", "--all")
        commit(other, "Say what this branch is")
        git(other, "push", "-q", "origin", "archive")
        run.job("keep")
    assert git(origin, "rev-list", "--count", "archive") == "3"
    names = git(origin, "ls-tree", "-r", "--name-only", "archive").splitlines()
    assert names == ["README.md", "archive.db", "checkpoint", "published.jsonl"]


@pytest.mark.parametrize("begun", [True, False])
def test_two_archives_are_never_made_one_and_none_is_overwritten(
    origin: Path, tmp_path: Path, begun: bool
) -> None:
    with Server({"/terms": [terms(), terms(ADS)]}) as server:
        if begun:
            Run(origin, tmp_path / "first", server, "2025-09-01").all()
        late = Run(origin, tmp_path / "late", server, "2025-09-02")
        late.job("fetch")
        Run(origin, tmp_path / "quick", server, "2025-09-03").all()
        before = git(origin, "rev-parse", "archive")
        shutil.copytree(late.data, late.checkout("keep") / "data", dirs_exist_ok=True)
        done = late.step("keep", "Keep what was seen")
    assert done.returncode == 1
    assert "Somebody else changed the archive" in done.stderr
    assert git(origin, "rev-parse", "archive") == before


def test_a_remote_that_cannot_be_reached_is_not_taken_for_an_empty_one(
    origin: Path, tmp_path: Path
) -> None:
    with Server({"/terms": terms()}) as server:
        Run(origin, tmp_path / "first", server, "2025-09-01").all()
        run = Run(origin, tmp_path / "run", server, "2025-09-02")
        place = run.checkout("fetch")
    origin.rename(tmp_path / "away")
    done = run.step("fetch", "Restore what was seen before")
    assert done.returncode == 1
    assert not (place / "data" / "archive.db").exists()


def test_what_is_there_is_not_restored_over(origin: Path, tmp_path: Path) -> None:
    with Server({"/terms": terms()}) as server:
        run = Run(origin, tmp_path / "run", server, "2025-09-01")
        run.all()
        assert run.step("fetch", "Restore what was seen before").returncode == 1
        assert "Nothing was seen" in run.step("keep", "Keep what was seen").stdout


# ── the recipes of the guide ─────────────────────────────────────────────────────


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    parts = re.split(r"^# \S*/(tracker\.\w+)\n", example("ini", "OnCalendar"), flags=re.MULTILINE)
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
    text = example("dockerfile", "FROM")
    (command,) = re.findall(r"^ENTRYPOINT (\[.*\])$", text, re.MULTILINE)
    assert json.loads(command)[0] == "tracker"
    for source in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE):
        for name in source.split():
            assert (ROOT / name).exists(), name
