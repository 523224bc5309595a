"""Bundles of evidence made from the log: one that was asked for, or those that are published."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from tracker import evidence
from tracker._support.merkle import frontier_of, inclusion, leaf_hash
from tracker.app.app import App
from tracker.app.checkpoints import (
    Sealed,
    authorities_of,
    checkpoint_of,
    heads_of,
    key_of,
    public_key,
    sealed,
    stamps_of,
)
from tracker.archive.integrity import Head
from tracker.archive.store import Archive
from tracker.errors import ArchiveError
from tracker.evidence import Bundle, Exhibit
from tracker.extractor import read
from tracker.model import Capture, History, PublishedVersion, Revision, digest
from tracker.publisher import urls

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class Prover:
    """Makes bundles from the log of an archive, which is read once.

    Of the timestamps that are kept it uses those up to the one of the `last` name, all by default.
    """

    def __init__(self, app: App, archive: Archive, last: str | None = None) -> None:
        self._app = app
        self._archive = archive
        self._last = last

    @cached_property
    def _log(self) -> _Log:
        log = _Log(self._archive.entries())
        if frontier_of(log.leaves) != heads_of(self._archive)["captures"].frontier:
            raise ArchiveError(
                f"{self._archive.path}: is not whole, and a proof takes the whole log; `tracker "
                "verify` says more, `tracker restore` brings a backup back."
            )
        return log

    @cached_property
    def _stamps(self) -> Sequence[evidence.KeptTimestamp]:
        """The timestamps of this log, signed as a checkpoint of today would be."""
        key, kept = key_of(self._app.workspace), stamps_of(self._app.workspace).kept
        usable = [
            one
            for one in kept
            if (self._last is None or one.name <= self._last)
            and (evidence.has_signed(key, one.note) if key else not one.note.signatures)
        ]
        strange = evidence.mismatched(self._archive, usable) if usable else ()
        return [one for one in usable if one not in strange]

    def size_for(self, revision: Revision) -> int:
        """Return how much of the log it takes to prove a revision."""
        versions = revision.before, revision.after
        recorded = (self._log.recorded(version.captures) for version in versions)
        return 1 + max(self._log.places[c] for side in recorded for c in side)

    def covering(self, size: int) -> Sealed | None:
        """Find the earliest timestamp of at least so much of the log."""
        enough = (one for one in self._stamps if one.note.size >= size)
        return next(sealed(self._app.workspace, enough), None)

    def files(self, revision: Revision, text: str, stamped: Sealed | None) -> dict[str, bytes]:
        """Return the bundle of a revision under the checkpoint `text`."""
        workspace, note = self._app.workspace, evidence.parse_note(text)
        key, log = key_of(workspace), self._log
        before, after = (
            tuple(_exhibits(self._archive, log, log.recorded(version.captures), note.size))
            for version in (revision.before, revision.after)
        )
        verdicts = (c for c in workspace.corrections if c.verdict)
        given = Bundle(
            revision=revision,
            before=before,
            after=after,
            note=note,
            note_text=text,
            public=key.public if key and note.signatures else None,
            site_url=workspace.settings.site_url,
            stamped=_shown_to_others(self._app, stamped) if stamped else None,
            verdicts=tuple(c for c in verdicts if c.document == revision.document),
        )
        return evidence.make_bundle(given)

    # ── published ─────────────────────────────────────────────────────────────────

    def follows(self, published: Iterable[PublishedVersion]) -> object:
        """Return what the published bundles of a document follow from besides its history."""
        sizes = sorted(p.size for p in published if p.is_news)
        found = [self.covering(size) for size in sizes]
        return public_key(self._app.workspace), [one and one.stamp.name for one in found]

    def published(
        self, history: History, known: Iterable[PublishedVersion]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield the bundle of each revision that is news, under the checkpoint of the log as it was
        when that was first published: so it never changes but for the first timestamp of that.
        """
        sizes = {(p.is_preview, p.name): p.size for p in known}
        for revision in (r for r in history.revisions if r.is_news):
            told = sizes.get((revision.after.is_preview, revision.after.named), 0)
            size = max(told, self.size_for(revision))
            stamped = self.covering(size)
            text = stamped.stamp.text if stamped else self._checkpoint(size)
            path = f"{urls.revision_page(revision)}{urls.BUNDLE}"
            yield path, zipped(self.files(revision, text, stamped))

    def _checkpoint(self, size: int) -> str:
        head = Head(size, "", frontier_of(self._log.leaves[:size]))
        return checkpoint_of(self._app.workspace, {"captures": head})


def _shown_to_others(app: App, stamped: Sealed) -> evidence.Stamped:
    return evidence.Stamped(stamped.stamp.token, stamped.seal, authorities_of(app.workspace))


class _Log:
    """The log of captures: its entries, their leaves, and where each capture stands first."""

    def __init__(self, entries: Sequence[tuple[Capture, bytes]]) -> None:
        self.entries = [entry for _, entry in entries]
        self.leaves = [leaf_hash(entry) for entry in self.entries]
        self.places: dict[Capture, int] = {}
        for index, (capture, _) in enumerate(entries):
            self.places.setdefault(capture, index)
        self._recorded = {capture.number: capture for capture, _ in entries}

    def recorded(self, captures: Sequence[Capture]) -> tuple[Capture, ...]:
        """Return captures as they were recorded, with the outcome of their day."""
        return tuple(self._recorded[capture.number] for capture in captures)

    def exhibit(self, capture: Capture, size: int) -> Exhibit:
        """Return a capture with its proof, as yet without its text and body."""
        index = self.places[capture]
        path = inclusion(self.leaves[:size], index)
        return Exhibit(capture, self.entries[index], index, path, (), None)

    def with_body(self, like: Capture, body: bytes, size: int) -> Exhibit | None:
        """Find the first capture of this body with the text of another, if a log of this size shows
        one.
        """
        same = (like.document, like.text, digest(body))
        for capture, index in self.places.items():
            found = (capture.document, capture.text, capture.body)
            if found == same and index < size:
                return replace(self.exhibit(capture, size), body=body)
        return None


def _exhibits(
    archive: Archive, log: _Log, captures: Sequence[Capture], size: int
) -> Iterator[Exhibit]:
    for capture in captures:
        body = archive.body(capture.body) if capture.body else None
        kept, media = archive.readable(capture)
        found = replace(log.exhibit(capture, size), body=body)
        clauses = read(kept, media, capture.source).clauses
        other = log.with_body(capture, kept, size) if body is None else None
        yield replace(found, clauses=clauses, stand_in=other)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Pack files, the same always to the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return packed.getvalue()
