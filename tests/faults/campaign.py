"""The campaign: scenarios, faults, and the laws that hold after each of them."""

from __future__ import annotations

import ctypes
import hashlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.samples import ADS, declare, terms
from tests.servers import Server, page
from tracker.archive.store import Archive
from tracker.cli import main

KINDS = {"kill": 1, "torn write": 2, "no space": 3, "I/O error": 4, "full disk": 5}
_LONG_BEFORE = "2025-08-30T12:00Z"
_BEFORE, _AT, _AFTER = "2025-09-01T12:00Z", "2025-09-03T12:00Z", "2025-09-05T12:00Z"


@dataclass(frozen=True)
class Done:
    """How a command ended: its exit code (negative for a signal), and what it said."""

    code: int
    out: str
    err: str
    operations: int


@dataclass(frozen=True)
class Scenario:
    """A command to be stopped, and the folder it starts from."""

    name: str
    start: Path
    arguments: tuple[str, ...]


@dataclass
class Report:
    """What was tried and what came of it."""

    operations: dict[str, int] = field(default_factory=dict)
    points: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    #: How many faults left files that an earlier one had left too, and that were sound.
    known_states: int = 0
    acknowledged: int = 0
    lost: int = 0

    def __str__(self) -> str:
        return json.dumps(vars(self), indent=1, default=dict)


