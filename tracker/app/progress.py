"""The ways in which a use case tells its caller how it goes; by default it tells nobody."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Event(Protocol):
    """A receiver of events for the log: a name, a level of `logging`, and facts."""

    def __call__(self, name: str, *, level: int = logging.INFO, **facts: object) -> None: ...


def _nobody(_text: str) -> None:
    """Tell nobody."""


def _unlogged(name: str, *, level: int = logging.INFO, **facts: object) -> None:
    """Log nothing."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Receivers of all that a use case has to say before it returns.

    `doing` gets a line that replaces the one before it, empty once nothing is being done; `say`
    results, `failed` those that are failures, `note` remarks and `problem` failures of single
    things, each a sentence that may hold any characters; `event` the same and more for programs.
    """

    doing: Callable[[str], None] = _nobody
    say: Callable[[str], None] = _nobody
    failed: Callable[[str], None] = _nobody
    note: Callable[[str], None] = _nobody
    problem: Callable[[str], None] = _nobody
    event: Event = _unlogged


SILENT = Progress()
