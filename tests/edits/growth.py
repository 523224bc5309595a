"""`python -m tests.edits --growth`: what an alignment costs as texts grow, and at the worst."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from time import process_time

from tests.edits import prose
from tests.edits.blocks import Block, original
from tests.edits.operators import OPERATORS, Draft
from tracker.differ.align import align
from tracker.differ.redline import redline, words_of
from tracker.extractor.normalise import fold
from tracker.model import Clause, Unit

Text = tuple[Clause, ...]
_CHARACTERS = 50_000


def growth() -> Iterator[str]:
    """One line for each size and each hard case: CPU seconds and the ratio to the first."""
    first = 0.0
    for times in (1, 2, 4, 8):
        seconds = _cost(*_edited(times))
        first = first or seconds
        yield f"{times} x {_CHARACTERS:,} characters{'':26}{seconds:8.2f} s{seconds / first:8.1f} x"
    for name, make in _HARD.items():
        costs = [_cost(*make(size)) for size in (1, 2)]
        yield f"{name:52}{costs[0]:8.2f} s, twice the size {costs[1] / max(costs[0], 0.01):5.1f} x"


def _cost(before: Text, after: Text) -> float:
    words_of.cache_clear()
    start = process_time()
    for pair in align(before, after):
        old = "\n".join(before[i].text for i in pair.before)
        new = "\n".join(after[j].text for j in pair.after)
        if old != new:
            redline(old, new)
    return process_time() - start


def _clauses(texts: Sequence[str]) -> Text:
    return tuple(Clause(Unit.PARAGRAPH, text, fold(text), (), "", ()) for text in texts)


def _edited(times: int) -> tuple[Text, Text]:
    """So many texts one after the other, with thirty edits each."""
    blocks: list[Block] = []
    while sum(len(b.text) for b in blocks) < times * _CHARACTERS:
        blocks += prose.terms(len(blocks))
    draft = Draft(Random(times), list(original(blocks)), prose.sentence)
    names = [n for n in OPERATORS if n not in {"renumber", "row_in", "row_out"}]
    for _ in range(30 * times):
        OPERATORS[draft.random.choice(names)](draft)
    return _clauses([b.text for b in blocks]), _clauses([b.text for b in draft.blocks])


def _words(prefix: str, count: int) -> str:
    return " ".join(f"{prefix}{n}" for n in range(count))


def _all_equal(size: int) -> tuple[Text, Text]:
    return _clauses(["Learn more about it"] * 2000 * size), _clauses(
        ["Learn more about it"] * 1900 * size
    )


def _all_different(size: int) -> tuple[Text, Text]:
    random = Random(size)
    old = [prose.paragraph(random) for _ in range(500 * size)]
    return _clauses(old), _clauses([prose.paragraph(random) for _ in range(500 * size)])


def _one_word_each(size: int) -> tuple[Text, Text]:
    return _clauses([f"w{n}" for n in range(10_000 * size)]), _clauses(
        [f"w{n * 3 // 2}" for n in range(10_000 * size)]
    )


def _one_large(size: int) -> tuple[Text, Text]:
    random = Random(size)
    words = " ".join(prose.sentence(random) for _ in range(5000 * size)).split(" ")
    new = [f"new{n}" if n % 997 == 3 else word for n, word in enumerate(words)]
    return _clauses([" ".join(words)]), _clauses([" ".join(new)])


def _all_edited(size: int) -> tuple[Text, Text]:
    random = Random(size)
    old = [f"{n} {prose.paragraph(random)}" for n in range(500 * size)]
    return _clauses(old), _clauses([text.replace("the ", "every ", 1) + " Truly." for text in old])


def _reversed(size: int) -> tuple[Text, Text]:
    random = Random(size)
    old = [f"{n} {prose.paragraph(random)}" for n in range(1000 * size)]
    return _clauses(old), _clauses(old[::-1])


_HARD: dict[str, Callable[[int], tuple[Text, Text]]] = {
    "2,000 clauses, all equal": _all_equal,
    "500 clauses, none in common": _all_different,
    "500 clauses, each edited": _all_edited,
    "1,000 clauses, in reverse": _reversed,
    "10,000 clauses of one word": _one_word_each,
    "one clause of 0.5 million characters": _one_large,
}
