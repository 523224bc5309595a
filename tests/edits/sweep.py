"""How far a clause may be rewritten, in its place or moved, and still be known as the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from random import Random

from tests.edits import prose
from tests.edits.blocks import Block, clauses, original
from tests.edits.operators import Draft, move, rewrite
from tests.edits.truth import truth_of
from tracker.differ.align import align

SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def sweep(
    bases: Sequence[tuple[str, Sequence[Block]]], tries: int
) -> Iterator[tuple[str, float, int, int]]:
    """For each way and share rewritten: how many were paired rightly, of how many."""
    for way, edit in (("in place", rewrite), ("moved", move)):
        for share in SHARES:
            done = [
                _is_paired(
                    Random(f"{way} {share} {n}"), blocks, partial(edit, share=share, least=20)
                )
                for n in range(tries)
                for _, blocks in bases
            ]
            yield way, share, sum(map(bool, done)), sum(d is not None for d in done)


def _is_paired(random: Random, blocks: Sequence[Block], edit: partial[bool]) -> bool | None:
    before = original(blocks)
    draft = Draft(random, list(before), prose.sentence)
    if not edit(draft):
        return None
    (touched,) = draft.touched
    pairs = align(clauses(before), clauses(draft.blocks))
    found = {(i, j) for p in pairs for i in p.before for j in p.after if i == touched}
    return found == {(i, j) for i, j in truth_of(before, draft).claim.pairs if i == touched}
