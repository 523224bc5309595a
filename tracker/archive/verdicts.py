"""What the operator said of captures: which are not the document, and which are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from tracker.model import Capture, Correction, Outcome, Verdict


class Verdicts:
    """The verdicts of the operator, by document and second."""

    def __init__(self, corrections: Iterable[Correction]) -> None:
        found = [c for c in corrections if c.verdict]
        self._known = {(c.document, c.first_seen): c.verdict for c in found}

    def of(self, document: str, verdict: Verdict) -> list[datetime]:
        """Return the seconds of a document whose captures have a verdict."""
        wanted = document, verdict
        return sorted(t for (name, t), said in self._known.items() if (name, said) == wanted)

    def revoked(self, document: str) -> list[datetime]:
        """Return the seconds of a document whose captures count for nothing."""
        return self.of(document, Verdict.REVOKED)

    def concern(self, document: str) -> bool:
        """Say whether there is any verdict on captures of a document."""
        return any(name == document for name, _ in self._known)

    def said(self, capture: Capture) -> Verdict | None:
        """Return the verdict on a capture itself."""
        return self._known.get((capture.document, capture.time.replace(microsecond=0)))

    def applied(self, captures: Sequence[Capture]) -> list[Capture]:
        """Return captures without those that were revoked; texts that were accepted are good."""
        if not self._known:
            return list(captures)
        texts = {c.text for c in captures if c.text and self.said(c) is Verdict.ACCEPTED}
        return [
            replace(c, outcome=Outcome.GOOD, reason="") if c.text in texts else c
            for c in captures
            if self.said(c) is not Verdict.REVOKED
        ]
