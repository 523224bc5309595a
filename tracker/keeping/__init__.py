"""Keeping an installation: copies of its archive, where its bodies are, what is wrong with it."""

from __future__ import annotations

from tracker.keeping.copies import backup, restore
from tracker.keeping.doctor import contradictions, examine
from tracker.keeping.moving import clear, misplaced, move

__all__ = ["backup", "clear", "contradictions", "examine", "misplaced", "move", "restore"]
