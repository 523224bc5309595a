"""Work on many things at once: here, in processes of this machine, or on a Dask cluster.

What is done is a plain function of its input, so the answers are the same wherever it was done;
they come in the order in which the work was given. Only so much is under way at a time as keeps
every worker busy, so that neither work nor answers pile up in memory.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from tracker._support.cache import PAGES, program
from tracker.errors import ArchiveError, UsageError

_PATIENCE = 10  # seconds until a scheduler has to answer
_AHEAD = 2  # jobs under way for each worker: one is done, one waits beside it

_Given = TypeVar("_Given")
_Work = TypeVar("_Work")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Workers:
    """Whoever does the work besides this process."""

    executor: Executor
    number: int

    def each(
        self,
        do: Callable[[_Work], _Answer],
        given: Iterable[_Given],
        work: Callable[[_Given], _Work],
    ) -> Iterator[tuple[_Given, _Answer]]:
        """What `do` makes of the `work` for everything `given`, in the order given.

        Raises ArchiveError where a worker is lost and nobody can take its place.
        """
        waiting: deque[tuple[_Given, Future[_Answer]]] = deque()
        try:
            for one in given:
                waiting.append((one, self.executor.submit(do, work(one))))
                if len(waiting) >= _AHEAD * self.number:
                    yield _first(waiting)
            while waiting:
                yield _first(waiting)
        finally:
            for _, future in waiting:
                future.cancel()


def _first(waiting: deque[tuple[_Given, Future[_Answer]]]) -> tuple[_Given, _Answer]:
    one, future = waiting.popleft()
    try:
        return one, future.result()
    except BrokenProcessPool as error:
        raise ArchiveError(
            "A worker process was ended from outside (was there too little memory?); nothing "
            "recorded is lost, run it again with fewer --workers."
        ) from error
    except Exception as error:
        if type(error).__name__ in {"KilledWorker", "FutureCancelledError"}:
            raise ArchiveError(
                "The cluster lost its workers again and again at the same work; nothing recorded "
                "is lost, see to them and run it again."
            ) from error
        raise


@contextmanager
def workers(number: int, scheduler: str) -> Iterator[Workers | None]:
    """The workers of the cluster at `scheduler`, or `number` processes of this machine.

    None for one process and no scheduler: this one does the work. Raises UsageError where the
    cluster cannot be used.
    """
    if scheduler:
        with _cluster(scheduler) as found:
            yield found
    elif number > 1:
        # Not forked: a child must not hold our locks and the open archive.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(number, mp_context=context) as executor:
            yield Workers(executor, number)
    else:
        yield None


@contextmanager
def _cluster(scheduler: str) -> Iterator[Workers]:
    try:
        from distributed import Client
        from distributed.comm import connect
    except ImportError as error:
        raise UsageError(
            "--scheduler needs what is not installed: pip install 'terms-tracker[cluster]'."
        ) from error

    async def greet() -> None:
        # A client waits for ever for one that takes connections and never says what it is.
        (await asyncio.wait_for(connect(scheduler), _PATIENCE)).abort()

    try:
        asyncio.run(greet())
        client = Client(scheduler, timeout=_PATIENCE, set_as_default=False)
    except Exception as error:  # whatever else listens there may answer anything
        raise UsageError(f"--scheduler: no Dask scheduler answers at {scheduler!r}.") from error
    with client:
        threads = client.nthreads()
        if not threads:
            raise UsageError(f"--scheduler: the cluster at {scheduler} has no workers.")
        _same_program(client, scheduler)
        with client.get_executor(pure=False, retries=_AHEAD) as executor:
            yield Workers(executor, sum(threads.values()))


def _same_program(client: object, scheduler: str) -> None:
    """Answers of another version would be other answers."""
    ours = program(PAGES)
    try:
        theirs = set(client.run(program, PAGES).values())  # type: ignore[attr-defined]
    except Exception as error:
        raise UsageError(
            f"--scheduler: the workers at {scheduler} cannot load this program; install the same "
            "terms-tracker there."
        ) from error
    if theirs != {ours}:
        raise UsageError(
            f"--scheduler: workers at {scheduler} have another version of this program, of Python "
            "or of its libraries; install the same there."
        )
