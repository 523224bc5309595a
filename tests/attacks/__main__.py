"""Prints what each vector costs at its size, twice and four times that."""

from __future__ import annotations

import argparse
import sys

from tests.attacks.measure import cost
from tests.attacks.vectors import VECTORS

_LARGEST = 16 * 1024 * 1024 - 200


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--size", type=int, default=100_000, help="characters (default: 100,000)")
    parser.add_argument("--seconds", type=int, default=60, help="stop a page after so many")
    parser.add_argument("--full", action="store_true", help="pages of 16 MiB, once each")
    arguments = parser.parse_args()
    sizes = [_LARGEST] if arguments.full else [arguments.size * n for n in (1, 2, 4)]
    for name in arguments.names or VECTORS:
        costs = [cost(VECTORS[name], size, arguments.seconds) for size in sizes]
        sys.stdout.write(f"{name:32} {'  |  '.join(map(str, costs))}\n")
        sys.stdout.flush()
    return 0


sys.exit(main())
