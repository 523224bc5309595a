"""Pure: bodies become clauses, versions become revisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tracker.differ import significance
from tracker.differ.align import align
from tracker.differ.dates import date_line, effective
from tracker.differ.decode import Undecodable
from tracker.differ.extract import EXTRACTOR, read, text_digest, words_digest
from tracker.differ.judge import Judgement, judge
from tracker.differ.normalise import enumerator, fold
from tracker.differ.redline import read_back, redline
from tracker.differ.topics import tags, union
from tracker.model import Change, Clause, Kind, Link, Pair, Revision, Span, Topic, Version

__all__ = [
    "EXTRACTOR",
    "Judgement",
    "Undecodable",
    "judge",
    "read",
    "read_back",
    "revise",
    "text_digest",
    "words_digest",
]


def revise(before: Version, after: Version, topics: Sequence[Topic]) -> Revision:
    """The step from one version of a document to the next, with everything that changed in it."""
    pairs = align(before.clauses, after.clauses)
    steps = (_change(pair, before, after, topics) for pair in pairs)
    changes = tuple(step for step in steps if step is not None)
    paired = sum(len(p.after) for p in pairs if p.before)
    worth, reason = significance.of_revision(before, after, changes, paired)
    return Revision(
        document=after.document,
        before=before,
        after=after,
        significance=worth,
        reason=reason,
        changes=changes,
        pairs=pairs,
        topics=union(changes, topics) if worth.is_news else (),
        effective=_effective(changes),
    )


def _change(pair: Pair, old: Version, new: Version, topics: Sequence[Topic]) -> Change | None:
    """What happened to the clauses of `pair`, or None where nothing did."""
    before = tuple(old.clauses[i] for i in pair.before)
    after = tuple(new.clauses[j] for j in pair.after)
    kind = _kind(before, after, pair.moved)
    if kind is None:
        return None
    spans = redline("\n".join(c.text for c in before), "\n".join(c.text for c in after))
    added, removed = _links(before, after)
    path = (after or before)[0].path
    return Change(
        kind=kind,
        before=before,
        after=after,
        redline=spans,
        moved=pair.moved,
        significance=significance.of_change(kind, before, after, spans),
        tags=tags(topics, spans, _below_title(path, new if after else old)),
        effective=_new_date(spans, path),
        links_added=added,
        links_removed=removed,
    )


def _below_title(path: tuple[str, ...], version: Version) -> tuple[str, ...]:
    """The headings of `path` but for the text's own title, which is about the whole of it."""
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


def _new_date(spans: Sequence[Span], path: Sequence[str]) -> date | None:
    """The effective date that the newer wording names and the older did not."""
    old, new = read_back(spans)
    if old == new or not new:
        return None
    found = effective(new) or (date_line(new) if _is_top(path) else None)
    return found if found not in {effective(old), date_line(old)} else None


def _effective(changes: Sequence[Change]) -> date | None:
    """A revision's date: what the top of the page says goes before any clause's own."""
    dated = [c for c in changes if c.effective]
    return next(
        (c.effective for c in dated if _is_top(c.path)), dated[0].effective if dated else None
    )


def _is_top(path: Sequence[str]) -> bool:
    return len(path) <= 1
