"""A last resort against pages that are made to cost time, or that cost it by a fault of ours.

What a page may hold is bounded (`differ.bounds`), and no pattern backtracks, so no page that is
known comes near this. It is counted in processor time, so that a busy machine does not matter. Who
runs out of it has no answer, never another one: what is pure stays so.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tracker.errors import TooCostly

#: Processor seconds for a page to be read, or for two versions to be compared: a dozen times what
#: the dearest page within the bounds takes.
SECONDS = 120
#: Some part of a program may hold an error back; it is raised anew after so long.
_AGAIN = 1


@contextmanager
def limited(what: str, more: float = 0) -> Iterator[None]:
    """A block that may take `SECONDS` of processor time, and `more`; `what` it does, in words.

    Raises TooCostly where it takes longer. Only the main thread of a process can be stopped so, and
    not on Windows; elsewhere the block may take its time. A block within has time of its own.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not hasattr(signal, "setitimer"):
        yield
        return
    seconds = SECONDS + more

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooCostly(
            f"{what} takes more than {seconds:,.0f} seconds of processor time; select a smaller "
            "part of the page, or report it as a fault of this program."
        )

    before = signal.signal(signal.SIGVTALRM, stop)
    left = signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, *left)
        signal.signal(signal.SIGVTALRM, before)
