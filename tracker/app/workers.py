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
from functools import partial
from typing import Generic, TypeVar

from tracker._support.cache import PAGES, program
from tracker._support.containment import Failed
from tracker.errors import ArchiveError, UsageError

_PATIENCE = 10  # seconds until a scheduler has to answer
_AHEAD = 2  # jobs under way for each worker: one is done, one waits beside it

_Given = TypeVar("_Given")
_Work = TypeVar("_Work")
_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class Workers:
    """Whoever does the work besides this process.

    `anew` starts an executor in place of one whose processes are lost; one that replaces them
    itself needs none.
    """

    executor: Executor
    number: int
    anew: Callable[[], Executor] | None = None

    def each(
        self,
        do: Callable[[_Work], _Answer],
        given: Iterable[_Given],
        work: Callable[[_Given], _Work],
        lost: Callable[[_Given], _Answer] | None = None,
    ) -> Iterator[tuple[_Given, _Answer]]:
        """Yield what `do` makes of the `work` for everything `given`, in the order given.

        What ends every worker that takes it is answered by `lost`, and all else goes on. Raises
        ArchiveError without that, and where there are no workers any more.
        """
        waiting: deque[_Begun[_Given, _Work, _Answer]] = deque()
        try:
            for one in given:
                job = work(one)
                waiting.append(_Begun(one, job, self._submitted(do, job)))
                if len(waiting) >= _AHEAD * self.number:
                    yield self._first(do, waiting, lost)
            while waiting:
                yield self._first(do, waiting, lost)
        finally:
            for begun in waiting:
                begun.future.cancel()

    def _first(
        self,
        do: Callable[[_Work], _Answer],
        waiting: deque[_Begun[_Given, _Work, _Answer]],
        lost: Callable[[_Given], _Answer] | None,
    ) -> tuple[_Given, _Answer]:
        if _is_lost(waiting[0].future) and self.anew and lost:
            # Any of them may have ended the workers: each is done alone, so that it is known which.
            self._renew()
            for begun in waiting:
                if _is_lost(begun.future):
                    begun.future = self._alone(do, begun.work)
        first = waiting.popleft()
        try:
            return first.given, _answer(first.future)
        except _Lost:
            if lost is None:
                raise
            return first.given, lost(first.given)

    def _alone(self, do: Callable[[_Work], _Answer], job: _Work) -> Future[_Answer]:
        future = self._submitted(do, job)
        if _is_lost(future):
            self._renew()
        return future

    def _submitted(self, do: Callable[[_Work], _Answer], job: _Work) -> Future[_Answer]:
        try:
            return self.executor.submit(do, job)
        except BrokenProcessPool as error:
            broken: Future[_Answer] = Future()
            broken.set_exception(error)
            return broken

    def _renew(self) -> None:
        if self.anew:
            self.close()
            self.executor = self.anew()

    def close(self) -> None:
        self.executor.shutdown()


@dataclass(slots=True)
class _Begun(Generic[_Given, _Work, _Answer]):
    """A piece of work under way."""

    given: _Given
    work: _Work
    future: Future[_Answer]


class _Lost(ArchiveError):
    """A worker was lost over its work."""


def _is_lost(future: Future[_Answer]) -> bool:
    """Return whether a worker was lost over it, once it is done."""
    return isinstance(future.exception(), BrokenProcessPool)


def _answer(future: Future[_Answer]) -> _Answer:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise _Lost(
            "A worker process was ended from outside (was there too little memory?); nothing "
            "recorded is lost, run it again with fewer --workers."
        ) from error
    except Exception as error:
        name = type(error).__name__
        if name in {"KilledWorker", "FutureCancelledError"}:
            kind = _Lost if name == "KilledWorker" else ArchiveError
            raise kind(
                "The cluster lost its workers again and again at the same work; nothing recorded "
                "is lost, see to them and run it again."
            ) from error
        raise


def lost_worker(name: str) -> Failed:
    """Word the failure of work that ends every process that takes it."""
    return Failed(
        f"{name}: every process that worked on it was ended from outside (was there too little "
        "memory?)."
    )


@contextmanager
def workers(number: int, scheduler: str) -> Iterator[Workers | None]:
    """Lend the workers of the cluster at `scheduler`, or `number` processes of this machine.

    None for one process and no scheduler: this one does the work. Raises UsageError where the
    cluster cannot be used.
    """
    if scheduler:
        with _cluster(scheduler) as found:
            yield found
    elif number > 1:
        # Not forked: a child must not hold our locks and the open archive.
        context = multiprocessing.get_context("spawn")
        anew = partial(ProcessPoolExecutor, number, mp_context=context)
        pool = Workers(anew(), number, anew)
        try:
            yield pool
        finally:
            pool.close()
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
    """Check that the cluster has this version of the program: others may answer otherwise."""
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
