"""What was published keeps its name, whatever turns up later. Pure.

A version is named by the time of its first sight as it was known when it was first published. When
an archive turns out to have seen it earlier, the name stays, and the earlier sight is told beside
it. When it turns out that other versions stood between two that were published as one step, each
of the finer steps is shown, and none is news: what they brought was told in the one step, which
goes on in the feeds as it was. A version that is none after all is withdrawn, and its name is never
given to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from tracker.differ import revise
from tracker.extractor import text_digest
from tracker.model import History, PublishedVersion, Revision, Topic, Version
from tracker.policy import NEWS_FOR

_Key = tuple[datetime, int, bool]
_Name = tuple[datetime, int]


def identified(
    history: History,
    published: Sequence[PublishedVersion],
    topics: Sequence[Topic],
    now: datetime | None = None,
) -> History:
    """Return a history whose versions have the names they were `published` by.

    What was not published yet is told at `now`, or where that is None at its first sight.
    """
    versions = (*history.versions, *_previews(history))
    owned = _owned(versions, published)
    found = _Found(_names(versions, published, owned), owned, now)
    shown = _shown(history, owned)
    given = replace(
        history,
        versions=tuple(map(found.version, history.versions)),
        revisions=tuple(map(found.revision, history.revisions)),
        withdrawn=tuple(p for p in published if (p.is_preview, p.name) not in shown),
    )
    return _as_told(given, found, topics)


def _shown(history: History, owned: Mapping[_Key, PublishedVersion]) -> set[tuple[bool, _Name]]:
    """Return the names of published versions that are still what they were published as."""
    brought = {r.after.key for r in history.revisions}
    known = {k: p for k, p in owned.items() if k in brought or p.before is None}
    return {(p.is_preview, p.name) for p in known.values()}


def unpublished(
    history: History, published: Iterable[PublishedVersion], size: int
) -> Iterator[PublishedVersion]:
    """Yield what is not `published` yet of a history, or not yet as news.

    `size` is how much of the log is known.
    """
    known = {(p.is_preview, p.name): p.is_news for p in published}
    brought = {r.after.key: r for r in history.revisions}
    for version in (*history.versions, *_previews(history)):
        revision = brought.get(version.key)
        was_news = known.get((version.is_preview, version.named))
        if was_news is None or (not was_news and revision and revision.is_news):
            yield _published(version, revision, size)


def _published(version: Version, revision: Revision | None, size: int) -> PublishedVersion:
    seen, nth = version.named
    return PublishedVersion(
        document=version.document,
        seen=seen,
        nth=nth,
        is_preview=version.is_preview,
        before=revision.before.named if revision else None,
        text=text_digest(version.clauses),
        told=(revision and revision.told) or version.first_seen,
        is_news=bool(revision and revision.is_news),
        size=size,
    )


def _previews(history: History) -> Iterator[Version]:
    return (r.after for r in history.revisions if r.after.is_preview)


@dataclass(frozen=True, slots=True)
class _Found:
    """The names of versions that have others than their first sight, and what was published."""

    names: Mapping[_Key, _Name]
    owned: Mapping[_Key, PublishedVersion]
    now: datetime | None

    def version(self, version: Version) -> Version:
        name = self.names.get(version.key)
        return replace(version, name=name) if name else version

    def revision(self, revision: Revision) -> Revision:
        return replace(
            revision,
            before=self.version(revision.before),
            after=self.version(revision.after),
            told=self._told(revision.after) if revision.is_news else revision.first_seen,
        )

    def _told(self, version: Version) -> datetime:
        known = self.owned.get(version.key)
        if known:
            # What was no news then is none now: an older text was found, or it is read better.
            return known.told if known.is_news else version.first_seen
        is_recent = self.now and self.now - version.first_seen <= NEWS_FOR
        return max(self.now, version.first_seen) if self.now and is_recent else version.first_seen


def _owned(
    versions: Sequence[Version], published: Sequence[PublishedVersion]
) -> dict[_Key, PublishedVersion]:
    """Find for each version as which one it was published, if it was."""
    names = {(v.first_seen, v.nth, v.is_preview): v for v in versions}
    exact = {(p.seen, p.nth, p.is_preview): p for p in published}
    owned = {key: exact[key] for key in names if key in exact}
    rest = [p for key, p in exact.items() if key not in owned]
    for kind in (False, True):
        mine = [v for v in versions if v.is_preview is kind]
        for n, version in enumerate(mine):
            if version.key in owned or not rest:
                continue
            earlier = mine[n - 1].last_seen if n else None
            if found := _best(version, earlier, (p for p in rest if p.is_preview is kind)):
                owned[version.key] = found
                rest.remove(found)
    return owned


def _best(
    version: Version, earlier: datetime | None, published: Iterable[PublishedVersion]
) -> PublishedVersion | None:
    """Choose as which one a version was published: the one of its words, else the first."""
    candidates = list(published)
    if not candidates:
        return None
    text = text_digest(version.clauses)
    within = [p for p in candidates if version.first_seen <= p.seen <= version.last_seen]
    # The look by which it was known is none any more; others saw the same words.
    late = (p for p in candidates if p.seen < version.first_seen and p.text == text)
    alike = [p for p in candidates if p.text == text and (p in within or version.is_preview)]
    gone = [p for p in late if earlier is None or p.seen > earlier]
    return min([*alike] or within or gone, key=lambda p: p.name, default=None)


def _names(
    versions: Sequence[Version],
    published: Sequence[PublishedVersion],
    owned: Mapping[_Key, PublishedVersion],
) -> dict[_Key, _Name]:
    """Return the names of the versions whose name is not their first sight."""
    taken = {_address(p.name, is_preview=p.is_preview) for p in published}
    names = {key: p.name for key, p in owned.items() if p.name != key[:2]}
    for version in versions:
        if version.key in owned:
            continue
        seen, nth, is_preview = version.key
        free = next(
            n for n in count(nth) if _address((seen, n), is_preview=is_preview) not in taken
        )
        taken.add(_address((seen, free), is_preview=is_preview))
        if free != nth:
            names[version.key] = seen, free
    return names


def _address(name: _Name, *, is_preview: bool) -> tuple[datetime, int, bool]:
    """Identify the address that a name makes: it shows whole seconds."""
    return name[0].replace(microsecond=0), name[1], is_preview


# ── what was told goes on ─────────────────────────────────────────────────────────


def _as_told(history: History, found: _Found, topics: Sequence[Topic]) -> History:
    """Keep news as it was told, where it is less or several steps by now."""
    parts: dict[_Name, _Name] = {}
    retold = []
    brought = {r.after.key: r for r in history.revisions}
    for key, revision in brought.items():
        known = found.owned.get(key)
        if known is None or not known.is_news:
            continue
        fresh = [] if known.is_preview else list(_found_between(history, known, found))
        whole = revise(fresh[0].before, revision.after, topics) if fresh else revision
        if fresh and whole.is_news:
            parts |= {r.after.named: known.name for r in fresh}
        if fresh or not revision.is_news:
            kept = whole if whole.is_news else revision
            retold.append(replace(kept, told=known.told))
    told = (_part(r, parts) for r in history.revisions)
    return replace(history, revisions=tuple(told), retold=tuple(retold))


def _found_between(history: History, known: PublishedVersion, found: _Found) -> Iterator[Revision]:
    """Yield the steps that were found since between the two ends of one that was told."""
    steps = [r for r in history.revisions if not r.after.is_preview]
    starts = [n for n, r in enumerate(steps) if r.before.named == known.before]
    ends = [n for n, r in enumerate(steps) if r.after.named == known.name]
    if not starts or not ends:
        return
    between = steps[starts[0] : ends[0]]
    news = (found.owned.get(r.after.key) for r in between)
    if not any(one is not None and one.is_news for one in news):
        yield from between


def _part(revision: Revision, parts: Mapping[_Name, _Name]) -> Revision:
    whole = None if revision.after.is_preview else parts.get(revision.after.named)
    return replace(revision, told=revision.first_seen, told_in=whole) if whole else revision
