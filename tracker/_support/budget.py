"""A last resort against pages that cost too much time, on purpose or by a fault of ours.

The size of a page is bounded (`extractor.limits`), and no pattern backtracks, so no known page
comes near this. It is counted in processor time, so a busy machine does not matter. A computation
that runs out of it gives no result, never a different one, and so stays pure.
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
#: Some code swallows errors; the error is raised again after so many seconds.
_AGAIN = 1


@contextmanager
def limited(what: str, more: float = 0) -> Iterator[None]:
    """Limit a block to `SECONDS` plus `more` of processor time; `what` names its work in words.

    Only the main thread of a process can be stopped like this, and not on Windows; elsewhere there
    is no limit. A nested block has time of its own.

    Raises:
        TooCostly: The block took longer.
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
