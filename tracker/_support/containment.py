"""One document's fault, kept from the others."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tracker.errors import Busy, TrackerError, Unreachable, Unwritten

_Done = TypeVar("_Done")
_LONGEST = 200  # characters of what an error says


@dataclass(frozen=True, slots=True)
class Failed:
    """The failure of one document, in a sentence; with a `trace` if the program is at fault."""

    reason: str
    trace: str = ""


def tried(document: str, do: Callable[[], _Done]) -> _Done | Failed:
    """Do one document's work; return its result, or the failure, which must not stop the others.

    Faults that concern all documents, such as a full disk or a silent store, are raised.
    """
    try:
        return do()
    except (Busy, Unreachable, Unwritten):
        raise
    except TrackerError as error:
        said = str(error)
        return Failed(said if document in said else f"{document}: {said}")
    except Exception as error:  # noqa: BLE001 (whatever it is, it is this document's)
        trace = "".join(traceback.format_exception(error))
        return Failed(f"{document}: {unexpected(error)}.", trace)


def unexpected(error: Exception) -> str:
    """Word an error that is not one of ours."""
    said = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST]
    return f"a fault of this program, please report it ({said})"
