"""Two versions → the revision between them: what changed, and what that is worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from tracker._support.budget import limited
from tracker.differ import significance
from tracker.differ.align import align, aligned_share
from tracker.differ.answers import changed_answers
from tracker.differ.effective_dates import date_line, effectives, is_likely
from tracker.differ.furniture import is_aside, is_label, is_widget, lead, without_slips
from tracker.differ.legal_effects import notes
from tracker.differ.redline import Effort, read_back, redline
from tracker.differ.relocation import is_telling, relocated
from tracker.differ.renumber import only_renumbered, renumbering
from tracker.differ.topic_matching import tags, tags_of_text, union, with_sections
from tracker.extractor.normalise import enumerator, fold
from tracker.model import (
    AnswerChange,
    Change,
    Clause,
    Kind,
    Link,
    Pair,
    Revision,
    Significance,
    Span,
    Tag,
    Topic,
    Unit,
    Version,
    service_of,
)

#: A banner stands among the first clauses of a page.
_TOP = 10
_MOST = 0.5


@limited("Comparing two versions")
def revise(
    before: Version,
    after: Version,
    topics: Sequence[Topic],
    known: frozenset[str] = frozenset(),
    restless: frozenset[str] = frozenset(),
) -> Revision:
    """Return the step from one version of a document to the next, with everything that changed in
    it.

    `known` are the keys of the clauses of the versions before both, `restless` those of clauses
    that have gone and come back before. Raises TooCostly.
    """
    aligned = align(before.clauses, after.clauses)
    pairs, apart = relocated(aligned, before.clauses, after.clauses)
    strayed = {
        pair
        for pair in apart
        if _weighs(before.clauses[pair.before[0]], after.clauses[pair.after[0]], topics)
    }
    numbers = renumbering(before.clauses, after.clauses, pairs)
    leads = lead(before), lead(after)
    steps = (
        _Step(before, after, pair, pair in strayed, known, restless, numbers, leads)
        for pair in pairs
        if pair in strayed or not _stands(before, after, pair)
    )
    effort = Effort()
    found = (_change(step, topics, effort) for step in steps)
    told = without_slips([c for c in found if c is not None], before, after)
    changes = _topical(with_sections(told))
    paired = sum(len(p.after) for p in pairs if p.before)
    worth, reason = significance.of_revision(before, after, changes, paired)
    answers = changed_answers(before, after, topics) if worth.is_news else ()
    return Revision(
        document=after.document,
        before=before,
        after=after,
        significance=worth,
        reason=reason,
        changes=_asked(changes, before, after, answers) if answers else changes,
        pairs=pairs,
        topics=union(changes, topics) if worth.is_news else (),
        effective=_effective(changes) if worth.is_news else None,
        answers=answers,
    )


def _topical(changes: Sequence[Change]) -> tuple[Change, ...]:
    """`changes`, where those of no weight are about no topic, whatever their clause says."""
    return tuple(c if c.significance.is_news else replace(c, tags=()) for c in changes)


def _asked(
    changes: Sequence[Change], before: Version, after: Version, answers: Sequence[AnswerChange]
) -> tuple[Change, ...]:
    """`changes`, each with the questions that it answers in other words."""
    named: dict[int, list[str]] = defaultdict(list)
    for answer in answers:
        for version, said in ((before, answer.gone), (after, answer.came)):
            for statement in said:
                clause = version.clauses[statement.place]
                named[id(clause)].append(f"{answer.topic}/{answer.question}")
    return tuple(replace(c, questions=tuple(_questions(c, named))) for c in changes)


def _questions(change: Change, named: Mapping[int, Sequence[str]]) -> Iterable[str]:
    clauses = (*change.before, *change.after)
    return dict.fromkeys(name for clause in clauses for name in named.get(id(clause), ()))


def _stands(before: Version, after: Version, pair: Pair) -> bool:
    """Return whether nothing happened to a clause, as to most of them, seen at a glance."""
    if pair.moved or not len(pair.before) == len(pair.after) == 1:
        return False
    old, new = before.clauses[pair.before[0]], after.clauses[pair.after[0]]
    return old.key == new.key and old.number == new.number and old.links == new.links


def _weighs(old: Clause, new: Clause, topics: Sequence[Topic]) -> bool:
    """Return whether it matters that a clause stands under another label: to it, or to a topic."""
    above = ({tag.topic for tag in tags_of_text(topics, "", side.path[-1:])} for side in (old, new))
    return is_telling(old, new) or len({frozenset(found) for found in above}) > 1


def kept_share(before: Sequence[Clause], after: Sequence[Clause]) -> float:
    """Return the share of the words of both sides that stand in the other too, the lesser of the
    two.

    At least: where most clauses stand unchanged, that is the answer, and nothing is aligned.
    """
    unchanged = min(_standing(before, after), _standing(after, before))
    return (
        unchanged if unchanged > _MOST else min(aligned_share(before, after, align(before, after)))
    )


def _standing(side: Sequence[Clause], other: Sequence[Clause]) -> float:
    known = {clause.key for clause in other}
    total = sum(len(clause.key) for clause in side)
    return sum(len(c.key) for c in side if c.key in known) / total if total else 1.0


@dataclass(frozen=True, slots=True)
class _Step:
    """A pair of an alignment with the versions it is of, and whether it strayed.

    `numbers` are the old section numbers that became others in these versions.
    """

    old: Version
    new: Version
    pair: Pair
    has_strayed: bool
    known: frozenset[str]
    restless: frozenset[str]
    numbers: Mapping[str, str]
    leads: tuple[int, int]

    @property
    def before(self) -> tuple[Clause, ...]:
        return tuple(self.old.clauses[i] for i in self.pair.before)

    @property
    def after(self) -> tuple[Clause, ...]:
        return tuple(self.new.clauses[j] for j in self.pair.after)

    @property
    def is_furniture(self) -> bool:
        """Whether all clauses on both sides are labels, or parts of a widget, or come and go."""
        old, new, clauses = self.old.clauses, self.new.clauses, (*self.before, *self.after)
        return (
            all(is_widget(c) or is_aside(c) for c in clauses)
            or all(c.key in self.restless for c in clauses)
            or (
                all(i < self.leads[0] for i in self.pair.before)
                and all(j < self.leads[1] for j in self.pair.after)
            )
            or (
                all(is_label(old, i) for i in self.pair.before)
                and all(is_label(new, j) for j in self.pair.after)
            )
        )

    @property
    def is_top(self) -> bool:
        return all(n < _TOP for n in (*self.pair.before, *self.pair.after))


def _change(step: _Step, topics: Sequence[Topic], effort: Effort) -> Change | None:
    """Return what happened to the clauses of a pair, or None where nothing did."""
    before, after, moved = step.before, step.after, step.pair.moved or step.has_strayed
    kind = _kind(before, after, moved)
    if kind is None:
        return None
    old, new = ("\n".join(c.text for c in side) for side in (before, after))
    spans = redline(old, new, effort)
    if kind is Kind.REWORDED and not moved and only_renumbered(spans, step.numbers):
        kind = Kind.RENUMBERED
    added, removed = _links(before, after)
    service = service_of(step.new.document)
    place = significance.Place(
        step.is_top, step.has_strayed, step.known, step.is_furniture, service
    )
    worth = significance.of_change(kind, before, after, spans, place)
    is_notice = worth is Significance.ANNOUNCEMENT
    found = _tags(step, spans, topics, is_notice=is_notice) if worth.is_news else ()
    return Change(
        kind=kind,
        before=before,
        after=after,
        redline=spans,
        moved=moved,
        significance=worth,
        tags=found,
        effective=_new_date(spans, (after or before)[0].path, step.new.first_seen.date()),
        links_added=added,
        links_removed=removed,
        notes=notes(spans, added, removed),
    )


def _tags(
    step: _Step, spans: tuple[Span, ...], topics: Sequence[Topic], *, is_notice: bool
) -> tuple[Tag, ...]:
    """Return the topics of a change; what strayed is about the headings it left and those it came
    to.
    """
    sides = [(c, v) for cs, v in ((step.before, step.old), (step.after, step.new)) for c in cs[:1]]
    paths = [_below_title(_headings(clause), version) for clause, version in sides]
    if step.has_strayed:
        return tags_of_text(topics, step.after[0].text, dict.fromkeys(chain.from_iterable(paths)))
    is_item = not (step.before and step.after) and (step.after or step.before)[0].unit is Unit.ITEM
    return tags(topics, spans, paths[-1], is_item=is_item, is_notice=is_notice)


def _headings(clause: Clause) -> tuple[str, ...]:
    """Return the headings that a clause stands under; a heading stands under itself."""
    return (*clause.path, clause.text) if clause.unit is Unit.HEADING else clause.path


def _below_title(path: tuple[str, ...], version: Version) -> tuple[str, ...]:
    """Return the headings of `path` but for the text's own title, which is about the whole of
    it.
    """
    titled = bool(path) and fold(enumerator(path[0])[1]) == fold(version.title)
    return path[1:] if titled else path


def _kind(before: tuple[Clause, ...], after: tuple[Clause, ...], moved: bool) -> Kind | None:
    if not before or not after:
        return Kind.ADDED if after else Kind.REMOVED
    if len(before) != len(after):
        return Kind.SPLIT if len(after) > 1 else Kind.MERGED
    old, new = before[0], after[0]
    if old.key != new.key:
        return Kind.REWORDED
    if moved:
        return Kind.MOVED
    if old.number != new.number:
        return Kind.RENUMBERED
    return Kind.LINKS if _targets(before) != _targets(after) else None


def _targets(clauses: tuple[Clause, ...]) -> list[str]:
    return [link.target for c in clauses for link in c.links]


def _links(
    before: tuple[Clause, ...], after: tuple[Clause, ...]
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    old, new = set(_targets(before)), set(_targets(after))
    added = dict.fromkeys(link for c in after for link in c.links if link.target not in old)
    removed = dict.fromkeys(link for c in before for link in c.links if link.target not in new)
    return tuple(added), tuple(removed)


def _new_date(spans: Sequence[Span], path: Sequence[str], seen: date) -> date | None:
    """Return the effective date that the newer wording names and the older did not; the first of
    them.

    A date that cannot be (the year is easily mistyped) is not taken; it stands in the redline.
    """
    old, new = read_back(spans)
    if old == new or not new:
        return None
    line = date_line(new) if _is_top(path) else None
    named = [*effectives(new), *([line] if line else [])]
    known = {*effectives(old), date_line(old)}
    return next((day for day in named if day not in known and is_likely(day, seen)), None)


def _effective(changes: Sequence[Change]) -> date | None:
    """Return a revision's date: what the top of the page says goes before any clause's own."""
    dated = [c for c in changes if c.effective]
    return next(
        (c.effective for c in dated if _is_top(c.path)), dated[0].effective if dated else None
    )


def _is_top(path: Sequence[str]) -> bool:
    return len(path) <= 1
