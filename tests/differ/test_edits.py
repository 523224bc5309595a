"""The bars of alignment and redlines, on edits whose truth is known (`python -m tests.edits`)."""

from __future__ import annotations

import os
import subprocess
import sys
from random import Random

import pytest

from tests.corpus import needs_corpus
from tests.edits.blocks import clauses, original
from tests.edits.cases import case, cases
from tests.edits.engines import ENGINES, ours
from tests.edits.operators import OPERATORS, Draft, noise
from tests.edits.prose import sentence, terms
from tests.edits.sweep import sweep
from tests.edits.texts import Base, invented, real
from tests.edits.truth import Score, score, truth_of
from tracker.differ.align import align, aligned_share
from tracker.model import Pair


def total(bases: list[Base], engine: str = "tracker", seed: int = 7) -> Score:
    found = Score()
    for c in cases(bases, range(seed, seed + 1)):
        found += score(c.truth, ENGINES[engine](c.before, c.after))
    return found


def hold(s: Score) -> None:
    """Every bar, with the whole score in the message where one breaks."""
    assert s.exact == s.cases, s
    assert s.cut_words == 0, s
    assert s.pair_f1 >= 0.99, s
    assert s.clause_precision >= 0.98, s
    assert s.clause_recall >= 0.995, s
    assert s.move_recall >= 0.95, s
    assert s.move_precision >= 0.95, s
    assert 0.9 <= s.inflation <= 1.10, s
    assert s.chaff <= 0.10, s


def test_the_bars_hold_on_invented_texts() -> None:
    found = total(invented(1)[:2])
    assert found.cases > 40
    assert min(found.pairs, found.clauses, found.hunks) > 80
    hold(found)


@pytest.mark.corpus
@needs_corpus
def test_the_bars_hold_on_real_texts() -> None:
    found = total(real()[1:3])
    assert found.cases > 40
    hold(found)


@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "tracker"])
def test_the_score_tells_a_plain_diff_from_ours(engine: str) -> None:
    found = total(invented(1)[1:2], engine)
    assert found.pair_f1 < 0.95
    assert found.clause_precision < 0.5
    assert found.move_recall == 0.0
    assert found.inflation > 2


def test_a_clause_rewritten_by_half_in_its_place_still_pairs() -> None:
    rows = {(way, share): right / n for way, share, right, n in sweep(invented(2)[:2], 2)}
    for share in (0.2, 0.3, 0.4, 0.5, 0.6):
        assert rows["in place", share] == 1.0, rows
    for share in (0.2, 0.3, 0.4):
        assert rows["moved", share] == 1.0, rows


@pytest.mark.parametrize("operator", list(OPERATORS))
@pytest.mark.parametrize("noisy", [False, True])
def test_each_edit_alone_is_read_as_what_it_was(operator: str, noisy: bool) -> None:
    for base, blocks in invented(1)[:1]:
        c = case(operator, base, blocks, 3, noisy=noisy)
        if c is None:
            continue
        found = score(c.truth, ours(c.before, c.after))
        assert found.exact == 1
        assert found.pairs_right == found.pairs == found.pairs_claimed, (base, found)
        assert found.clauses_right == found.clauses == found.clauses_claimed, (base, found)
        assert found.moves_found == found.moves, (base, found)
        assert found.moved_right == found.moved_claimed, (base, found)
        if operator in {"one_word", "cell"}:
            numbers = c.truth.claim.noted.total() * 2
            assert found.words == found.words_claimed == numbers + 2


def test_noise_alone_changes_nothing() -> None:
    before = original(terms(11))
    draft = Draft(Random(1), list(before), sentence)
    noise(draft)
    claim = ours(clauses(before), clauses(draft.blocks, wrapped=True))
    assert claim.moved == frozenset()
    assert claim.gone == claim.new == claim.noted
    assert claim.pairs == truth_of(before, draft).claim.pairs


def test_an_alignment_does_not_depend_on_how_strings_are_hashed() -> None:
    program = (
        "from tests.edits.cases import cases; from tests.edits.engines import ours;"
        "from tests.edits.texts import invented;"
        "print([(sorted(x.pairs), sorted(x.moved), sorted(x.new.items()), x.hunks)"
        " for c in cases(invented(0)[:1], range(1)) for x in [ours(c.before, c.after)]])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in (0, 1, 4242)
    }
    assert len(outputs) == 1


def test_the_aligned_share_tells_how_much_of_each_text_stands_in_the_other() -> None:
    one, other = clauses(terms(1)), clauses(terms(1)[:40])
    assert aligned_share(one, one, align(one, one)) == (1.0, 1.0)
    old_share, new_share = aligned_share(one, other, align(one, other))
    assert old_share < 0.5
    assert new_share == 1.0
    assert aligned_share(one, (), align(one, ())) == (0.0, 1.0)
    assert aligned_share((), (), ()) == (1.0, 1.0)
    assert aligned_share(one[:1], other[:1], [Pair((0,), ()), Pair((), (0,))]) == (0.0, 0.0)
