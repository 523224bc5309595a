"""`python -m tests.benchmarks [NAME…]`: measures, and prints a table for each benchmark."""

from __future__ import annotations

import importlib
import sys

NAMES = ("unchanged", "redline", "extraction", "importing", "hourly", "cluster", "growth", "large")


def main(wanted: list[str]) -> None:
    unknown = set(wanted) - set(NAMES)
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; known: {', '.join(NAMES)}.")
    for name in wanted or NAMES:
        print(importlib.import_module(f"tests.benchmarks.{name}").main(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