class Campaign:
    """Runs commands in forked processes whose file operations can be made to fail."""

    def __init__(self, shim: ctypes.CDLL, folder: Path) -> None:
        self.shim = shim
        self.folder = folder
        self.report = Report()
        Ed25519PrivateKey.generate = lambda: _KEY  # type: ignore[method-assign]
        self.host = _serve()
        self.scenarios = list(self._scenarios())
        self.sound: set[tuple[str, str]] = set()
        self._warm()

    # ── scenarios ─────────────────────────────────────────────────────────────────

    def _scenarios(self) -> Iterator[Scenario]:
        bare, seen = self.folder / "bare", self.folder / "seen"
        pages = {"Terms": f"http://{self.host}/terms", "Cookies": f"http://{self.host}/cookies"}
        declare(bare, pages)
        fetch = ("fetch", "--force", "--allow-host", self.host)
        yield Scenario("first run", bare, ("--now", _AT, "run", *fetch[1:]))
        shutil.copytree(bare, seen)
        for day in (_LONG_BEFORE, _BEFORE):  # two publications, so that the next has a spare
            self._must(seen, "--now", day, "run", *fetch[1:])
        yield Scenario("fetch", seen, ("--now", _AT, *fetch))
        fetched = Path(shutil.copytree(seen, self.folder / "fetched"))
        self._must(fetched, "--now", _AT, *fetch)
        yield Scenario("publish", fetched, ("publish",))
        repository = _repository(self.folder / "repository")
        yield Scenario("import", seen, ("import", "versions", str(repository)))
        copy = self.folder / "backup.db"
        self._must(fetched, "backup", str(copy))
        yield Scenario("restore", seen, ("--now", _AT, "restore", str(copy)))

    def _must(self, root: Path, *arguments: str) -> None:
        done = self.run(root, arguments)
        assert done.code == 0, (arguments, done)

    def _warm(self) -> None:
        """Let this process load and compile all it needs, so that no forked one has to."""
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            for scenario in self.scenarios:
                root = str(self._fresh(scenario))
                for arguments in (scenario.arguments, ("publish",), ("verify",)):
                    _in_this_process(["--root", root, *arguments])

    # ── faults ────────────────────────────────────────────────────────────────────

    def every_point(self, most: int | None, part: int, parts: int) -> None:
        """Let each operation of each scenario fail in each way; about `most` of these.

        Of several processes that share the work, this one is `part` of `parts`.
        """
        self.report.operations = {s.name: self._operations(s) for s in self.scenarios}
        jobs = [
            (scenario, kind, number)
            for scenario in self.scenarios
            for kind in KINDS
            for number in range(1, self.report.operations[scenario.name] + 1)
        ]
        # An even spread, but not always the same points: the step shares no factor with runs.
        step = 1 if most is None else max(1, len(jobs) // most)
        chosen = jobs[random.Random().randrange(step) :: step][part - 1 :: parts]
        for scenario, kind, number in chosen:
            root = self._fresh(scenario)
            done = self.run(root, scenario.arguments, number, KINDS[kind])
            self.report.points[f"{scenario.name}: {kind}"] += 1
            self._judge(root, scenario, done, f"{scenario.name}, {kind} at {number}")
            self._tell(len(chosen))

    def random_kills(self, number: int) -> None:
        """SIGKILL at random moments of each scenario in turn."""
        times = {s.name: self._seconds(s) for s in self.scenarios}
        chance = random.Random()
        for n in range(number):
            scenario = self.scenarios[n % len(self.scenarios)]
            after = chance.uniform(0, times[scenario.name] * 1.1)
            root = self._fresh(scenario)
            done = self.run(root, scenario.arguments, kill_after=after)
            self.report.points[f"{scenario.name}: random kill"] += 1
            self._judge(root, scenario, done, f"{scenario.name}, killed after {after:.4f} s")
            self._tell(number)

    def _tell(self, all_: int) -> None:
        """Say now and then how far it has come, as a campaign takes an hour."""
        report, done = self.report, sum(self.report.points.values())
        if done % 100 == 0:
            sys.stderr.write(
                f"{done} of {all_}: {dict(report.outcomes)}, {report.acknowledged} acknowledged, "
                f"{report.lost} lost, {len(report.violations)} violations\n"
            )

    def _operations(self, scenario: Scenario) -> int:
        done = self.run(self._fresh(scenario), scenario.arguments)
        assert done.code == 0, (scenario.name, done)
        return done.operations

    def _seconds(self, scenario: Scenario) -> float:
        root = self._fresh(scenario)
        start = time.monotonic()
        self.run(root, scenario.arguments)
        return time.monotonic() - start

    def _fresh(self, scenario: Scenario) -> Path:
        root = self.folder / "root"
        shutil.rmtree(root, ignore_errors=True)
        return Path(shutil.copytree(scenario.start, root))

    # ── laws ──────────────────────────────────────────────────────────────────────

    def _judge(self, root: Path, scenario: Scenario, done: Done, name: str) -> None:
        """What must hold after a fault, whatever it was and wherever it came."""
        self.report.outcomes[_ended(done)] += 1
        problems = list(self._broken_laws(root, scenario, done))
        self.report.violations += [f"{name}: {problem}" for problem in problems]

    def _broken_laws(self, root: Path, scenario: Scenario, done: Done) -> Iterator[str]:
        said = done.out + done.err
        if (
            "Traceback" in said
            or "report it" in said
            or done.code not in {0, 1, 2, -signal.SIGKILL}
        ):
            yield f"ended with {done.code}: {done.err[-600:]}"
        if done.code in {1, 2} and not done.err.strip() and "REFUSED" not in done.out:
            yield f"failed without a sentence: {done.out}"
        yield from self._lost(root, scenario, done)
        # All that follows is decided by the files; many faults leave the very same ones.
        state = scenario.name, _digest(root)
        if state in self.sound:
            self.report.known_states += 1
            return
        problems = list(self._broken_later(root, scenario))
        if not problems:
            self.sound.add(state)
        yield from problems

    def _broken_later(self, root: Path, scenario: Scenario) -> Iterator[str]:
        yield from self._unverified(root, "right after")
        after = self.run(root, ("--now", _AFTER, "run", "--force", "--allow-host", self.host))
        if after.code != 0:
            yield f"the next run failed: {after.out} {after.err[-600:]}"
        if scenario.name == "import":
            again = self.run(root, scenario.arguments)
            if again.code != 0:
                yield f"the import could not be gone on with: {again.err}"
            self.run(root, ("publish",))
        yield from self._unverified(root, "after the next run")
        left = [p.name for p in root.iterdir() if p.name not in _OURS]
        left += [p.name for p in (root / "data").iterdir() if p.name.startswith(".archive")]
        if left and scenario.name != "restore":
            yield f"left behind: {left}"
        if "0 of " not in self.run(root, ("publish",)).out:
            yield "a second publication changed something"

    def _lost(self, root: Path, scenario: Scenario, done: Done) -> Iterator[str]:
        """What was said to be recorded or published, and is not."""
        with Archive(root / "data" / "archive.db") as archive:
            captures = archive.captures()
        kept = {(c.document, f"{c.time:%Y-%m-%d}") for c in captures}
        acknowledged = [
            (line.split()[0], _AT[:10]) for line in done.out.splitlines() if "  good" in line
        ]
        self.report.acknowledged += len(acknowledged)
        lost = [one for one in acknowledged if one not in kept]
        self.report.lost += len(lost)
        if lost:
            yield f"lost {lost}"
        with Archive(scenario.start / "data" / "archive.db") as archive:
            before = archive.captures()
        if captures[: len(before)] != before:
            self.report.lost += 1
            yield "what was recorded before is not there any more"
        if "files changed" in done.out and not (root / "feeds" / "all.xml").exists():
            yield "what was said to be published is not there"

    def _unverified(self, root: Path, when: str) -> Iterator[str]:
        done = self.run(root, ("verify",))
        if done.code != 0:
            yield f"not whole {when}: {done.out[-800:]} {done.err[-400:]}"

    # ── processes ─────────────────────────────────────────────────────────────────

    def run(
        self,
        root: Path,
        arguments: Sequence[str],
        number: int = 0,
        kind: int = 0,
        kill_after: float | None = None,
    ) -> Done:
        """Run a command in a process of its own; its `number`-th operation fails."""
        out, err = (os.open(self.folder / name, _REPLACED, 0o600) for name in ("out", "err"))
        seen_out, seen_in = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(out, 1)
            os.dup2(err, 2)
            self.shim.fault_arm(os.fsencode(root), number, kind)
            code = _in_this_process(["--root", str(root), *arguments])
            self.shim.fault_arm(b"", 0, 0) if number else None
            os.write(seen_in, b"%d" % self.shim.fault_seen())
            os._exit(code)
        os.close(seen_in)
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        operations = int(os.read(seen_out, 20) or 0)
        for handle in (out, err, seen_out):
            os.close(handle)
        said = [(self.folder / name).read_text(errors="replace") for name in ("out", "err")]
        return Done(os.waitstatus_to_exitcode(status), said[0], said[1], operations)


#: A first run makes a key by chance; here always this one, so that equal faults leave equal files.
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_OURS = {"data", "feeds", ".cache", ".feeds.spare"}
_REPLACED = os.O_RDWR | os.O_CREAT | os.O_TRUNC


def _in_this_process(arguments: list[str]) -> int:
    """The exit code of a command, as Python would give it to the system."""
    try:
        main(arguments, prog_name="tracker")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - it is what is looked for
        traceback.print_exc()
        return 70
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _digest(root: Path) -> str:
    """Digest the names, contents and links of all files in a folder."""
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.name == "lock":  # holds the number of a process that is gone
            continue
        known = str(path.relative_to(root)).encode()
        content = os.fsencode(path.readlink()) if path.is_symlink() else b""
        content = path.read_bytes() if path.is_file() else content
        whole.update(b"%d %s %d %s" % (len(known), known, len(content), content))
    return whole.hexdigest()


def _ended(done: Done) -> str:
    if done.code < 0:
        return "killed"
    return {0: "completed", 1: "left with a sentence", 2: "left with a sentence"}.get(
        done.code, f"exit {done.code}"
    )


def _serve() -> str:
    """Serve the pages from a process of its own, so that ours has no threads when it forks."""
    told, tell = os.pipe()
    if os.fork() == 0:
        os.close(told)
        server = Server({"/terms": page(terms(ADS)), "/cookies": page(terms())})
        os.write(tell, server.entry.encode())
        os.close(tell)
        parent = os.getppid()
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)
    os.close(tell)
    with os.fdopen(told) as line:
        return line.read()


def _repository(folder: Path) -> Path:
    """An Open Terms Archive repository of three versions."""
    environment = os.environ | {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        **{f"GIT_{who}_{what}": f"x{at}" for who in ("AUTHOR", "COMMITTER")
           for what, at in (("NAME", ""), ("EMAIL", "@x.example"))},
    }  # fmt: skip

    def git(*arguments: str, **more: str) -> None:
        command = ["git", "-C", str(folder), *arguments]
        subprocess.run(command, check=True, capture_output=True, env=environment | more)

    (folder / "Harbour").mkdir(parents=True)
    git("init", "-q")
    for n in range(3):
        text = f"# Privacy\n\nWe keep your name for {n + 2} years and tell nobody.\n"
        (folder / "Harbour" / "Privacy Policy.md").write_text(text)
        git("add", ".")
        when = f"2024-0{n + 1}-01T12:00:00Z"
        git("commit", "-qm", "Record", GIT_COMMITTER_DATE=when, GIT_AUTHOR_DATE=when)
    return folder
