"""Histories without their texts, which would fill the memory where there are thousands."""

from __future__ import annotations

from dataclasses import replace

from tracker.model import History, Revision, Version


def without_texts(history: History) -> History:
    """Return a history without its clauses, changes and captures."""
    return replace(
        history,
        versions=tuple(map(bare, history.versions)),
        revisions=tuple(map(_bare_revision, history.revisions)),
        retold=(),
    )


def bare(version: Version) -> Version:
    """Return a version without its clauses and captures."""
    return replace(version, clauses=(), captures=())


def _bare_revision(revision: Revision) -> Revision:
    before, after = bare(revision.before), bare(revision.after)
    return replace(revision, before=before, after=after, changes=(), pairs=())
