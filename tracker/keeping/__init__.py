"""Keeping an installation: copies of its archive, and what is wrong with it."""

from __future__ import annotations

from tracker.keeping.copies import backup, restore
from tracker.keeping.doctor import examine

__all__ = ["backup", "examine", "restore"]
