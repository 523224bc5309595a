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
    """What went wrong with a document, in one sentence; `trace` where the program is at fault."""

    reason: str
    trace: str = ""


def tried(document: str, do: Callable[[], _Done]) -> _Done | Failed:
    """What is done for one document, or why it could not be: it must not stop the others.

    What is nobody's alone, such as a store that does not answer or a full disk, is raised.
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
    """What to say of an error that is none of ours."""
    said = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST]
    return f"a fault of this program, please report it ({said})"
