"""`python -m tests.edits [--seeds N] [--engine NAME]`: the table of bars, with counts."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable

from tests.edits.cases import Case, cases
from tests.edits.engines import ENGINES
from tests.edits.growth import growth
from tests.edits.sweep import sweep
from tests.edits.texts import invented, real
from tests.edits.truth import Score, score

_HEAD = (
    f"{'':34}{'cases':>6}{'exact':>7}{'pair F1':>18}{'clause P':>18}{'clause R':>18}{'move R':>16}"
    f"{'move P':>16}{'words':>24}{'chaff':>18}{'cut':>5}"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.edits", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how many times over (default: 1)")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--engine", choices=list(ENGINES), action="append")
    parser.add_argument("--texts", choices=("invented", "real"), action="append")
    parser.add_argument("--each", action="store_true", help="a line for every operator")
    parser.add_argument("--sweep", action="store_true", help="how far a clause may be rewritten")
    parser.add_argument("--growth", action="store_true", help="what larger texts cost")
    options = parser.parse_args()
    if options.growth:
        _write(growth())
        return 0
    engines = options.engine or list(ENGINES)
    kinds = options.texts or ["invented", "real"]
    seeds = range(options.first, options.first + options.seeds)
    for kind in kinds:
        bases = invented() if kind == "invented" else real()
        if not bases:
            sys.stdout.write("The reference corpus is not here: no real texts.\n")
            continue
        if options.sweep:
            rows = sweep(bases, 6)
            _write(f"{kind:10}{way:10}{share:4}{right:5} of {n}" for way, share, right, n in rows)
            continue
        found = list(cases(bases, seeds))
        sys.stdout.write(f"\n{len(found)} edits of {len(bases)} {kind} texts\n{_HEAD}\n")
        for engine in engines:
            _print(engine, found, each=options.each)
    return 0


def _write(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _print(engine: str, found: Iterable[Case], *, each: bool) -> None:
    total = Score()
    parts: defaultdict[str, Score] = defaultdict(Score)
    for c in found:
        one = score(c.truth, ENGINES[engine](c.before, c.after))
        total += one
        parts["noisy" if c.noisy else "quiet"] += one
        parts[c.name] += one
    sys.stdout.write(_line(engine, total))
    for name, part in parts.items() if each else ():
        sys.stdout.write(_line(f"  {name}", part))
    sys.stdout.flush()


def _line(name: str, s: Score) -> str:
    def of(share: float, part: int, whole: int) -> str:
        return f"{share:.3f} {part}/{whole}"

    return (
        f"{name:34}{s.cases:>6}{s.exact:>7}"
        f"{of(s.pair_f1, s.pairs_right, s.pairs):>18}"
        f"{of(s.clause_precision, s.clauses_right, s.clauses_claimed):>18}"
        f"{of(s.clause_recall, s.clauses_right, s.clauses):>18}"
        f"{of(s.move_recall, s.moves_found, s.moves):>16}"
        f"{of(s.move_precision, s.moved_right, s.moved_claimed):>16}"
        f"{of(s.inflation, s.words_claimed, s.words):>24}"
        f"{of(s.chaff, s.stranded, s.hunks):>18}{s.cut_words:>5}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
