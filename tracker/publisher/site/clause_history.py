"""One clause through all versions of its document: its life.

A life is handed on by the alignment of each revision: one to one it goes on; where a clause is
split its first part goes on and the others begin; where several are merged the first goes on and
the others end. So every clause of every version belongs to exactly one life. Where another page
was read (see `continuity`), lives are not followed any further, but for a text that carries on:
there the clauses with the very same words go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tracker.model import Change, Clause, History, Kind, Revision, Version, digest
from tracker.publisher.continuity import carries_on, is_break, kept
from tracker.publisher.redlines import Row, whole

#: Clauses that a text may have for each of them to have a page.
_MOST_CLAUSES = 5000


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a clause in one revision; `row` shows it and holds its anchor.

    `kin` is the life it was split from or merged into, empty where it is the clause's own story.
    """

    revision: Revision
    row: Row
    kin: str = ""

    @property
    def is_birth(self) -> bool:
        """Whether a clause with kin came of a split here, rather than ended in a merger."""
        return self.change.kind is Kind.SPLIT

    @property
    def change(self) -> Change:
        if self.row.change is None:
            raise ValueError("a step is a change")
        return self.row.change


@dataclass(frozen=True, slots=True)
class ClauseHistory:
    """A clause from the version in which it was first seen to the last that has it.

    `id` is the same on every page of the document; `first` and `last` are its first and latest
    wording, `seen` the latest version that has it. `is_original` tells that it was in its text when
    that was first read. Where it is not alive any more, the last step says what became of it, or
    `left` is the revision after which it could not be followed: another page was read.
    """

    id: str
    born: Version
    first: Clause
    seen: Version
    last: Clause
    is_original: bool
    is_alive: bool
    left: Revision | None
    steps: tuple[Step, ...]

    @property
    def was_born_of_a_change(self) -> bool:
        """Whether its first step is its coming: it is not of the oldest text."""
        return bool(self.steps) and self.steps[0].revision.after.key == self.born.key

    @property
    def has_changed(self) -> bool:
        """Whether there is more to tell than when it came."""
        return len(self.steps) > self.was_born_of_a_change

    @property
    def has_page(self) -> bool:
        """Whether it has a page of its own: not in a text of thousands of clauses."""
        return len(self.born.clauses) <= _MOST_CLAUSES and (self.has_changed or self.is_alive)


@dataclass(frozen=True, slots=True)
class ClauseHistories:
    """All lives of a document; `ids[n][j]` names that of clause `j` of version `n`.

    A preview is no version of its document: `places` has none for it.
    """

    ids: tuple[tuple[str, ...], ...]
    lives: Mapping[str, ClauseHistory]
    places: Mapping[tuple[datetime, int, bool], int]

    def of(self, version: Version, clause: int) -> ClauseHistory | None:
        """Return the life of a clause of a version, None in a preview."""
        place = self.places.get(version.key)
        return None if place is None else self.lives[self.ids[place][clause]]

    def anchor(self, version: Version, clause: int) -> str:
        """Return its anchor on the page of its version: its life, or its place if it has none."""
        life = self.of(version, clause)
        return life.id if life else f"n{clause}"


class _Growing:
    """A life while the versions are walked, oldest first."""

    __slots__ = ("born", "first", "id", "is_alive", "is_original", "last", "left", "seen", "steps")

    def __init__(self, name: str, born: Version, first: Clause, is_original: bool) -> None:
        self.id, self.born, self.first, self.last = name, born, first, first
        self.seen, self.is_original = born, is_original
        self.steps: list[Step] = []
        self.is_alive = True
        self.left: Revision | None = None

    def goes_on(self, version: Version, clause: Clause) -> None:
        self.seen, self.last = version, clause

    def is_left(self, revision: Revision) -> None:
        self.left, self.is_alive = revision, False

    def end(self, step: Step) -> None:
        self.steps.append(step)
        self.is_alive = False

    def done(self) -> ClauseHistory:
        return ClauseHistory(
            id=self.id,
            born=self.born,
            first=self.first,
            seen=self.seen,
            last=self.last,
            is_original=self.is_original,
            is_alive=self.is_alive,
            left=self.left,
            steps=tuple(self.steps),
        )


class _Register:
    """Everybody who ever lived in a document, under a name made of first words and first sight."""

    def __init__(self) -> None:
        self.all: list[_Growing] = []
        self._names: Counter[str] = Counter()

    def born(self, version: Version, clause: Clause, is_original: bool = False) -> _Growing:
        words = "\n".join([version.named[0].isoformat(), *clause.path, clause.key])
        name = f"p{digest(words.encode('utf-8', 'surrogatepass'))[:10]}"
        self._names[name] += 1
        count = self._names[name]
        name = name if count == 1 else f"{name}-{count}"
        life = _Growing(name, version, clause, is_original)
        self.all.append(life)
        return life


def clause_histories(history: History) -> ClauseHistories:
    """Return the lives of all clauses of a document."""
    if not history.versions:
        return ClauseHistories((), {}, {})
    register, first = _Register(), history.versions[0]
    current = [register.born(first, clause, is_original=True) for clause in first.clauses]
    ids = [tuple(life.id for life in current)]
    for revision in history.revisions:
        if revision.after.is_preview:  # nothing that was ever in force
            continue
        walk = _cross if is_break(revision) else _walk
        current = walk(revision, current, register)
        ids.append(tuple(life.id for life in current))
    places = {version.key: n for n, version in enumerate(history.versions)}
    return ClauseHistories(tuple(ids), {life.id: life.done() for life in register.all}, places)


def _walk(revision: Revision, current: list[_Growing], register: _Register) -> list[_Growing]:
    """Return who lives in the newer version of a revision, in its order."""
    after = revision.after
    living: dict[int, _Growing] = {}
    for pair, row in zip(revision.pairs, whole(revision), strict=True):
        old = [current[i] for i in pair.before]
        if not pair.after:
            old[0].end(Step(revision, row))
            continue
        home, *parts = pair.after
        heir = old[0] if old else register.born(after, after.clauses[home])
        heir.goes_on(after, after.clauses[home])
        if row.change:
            heir.steps.append(Step(revision, row))
        living[home] = heir
        for merged in old[1:]:
            merged.end(Step(revision, row, heir.id))
        for part in parts:
            living[part] = register.born(after, after.clauses[part])
            living[part].steps.append(Step(revision, row, heir.id))
    return [living[j] for j in range(len(after.clauses))]


def _cross(revision: Revision, current: list[_Growing], register: _Register) -> list[_Growing]:
    """Return who lives in the newer version where another page was read: whoever is there from
    then.
    """
    after = revision.after
    same = dict(kept(revision)) if carries_on(revision) else {}
    for n in set(range(len(current))) - set(same.values()):
        current[n].is_left(revision)
    living = []
    for n, clause in enumerate(after.clauses):
        life = current[same[n]] if n in same else register.born(after, clause, is_original=True)
        life.goes_on(after, clause)
        living.append(life)
    return living
