"""What a command costs, and the peers it is compared with, each in an environment of its own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Where the peers live; a benchmark may be repeated without installing them again.
PEERS = Path(os.environ.get("TRACKER_PEERS", Path.home() / ".cache" / "terms-tracker-peers"))
ROUNDS = 3
#: With bytecode at hand, as every installed program has it, wherever this checkout may write.
ENVIRONMENT = {
    **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONPYCACHEPREFIX": str(PEERS / "bytecode"),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds (user and system, with children) and peak memory in MB of one process."""

    seconds: float
    megabytes: float


def cost(command: Sequence[str], cwd: Path | None = None, ok: Sequence[int] = (0,)) -> Cost:
    """Run a command to its end. Raises RuntimeError with its last words when it fails."""
    with subprocess.Popen(
        command, cwd=cwd, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ok:
        raise RuntimeError(f"{command}: {said.decode('utf-8', 'replace')[-2000:]}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(c.seconds for c in costs), statistics.median(c.megabytes for c in costs)
    )


def repeated(run: Callable[[], Cost], rounds: int = ROUNDS) -> Cost:
    """The median of some runs."""
    return median([run() for _ in range(rounds)])


def tracker(root: Path, *arguments: str, now: str = "2025-01-01T00:00Z") -> list[str]:
    """Our command line, as one would type it."""
    return [sys.executable, "-m", "tracker", "--root", str(root), "--now", now, *arguments]


def peer(package: str, *missing: str) -> Path:
    """The `bin` folder of an environment that has a package from the registry.

    `missing` is what the package needs and does not say.
    """
    home = PEERS / package
    if not (home / "bin" / "python").exists():
        venv.create(home, with_pip=True)
        pip = [str(home / "bin" / "pip"), "install", "-q", package, *missing]
        subprocess.run(pip, check=True)
    return home / "bin"


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"\n### {title}\n", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
