"""Prints what each vector costs at its size, twice and four times that, or at its largest."""

from __future__ import annotations

import argparse
import sys

from tests.attacks.measure import LARGEST, Cost, bound, cost, largest_accepted
from tests.attacks.vectors import VECTORS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--size", type=int, default=100_000, help="characters (default: 100,000)")
    parser.add_argument("--seconds", type=int, default=60, help="stop a page after so many")
    parser.add_argument("--full", action="store_true", help="pages as large as may be")
    parser.add_argument("--letters", type=int, help="as large as a text of so many may be")
    arguments = parser.parse_args()
    if arguments.letters:
        bound(arguments.letters)
    found: dict[str, list[Cost]] = {}
    for name in arguments.names or VECTORS:
        sizes = [arguments.size * n for n in (1, 2, 4)]
        if arguments.letters:
            sizes = [largest_accepted(VECTORS[name])]
        elif arguments.full:
            sizes = sorted({LARGEST, largest_accepted(VECTORS[name])}, reverse=True)
        found[name] = [cost(VECTORS[name], size, arguments.seconds) for size in sizes]
        shown = (f"{size:9,}: {one}" for size, one in zip(sizes, found[name], strict=True))
        sys.stdout.write(f"{name:32} {'  |  '.join(shown)}\n")
        sys.stdout.flush()
    _worst(found)
    return 0


def _worst(found: dict[str, list[Cost]]) -> None:
    costs = [(name, one) for name, costs in found.items() for one in costs]
    slowest = max(costs, key=lambda pair: pair[1].whole)
    fattest = max(costs, key=lambda pair: pair[1].mebibytes)
    sys.stdout.write(f"\nthe most time:   {slowest[1].whole:.1f} s ({slowest[0]})\n")
    sys.stdout.write(f"the most memory: {fattest[1].mebibytes:.0f} MiB ({fattest[0]})\n")


sys.exit(main())
