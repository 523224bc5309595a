"""Names of a room that are imported when they are first asked for.

Each command is a process of its own, and what it never uses should cost it nothing: reading a
page for a visit needs no dates and no redlines, and no visit needs the publisher.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(room: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of the package `room`; `homes` says in which of its modules a name is."""

    def found(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        value = getattr(import_module(f"{room}.{homes[name]}"), name)
        setattr(sys.modules[room], name, value)
        return value

    return found
