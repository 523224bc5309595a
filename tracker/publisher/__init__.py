"""Pure: histories become {path: bytes}."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.later import later

if TYPE_CHECKING:
    from tracker.publisher.frame import Rim, Table
    from tracker.publisher.listing import strays
    from tracker.publisher.publication import publish
else:
    __getattr__ = later(
        __name__,
        {"Rim": "frame", "Table": "frame", "publish": "publication", "strays": "listing"},
    )

__all__ = ["Rim", "Table", "publish", "strays"]
