"""Keeping an installation: copies of its archive, and what is wrong with it."""

from __future__ import annotations

from tracker.keeping.copies import Copy, backup, restore
from tracker.keeping.doctor import Finding, examine

__all__ = ["Copy", "Finding", "backup", "examine", "restore"]
