"""Builds the shim, starts again with it, and runs the campaign."""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

_SHIM = "TRACKER_FAULT_SHIM"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--points", type=int, help="about so many points (default: every one)")
    parser.add_argument("--kills", type=int, default=0, help="so many random kills instead")
    parser.add_argument("--part", default="1/1", help="this process's share, such as 2/2")
    arguments = parser.parse_args()
    part, parts = map(int, arguments.part.split("/"))
    if _SHIM not in os.environ:
        return _again_with_shim()
    from tests.faults.campaign import Campaign

    with tempfile.TemporaryDirectory(prefix="tracker-faults-", dir=_fast()) as folder:
        campaign = Campaign(ctypes.CDLL(os.environ[_SHIM]), Path(folder).resolve())
        with suppress(KeyboardInterrupt):  # what was tried until then is reported
            if arguments.kills:
                campaign.random_kills(arguments.kills)
            else:
                campaign.every_point(arguments.points, part, parts)
    sys.stdout.write(f"{campaign.report}\n")
    return 1 if campaign.report.violations else 0


def _fast() -> str | None:
    """Memory in place of a disk: a killed process is told apart from nothing by a slow fsync."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2**26 else None


def _again_with_shim() -> int:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        sys.stderr.write("there is no C compiler\n")
        return 69
    with tempfile.TemporaryDirectory(prefix="tracker-shim-") as folder:
        library = Path(folder) / "shim.so"
        source = Path(__file__).with_name("shim.c")
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"]
        subprocess.run(command, check=True)
        environment = os.environ | {"LD_PRELOAD": str(library), _SHIM: str(library)}
        command = [sys.executable, "-m", "tests.faults", *sys.argv[1:]]
        return subprocess.run(command, env=environment, check=False).returncode


sys.exit(main())
