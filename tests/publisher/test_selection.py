"""Selections: what is about a topic, of some days, or the newest, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import TOPICS, everything
from tracker.publisher.data import records
from tracker.publisher.selection import Selection, of_changes, of_revisions, on_topic

ALL = everything()
MOMENTS = sorted(r.first_seen for h in ALL for r in h.revisions)
times = st.none() | st.sampled_from([m + timedelta(hours=n) for m in MOMENTS for n in (-1, 0, 1)])
selections = st.builds(
    Selection,
    topic=st.sampled_from(["", *(t.id for t in TOPICS)]),
    since=times,
    until=times,
    limit=st.none() | st.integers(1, 9),
)


@given(selections)
def test_revisions_are_those_of_the_log_that_are_wanted(wanted: Selection) -> None:
    every = [r for h in ALL for r in h.revisions]
    every.sort(key=lambda r: r.order, reverse=True)
    kept = [
        r
        for r in every
        if (not wanted.topic or wanted.topic in r.topics)
        and (wanted.since is None or r.first_seen >= wanted.since)
        and (wanted.until is None or r.first_seen < wanted.until)
    ]
    found = [r for h in of_revisions(ALL, wanted) for r in h.revisions]
    assert sorted(found, key=lambda r: r.order, reverse=True) == kept[: wanted.limit]


@given(selections)
def test_changes_are_the_last_lines_of_those_that_are_wanted(wanted: Selection) -> None:
    without = replace(wanted, limit=None)
    revisions = records.changes(of_revisions(ALL, without))
    lines = [r for r in revisions if not wanted.topic or wanted.topic in r["topics"]]
    found = list(records.changes(of_changes(ALL, wanted)))
    assert found == lines[-(wanted.limit or len(lines)) :] or (not lines and not found)


def test_a_revision_without_the_topic_keeps_none_of_its_changes() -> None:
    for revision in (r for h in ALL for r in h.revisions):
        for topic in TOPICS:
            kept = on_topic(revision, topic.id).changes
            assert all(topic.id in {tag.topic for tag in change.tags} for change in kept)
        assert on_topic(revision, "") == revision
