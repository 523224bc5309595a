"""A real Dask cluster of this machine, for tests and measurements."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Cluster:
    """A Dask scheduler with two workers, each a process of its own on loopback."""

    def __init__(self, folder: Path) -> None:
        import distributed  # an extra

        file = folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        self._started = [self._start("scheduler", *options, "--scheduler-file", str(file))]
        wait_for(file.exists)
        self._client: Any = distributed.Client(scheduler_file=str(file), set_as_default=False)
        self.address: str = self._client.scheduler.address
        for name in ("one", "two"):
            self._started.append(self._worker(name))
        self._client.wait_for_workers(2, timeout=60)

    def _start(self, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _worker(self, name: str) -> subprocess.Popen[bytes]:
        options = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--name", name]
        return self._start("worker", self.address, *options, "--host", "127.0.0.1")

    def kill_one_at_work(self) -> None:
        """SIGKILL the second worker as soon as it has something to do."""
        found = self._client.scheduler_info()["workers"]
        (second,) = (address for address, told in found.items() if told["id"] == "two")
        wait_for(lambda: bool(self._client.processing().get(second)))
        self._started[2].kill()

    def close(self) -> None:
        self._client.close()
        for process in self._started:
            process.kill()
            process.wait()


def wait_for(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)
