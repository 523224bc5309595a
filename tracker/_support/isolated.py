"""Work in a process of its own, with bounds that even compiled code cannot escape.

A foreign file may make a library loop, fill the memory or crash; here that ends a child that
holds nothing. What comes back depends on nothing but what went in, so the caller stays pure.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

#: What a child may use: processor seconds, and bytes of memory.
SECONDS = 30
MEMORY = 1024 * 2**20
#: On a busy machine the same work takes longer by the clock.
_PATIENCE = 10


class Lost(Exception):
    """A child that gave no answer: it ran out of its bounds, or crashed."""


def isolated(module: str, given: bytes) -> bytes:
    """Return what `python -m module` answers to `given` on its standard input.

    Raises:
        Lost: It gave no answer.
    """
    # The child finds what this process finds, wherever it was started.
    places = {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONSAFEPATH": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            input=given,
            capture_output=True,
            env=os.environ | places,
            timeout=SECONDS * _PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Lost(str(error)) from error
    if done.returncode:
        raise Lost(f"exit {done.returncode}")
    return done.stdout


def answer(work: Callable[[bytes], bytes]) -> None:
    """Be such a child: confine this process, and answer what is on standard input."""
    _confine()
    sys.stdout.buffer.write(work(sys.stdin.buffer.read()))


def _confine() -> None:
    try:
        import resource
    except ImportError:  # Windows, where only the time by the clock is limited
        return
    for kind, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEMORY)):
        hard = resource.getrlimit(kind)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
