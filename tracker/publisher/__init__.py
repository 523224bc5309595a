"""Pure: histories become {path: bytes}.

First each document by itself, which leaves an abstract of it (`part`); then, from the abstracts,
what is of no single document (`whole`). So a site of any number of documents can be made with one
of them in memory, on several machines, and only those parts anew that something changed in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker._support.lazy import later

if TYPE_CHECKING:
    from tracker.publisher.build import Lot, Part, part, publish, status, whole
    from tracker.publisher.site.context import GivenUp, Rim, Table, Timestamp
    from tracker.publisher.site.listing import strays
    from tracker.publisher.summaries import Abstract
else:
    __getattr__ = later(
        __name__,
        {
            **dict.fromkeys(("GivenUp", "Rim", "Table", "Timestamp"), "site.context"),
            **dict.fromkeys(("Lot", "Part", "part", "publish", "status", "whole"), "build"),
            "Abstract": "summaries",
            "strays": "site.listing",
        },
    )

__all__ = [
    "Abstract",
    "GivenUp",
    "Lot",
    "Part",
    "Rim",
    "Table",
    "Timestamp",
    "part",
    "publish",
    "status",
    "strays",
    "whole",
]
