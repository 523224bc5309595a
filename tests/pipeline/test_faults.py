"""A sample of the fault campaign (see tests/faults): nothing is lost, wherever a run is stopped."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="faults are injected on Linux only"),
    pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler for the shim"),
]


def campaign(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.faults", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_a_fault_at_any_write_loses_nothing() -> None:
    report = campaign("--points", "30")
    assert report["violations"] == []
    assert report["lost"] == 0
    assert report["acknowledged"] > 0
    assert report["outcomes"]["killed"] > 3
    assert report["outcomes"]["left with a sentence"] > 3
    assert min(report["operations"].values()) > 20


def test_a_kill_at_any_moment_loses_nothing() -> None:
    report = campaign("--kills", "15")
    assert report["violations"] == []
    assert report["lost"] == 0
    assert report["outcomes"]["killed"] > 2  # the others had ended before
