"""Group commit: what was finished at nearly the same time is recorded by one sync of the disk.

Only then is anybody told of it, in the order in which it was finished. So nothing that was told
can be lost, and a run that is killed loses at most a moment's visits, which the next one makes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Event, RLock, Thread
from types import TracebackType
from typing import Generic, Self, TypeVar

from tracker.archive.store import Archive

#: A group waits for so many seconds at most, whatever the network does in the meantime, ...
LONGEST = 0.1
#: ... and is of so many visits at most.
MOST = 32

_Done = TypeVar("_Done")


class Recorded(Generic[_Done]):
    """Tells of each thing that was done with an archive once it is on disk; a context manager.

    `tell` is called in this thread or in that of a clock, but never in both at once. What goes
    wrong in that of the clock is raised here.
    """

    def __init__(self, archive: Archive, tell: Callable[[_Done], object]) -> None:
        self._archive = archive
        self._tell = tell
        self._waiting: list[_Done] = []
        self._alone = RLock()
        self._is_over = Event()
        self._clock = Thread(target=self._tick, daemon=True)
        self._problem: BaseException | None = None
        self._group = ExitStack()

    def __enter__(self) -> Self:
        self._group.enter_context(self._archive.group())
        self._clock.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._clock.join()
        with self._group, self._alone:
            self._look_out()
            self._record()

    def add(self, done: _Done) -> None:
        """Something was done; its captures are added to the archive."""
        with self._alone:
            self._look_out()
            self._waiting.append(done)
            if len(self._waiting) >= MOST:
                self._record()

    def _record(self) -> None:
        """Put everything that waits on disk, then tell of what is done."""
        done, self._waiting = self._waiting, []
        self._archive.commit()
        for one in done:
            self._tell(one)

    def _tick(self) -> None:
        """The clock: of a visit that takes long, too, what it has added so far is recorded."""
        while not self._is_over.wait(LONGEST):
            with self._alone:
                if not (self._waiting or self._archive.waits):
                    continue
                try:
                    self._record()
                except BaseException as problem:  # noqa: BLE001 (raised by whoever comes next)
                    self._problem = problem
                    return

    def _look_out(self) -> None:
        if self._problem is not None:
            raise self._problem
