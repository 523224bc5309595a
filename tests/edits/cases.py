"""Cases: a text, the edits made on it, and what is true of them. The same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from tests.edits import prose
from tests.edits.blocks import Block, clauses, original
from tests.edits.operators import OPERATORS, Draft, noise
from tests.edits.truth import Truth, truth_of
from tracker.model import Clause

MIXTURES = {"light": 3, "medium": 10, "heavy": 30}


@dataclass(frozen=True, slots=True)
class Case:
    """`name` is an operator or a mixture."""

    name: str
    base: str
    noisy: bool
    before: tuple[Clause, ...]
    after: tuple[Clause, ...]
    truth: Truth


def case(name: str, base: str, blocks: Sequence[Block], seed: int, *, noisy: bool) -> Case | None:
    """The text edited; None where the operator finds no place in it."""
    before = original(blocks)
    # A string seed is hashed by SHA-512, whatever PYTHONHASHSEED says.
    random = Random(f"{name} {base} {seed}")
    draft = Draft(random, list(before), prose.sentence)
    if name in OPERATORS:
        done = OPERATORS[name](draft)
    else:
        wanted = [random.choice(list(OPERATORS)) for _ in range(MIXTURES[name])]
        done = sum(OPERATORS[operator](draft) for operator in wanted) > 0
    if not done:
        return None
    if noisy:
        noise(draft)
    after = clauses(draft.blocks, wrapped=noisy)
    return Case(name, base, noisy, _as_read(before), after, truth_of(before, draft))


@lru_cache(maxsize=64)
def _as_read(blocks: tuple[Block, ...]) -> tuple[Clause, ...]:
    return clauses(blocks)


def cases(bases: Sequence[tuple[str, Sequence[Block]]], seeds: range) -> Iterator[Case]:
    """Every operator once on every text for every seed, every mixture too; half of them noisy."""
    for seed in seeds:
        for n, (base, blocks) in enumerate(bases):
            for m, name in enumerate([*OPERATORS, *MIXTURES]):
                found = case(name, base, blocks, seed, noisy=(n + m + seed) % 2 == 1)
                if found:
                    yield found
