"""The edits. Each takes a draft, changes it somewhere it was not changed before, and says so.

An operator that finds no fitting place leaves the draft as it is and returns False.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random

from tests.edits.blocks import Block, Piece, block, pieces
from tracker.model import Unit

_ENDS = re.compile(r"[.;!?]”?$")
_MODAL = {"may", "will", "must", "can", "shall", "should", "do", "does"}
#: How many clauses a move may have jumped over to be read the other way round: they have moved
#: instead. More of them may be only where they are lighter than what was moved.
_LONGEST_MIRROR = 12


@dataclass(frozen=True, slots=True)
class Move:
    """What was moved, and what it jumped over, by their places in the old text."""

    moved: frozenset[int]
    jumped: frozenset[int]


@dataclass(slots=True)
class Draft:
    """A text being edited; `touched` are the old clauses that an edit was about."""

    random: Random
    blocks: list[Block]
    donor: Callable[[Random], str]
    touched: set[int] = field(default_factory=set)
    moves: list[Move] = field(default_factory=list)

    def places(self, least: int, *units: Unit) -> list[int]:
        """Blocks of at least so many pieces that stand as they stood, of any unit but headings."""
        wanted = units or (Unit.PARAGRAPH, Unit.ITEM, Unit.CELL, Unit.DEFINITION)
        found = [
            n
            for n, b in enumerate(self.blocks)
            if b.unit in wanted and len(b.pieces) >= least and self.is_free(b)
        ]
        self.random.shuffle(found)
        return found

    def is_free(self, b: Block) -> bool:
        return bool(b.homes) and not b.homes & self.touched

    def is_unique(self, *blocks: Block) -> bool:
        """Of two equal clauses nobody can say which has moved."""
        often = Counter(b.text for b in self.blocks)
        return all(often[b.text] == 1 for b in blocks)

    def touch(self, *blocks: Block) -> None:
        for b in blocks:
            self.touched |= b.homes

    def words(self, count: int) -> list[Piece]:
        """So many words of a text that this one is not."""
        found: list[Piece] = []
        while len(found) < count:
            found += [replace(p, reference=False) for p in pieces(self.donor(self.random))]
        start = self.random.randint(0, len(found) - count)
        return found[start : start + count]

    def paragraph(self) -> Block:
        return block(Unit.PARAGRAPH, " ".join(self.donor(self.random) for _ in range(2)))


def _rewritten(draft: Draft, old: list[Piece], share: float) -> list[Piece]:
    """`share` of the pieces replaced, in runs of two to five, by as many other words."""
    result, left, n = list(old), round(share * len(old)), 0
    order = list(range(0, len(old), 5))
    draft.random.shuffle(order)
    for start in order:
        size = min(left, draft.random.randint(2, 5), len(old) - start)
        for n, new in enumerate(draft.words(size), start):
            result[n] = _instead(draft, old[n], new)
        left -= size
    return result


def _instead(draft: Draft, old: Piece, new: Piece) -> Piece:
    """Another word in its place: never the same one, and with the same sign behind it."""
    while _bare(new.text) == _bare(old.text) or not _bare(new.text):
        new = draft.words(1)[0]
    tail = re.search(r"\W*$", old.text)
    return Piece(re.sub(r"\W+$", "", new.text) + (tail.group() if tail else ""))


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()


def _plain(b: Block) -> list[int]:
    """The pieces that are one plain word."""
    return [n for n, p in enumerate(b.pieces) if re.fullmatch(r"[^\W\d]{3,}\W?", p.text)]


# ── inside a clause ───────────────────────────────────────────────────────────────


def _replace_words(draft: Draft, low: int, high: int) -> bool:
    for n in draft.places(8):
        b, count = draft.blocks[n], draft.random.randint(low, high)
        if len(_plain(b)) >= count * 2:
            new = list(b.pieces)
            for k in draft.random.sample(_plain(b), count):
                new[k] = _instead(draft, new[k], draft.words(1)[0])
            return _put(draft, n, new)
    return False


def _put(draft: Draft, n: int, new: list[Piece]) -> bool:
    draft.touch(draft.blocks[n])
    draft.blocks[n] = replace(draft.blocks[n], pieces=tuple(new))
    return True


def one_word(draft: Draft) -> bool:
    return _replace_words(draft, 1, 1)


def some_words(draft: Draft) -> bool:
    return _replace_words(draft, 3, 6)


def negation(draft: Draft) -> bool:
    for n in draft.places(6):
        old = draft.blocks[n].pieces
        for k in range(len(old) - 1):
            if old[k].text in _MODAL:
                follows = old[k + 1].text == "not"
                rest = old[k + 2 :] if follows else (Piece("not"), *old[k + 1 :])
                return _put(draft, n, [*old[: k + 1], *rest])
    return False


def phrase_in(draft: Draft) -> bool:
    for n in draft.places(8):
        old = draft.blocks[n].pieces
        k = draft.random.randint(1, len(old) - 1)
        return _put(draft, n, [*old[:k], *draft.words(draft.random.randint(2, 6)), *old[k:]])
    return False


def phrase_out(draft: Draft) -> bool:
    for n in draft.places(14):
        old, size = draft.blocks[n].pieces, draft.random.randint(2, 6)
        k = draft.random.randint(1, len(old) - size - 1)
        return _put(draft, n, [*old[:k], *old[k + size :]])
    return False


def sentence_in(draft: Draft) -> bool:
    for n in draft.places(8):
        old = draft.blocks[n].pieces
        k = draft.random.choice([0, *_sentence_ends(old)])
        return _put(draft, n, [*old[:k], *pieces(draft.donor(draft.random)), *old[k:]])
    return False


def sentence_out(draft: Draft) -> bool:
    for n in draft.places(16):
        old = draft.blocks[n].pieces
        ends = [0, *_sentence_ends(old)]
        spans = [(a, b) for a, b in pairwise(ends) if b - a < len(old) / 2]
        if len(ends) > 2 and spans:
            first, last = draft.random.choice(spans)
            return _put(draft, n, [*old[:first], *old[last:]])
    return False


def _sentence_ends(old: tuple[Piece, ...]) -> list[int]:
    return [k + 1 for k, p in enumerate(old) if _ENDS.search(p.text)]


def rewrite(draft: Draft, share: float = 0.45, least: int = 14) -> bool:
    for n in draft.places(least):
        return _put(draft, n, _rewritten(draft, list(draft.blocks[n].pieces), share))
    return False


# ── whole clauses ─────────────────────────────────────────────────────────────────


def paragraph_in(draft: Draft) -> bool:
    places = draft.places(1, Unit.PARAGRAPH, Unit.HEADING)
    if places:
        draft.blocks.insert(places[0], draft.paragraph())
    return bool(places)


def paragraph_out(draft: Draft) -> bool:
    for n in draft.places(1, Unit.PARAGRAPH, Unit.ITEM):
        draft.touch(draft.blocks.pop(n))
        return True
    return False


def move(draft: Draft, share: float = 0.0, least: int = 8) -> bool:
    units = (Unit.PARAGRAPH, Unit.ITEM)
    for n in draft.places(least, *units):
        b = draft.blocks[n]
        targets = [
            k
            for k, other in enumerate(draft.blocks)
            if abs(n - k) > 4 and other.unit in {*units, Unit.HEADING}
        ]
        if targets and draft.is_unique(b):
            _move(draft, n, n + 1, draft.random.choice(targets))
            now = draft.blocks.index(b)
            return _put(draft, now, _rewritten(draft, list(b.pieces), share))
    return False


def _move(draft: Draft, first: int, last: int, to: int) -> None:
    """The blocks from `first` to before `last` go before the block that stood at `to`."""
    moved, rest = draft.blocks[first:last], draft.blocks[:first] + draft.blocks[last:]
    place = to if to < first else to - len(moved)
    low, high = (place, first) if to < first else (first, place)
    homes, jumped = _homes(moved), _homes(rest[low:high])
    is_lighter = _weight(rest[low:high]) <= _weight(moved)
    if len(jumped) > _LONGEST_MIRROR and not is_lighter:
        jumped = frozenset()
    draft.moves.append(Move(homes, jumped))
    draft.blocks[:] = rest[:place] + moved + rest[place:]
    draft.touch(*moved)


def _homes(blocks: list[Block]) -> frozenset[int]:
    return frozenset(i for b in blocks for i in b.homes)


def _weight(blocks: list[Block]) -> int:
    return sum(len(b.text) for b in blocks)


def move_and_edit(draft: Draft) -> bool:
    return move(draft, 0.2, 14)


def move_section(draft: Draft) -> bool:
    heads = [n for n, b in enumerate(draft.blocks) if b.unit is Unit.HEADING]
    ends = [*heads[1:], len(draft.blocks)]
    sections = [
        (a, b)
        for a, b in zip(heads, ends, strict=True)
        if b - a >= 2 and all(map(draft.is_free, draft.blocks[a:b]))
    ]
    for first, last in draft.random.sample(sections, len(sections)):
        targets = [n for n in heads[1:] if n < first - 2 or n > last + 2]
        if targets and draft.is_unique(draft.blocks[first], draft.blocks[last - 1]):
            _move(draft, first, last, draft.random.choice(targets))
            return True
    return False


def swap(draft: Draft) -> bool:
    for unit in (Unit.ITEM, Unit.PARAGRAPH):
        for n in draft.places(3, unit):
            pair = draft.blocks[n : n + 2]
            if _is_pair(draft, pair, unit, 3) and draft.is_unique(*pair):
                _move(draft, n, n + 1, n + 2)
                draft.touch(*pair)
                return True
    return False


def _is_pair(draft: Draft, pair: list[Block], unit: Unit, least: int) -> bool:
    """Whether the second of two neighbours is free, of the same kind, and long enough."""
    second = pair[-1]
    return (
        len(pair) == 2
        and second.unit is unit
        and draft.is_free(second)
        and len(second.pieces) >= least
    )


def split(draft: Draft) -> bool:
    for n in draft.places(14, Unit.PARAGRAPH):
        b = draft.blocks[n]
        ends = [k for k in _sentence_ends(b.pieces) if 5 <= k <= len(b.pieces) - 5]
        if ends:
            k = draft.random.choice(ends)
            draft.touch(b)
            parts = replace(b, pieces=b.pieces[:k], link=""), replace(b, pieces=b.pieces[k:])
            draft.blocks[n : n + 1] = parts
            return True
    return False


def merge(draft: Draft) -> bool:
    for n in draft.places(6, Unit.PARAGRAPH):
        pair = draft.blocks[n : n + 2]
        if _is_pair(draft, pair, Unit.PARAGRAPH, 6):
            draft.touch(*pair)
            joined = pair[0].pieces + pair[1].pieces
            draft.blocks[n : n + 2] = [replace(pair[1], pieces=joined)]
            return True
    return False


# ── tables ────────────────────────────────────────────────────────────────────────


def _table_rows(draft: Draft) -> Iterator[tuple[int, int]]:
    for n in draft.places(1, Unit.CELL):
        row = draft.blocks[n].row
        same = [k for k, b in enumerate(draft.blocks) if b.unit is Unit.CELL and b.row == row]
        if same == list(range(same[0], same[-1] + 1)) and all(
            draft.is_free(draft.blocks[k]) for k in same
        ):
            yield same[0], same[-1] + 1


def row_in(draft: Draft) -> bool:
    for first, last in _table_rows(draft):
        row = 1 + max(b.row for b in draft.blocks)
        texts = (" ".join(p.text for p in draft.words(6)) for _ in range(first, last))
        draft.blocks[first:first] = [block(Unit.CELL, text, row=row) for text in texts]
        return True
    return False


def row_out(draft: Draft) -> bool:
    for first, last in _table_rows(draft):
        draft.touch(*draft.blocks[first:last])
        del draft.blocks[first:last]
        return True
    return False


def cell(draft: Draft) -> bool:
    for n in draft.places(5, Unit.CELL):
        b, new = draft.blocks[n], list(draft.blocks[n].pieces)
        if _plain(b):
            k = draft.random.choice(_plain(b))
            new[k] = _instead(draft, new[k], draft.words(1)[0])
            return _put(draft, n, new)
    return False


# ── what changes no wording ───────────────────────────────────────────────────────


def renumber(draft: Draft) -> bool:
    """A new section comes in; those behind it, and the references to them, count one higher."""
    tops = [
        (n, int(m.group()))
        for n, b in enumerate(draft.blocks)
        if b.unit is Unit.HEADING and (m := re.fullmatch(r"\d+(?=\.)|\d+", b.number.rstrip(".")))
    ]
    if len(tops) < 3:
        return False
    place, number = draft.random.choice(tops[1:])
    level = draft.blocks[place].level
    _shift_from(draft, number)
    title = " ".join(p.text for p in draft.words(5))
    heading = block(Unit.HEADING, title.rstrip(".,;:"), f"{number}.", level)
    draft.blocks[place:place] = [heading, draft.paragraph()]
    return True


def _shift_from(draft: Draft, first: int) -> None:
    """Sections from `first` on count one higher, and so do the references to them.

    A reference to a section that is not here is one to another text, and stays.
    """
    numbers = [_bare_number(b.number) for b in draft.blocks if b.unit is Unit.HEADING]
    known = {n for n in numbers if numbers.count(n) == 1}
    for n, b in enumerate(draft.blocks):
        changed = tuple(
            replace(p, text=_shifted(p.text, first))
            if p.reference and _bare_number(p.text) in known
            else p
            for p in b.pieces
        )
        number = _shifted(b.number, first) if b.unit is Unit.HEADING else b.number
        draft.blocks[n] = replace(b, pieces=changed, number=number)


def _bare_number(text: str) -> str:
    found = re.search(r"\d+(?:\.\d+)*", text)
    return found.group() if found else ""


def _shifted(number: str, first: int) -> str:
    top = re.match(r"\d+", number)
    if not top or int(top.group()) < first:
        return number
    return str(int(top.group()) + 1) + number[top.end() :]


def href(draft: Draft) -> bool:
    for n in draft.places(2):
        if draft.blocks[n].link:
            draft.touch(draft.blocks[n])
            link = f"https://harbour.example/new/{draft.random.randint(100, 999)}"
            draft.blocks[n] = replace(draft.blocks[n], link=link)
            return True
    return False


def cosmetic(draft: Draft) -> bool:
    for n in draft.places(8):
        draft.touch(draft.blocks[n])
        draft.blocks[n] = _disguised(draft.random, draft.blocks[n])
        return True
    return False


_OTHER_SHAPE = str.maketrans({"“": '"', "”": '"', "’": "'", '"': "“", "'": "’"})


def _disguised(random: Random, b: Block) -> Block:
    """The same to every reader: other quotation marks, no-break spaces, zero-width spaces."""
    new = []
    for p in b.pieces:
        text = p.text.translate(_OTHER_SHAPE)
        if random.random() < 0.05:
            text += "\u200b"
        elif random.random() < 0.05 and len(text) > 6:
            text = f"{text[:3]}\u00ad{text[3:]}"
        new.append(replace(p, text=text, gap="\u00a0" if random.random() < 0.1 else p.gap))
    return replace(b, pieces=tuple(new))


def noise(draft: Draft) -> None:
    """All that a new template changes: shapes of signs, spaces, numbering, tracking in links."""
    draft.blocks[:] = [_disguised(draft.random, b) for b in draft.blocks]
    draft.blocks[:] = [
        replace(b, link=f"{b.link}?trk=foot_{n}&utm_source=page") if b.link else b
        for n, b in enumerate(draft.blocks)
    ]
    if draft.random.random() < 0.5:
        _shift_from(draft, 1)


OPERATORS: dict[str, Callable[[Draft], bool]] = {
    f.__name__: f
    for f in (
        one_word,
        some_words,
        negation,
        phrase_in,
        phrase_out,
        sentence_in,
        sentence_out,
        rewrite,
        paragraph_in,
        paragraph_out,
        move,
        move_and_edit,
        move_section,
        swap,
        split,
        merge,
        row_in,
        row_out,
        cell,
        renumber,
        href,
        cosmetic,
    )
}
