"""`python -m tests.evaluation [--raise-floors]`: the table, then every miss and false alarm."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.corpus import CORPUS
from tests.evaluation.figures import Figure, figures, figures_of_services
from tests.evaluation.floors import below, measured, pinned, raise_to


def main() -> int:
    """Prints the evaluation; exit status 1 when a figure is under its floor, 2 without labels."""
    if not CORPUS.is_dir():
        print(f"The reference corpus is not at {CORPUS}; name its folder in TRACKER_CORPUS.")
        return 2
    with tempfile.TemporaryDirectory() as root:
        found = (*figures(Path(root, "ours")), *figures_of_services(Path(root, "services")))
    _print(found)
    now = measured(found)
    under = below(now, pinned())
    for line in under:
        print(f"UNDER ITS FLOOR  {line}")
    if "--raise-floors" in sys.argv[1:] and not under:
        raise_to(now)
        print("The floors are raised to these figures.")
    return 1 if under else 0


def _print(found: tuple[Figure, ...]) -> None:
    width = max(len(f.name) for f in found)
    for figure in found:
        print(f"{figure.name:<{width}}  {figure.score}")
    for figure in found:
        if figure.wrong:
            print(f"\n{figure.name}: {len(figure.wrong)} wrong")
            for line in figure.wrong:
                print(f"  {' '.join(line.split())}")


if __name__ == "__main__":
    sys.exit(main())
