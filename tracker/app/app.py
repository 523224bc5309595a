"""The installation that every use case works on: its root folder, the time, and whom to tell."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from tracker.app.progress import SILENT, Progress
from tracker.app.workspace import Workspace, open_workspace
from tracker.config.declarations import find
from tracker.config.validation import Refusal
from tracker.model import Document, Topic


@dataclass
class App:
    """A root and a time, both fixed for the whole run of a use case, and its progress.

    `problems` are the sentences about single things that could not be done while all else was;
    `failed` is whether any of them counts as a failure.
    """

    root: Path
    now: datetime
    progress: Progress = SILENT
    failed: bool = False
    problems: list[str] = field(default_factory=list)

    @cached_property
    def workspace(self) -> Workspace:
        return open_workspace(self.root)

    @property
    def documents(self) -> tuple[Document, ...]:
        """The declared documents."""
        return self.workspace.declared.documents

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The declared topics."""
        return self.workspace.topics

    def complain(self, sentence: str, *, fails: bool = True, **facts: object) -> None:
        """Name something that could not be done, once, and go on."""
        self.failed |= fails
        if sentence in self.problems:
            return
        self.problems.append(sentence)
        self.progress.event("failed", level=logging.ERROR, error=sentence, **facts)
        self.progress.problem(sentence)

    def name_refusals(self, refusals: Iterable[Refusal], *, fails: bool = True) -> None:
        """Name everything in the operator's files that cannot be accepted."""
        for refusal in refusals:
            for reason in refusal.reasons:
                self.complain(f"{refusal.file}: {reason}", fails=fails)


def watched(app: App, wanted: Sequence[str] = ()) -> list[Document]:
    """Return the declared documents with the names `wanted`, all where there are no names.

    Refusals of those are named; other refusals only where all documents are wanted.
    """
    workspace = app.workspace
    declared, refusals = workspace.declared.documents, workspace.declared.refusals
    if not wanted:
        app.name_refusals(refusals)
        return list(declared)
    refused = {name: _refused(name, declared, refusals) for name in wanted}
    app.name_refusals(refusal for found in refused.values() for refusal in found)
    names = [name for name in wanted if not refused[name]]
    return chosen(declared, names) if names else []


def _refused(name: str, declared: Sequence[Document], refusals: Sequence[Refusal]) -> list[Refusal]:
    """Return the refusals that a name means; nothing where it names an accepted document."""
    part = name.strip().casefold()
    if any(part in document.id for document in declared):
        return []
    return [r for r in refusals if part in r.document.id or r.concerns(part)]


def chosen(documents: Sequence[Document], wanted: Sequence[str]) -> list[Document]:
    """Find documents by any unambiguous part of their names; all where there are no names."""
    if not wanted:
        return list(documents)
    return list({d.id: d for d in (find(documents, name) for name in wanted)}.values())
