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


#: Starts a command and says what it cost. A process begins with the peak memory of the one that
#: started it, so a small one does.
_STARTER = """
import os, sys
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
os.write(int(sys.argv[1]), f"{used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}".encode())
sys.exit(os.waitstatus_to_exitcode(status))
"""


def cost(command: Sequence[str], cwd: Path | None = None, ok: Sequence[int] = (0,)) -> Cost:
    """Run a command to its end. Raises RuntimeError with its last words when it fails."""
    told, tell = os.pipe()
    started = [sys.executable, "-S", "-E", "-c", _STARTER, str(tell), *command]
    done = subprocess.run(
        started, cwd=cwd, env=ENVIRONMENT, pass_fds=[tell], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    os.close(tell)
    with os.fdopen(told) as pipe:
        used = pipe.read().split()
    if done.returncode not in ok:
        raise RuntimeError(f"{command}: {done.stdout.decode('utf-8', 'replace')[-2000:]}")
    return Cost(*map(float, used))


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
