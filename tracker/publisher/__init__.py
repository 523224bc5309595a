"""Pure: histories become {path: bytes}.

First each document by itself, which leaves a summary of it (`document_output`); then, from the
summaries, the files of no single document (`site_files`, `status_files`). So a site of any number
of documents can be made with one of them in memory, on several machines, and only the parts in
which something changed are made again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker._support.lazy import lazy_names

if TYPE_CHECKING:
    from tracker.publisher.build import (
        DocumentOutput,
        FileGroup,
        document_output,
        site_files,
        status_files,
    )
    from tracker.publisher.site.context import GivenUp, Lent, Table, Timestamp
    from tracker.publisher.site.listing import orphaned_corrections
    from tracker.publisher.summaries import DocumentSummary
else:
    __getattr__ = lazy_names(
        __name__,
        {
            **dict.fromkeys(("GivenUp", "Lent", "Table", "Timestamp"), "site.context"),
            **dict.fromkeys(
                (
                    "FileGroup",
                    "DocumentOutput",
                    "document_output",
                    "status_files",
                    "site_files",
                ),
                "build",
            ),
            "DocumentSummary": "summaries",
            "orphaned_corrections": "site.listing",
        },
    )

__all__ = [
    "DocumentOutput",
    "DocumentSummary",
    "FileGroup",
    "GivenUp",
    "Lent",
    "Table",
    "Timestamp",
    "document_output",
    "orphaned_corrections",
    "site_files",
    "status_files",
]
