"""The transactions of the one writer: each addition in one of its own, or several in a group.

A full sync costs as much as all the rest of a quick visit, and one serves for everything in a
transaction (group commit). What is added in a group is on disk when `commit` returns, and nobody
may be told of it before; `tracker.intake.Recorded` sees to that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection
from threading import RLock

from tracker.errors import Unwritten


class Transactions:
    """Those of one connection, for several threads, of which one at a time has it to itself.

    While they are `in_group`, additions wait for `commit`; `waits` says whether any does.
    """

    def __init__(self, connection: Connection) -> None:
        self.alone = RLock()
        self._db = connection
        self.in_group = False
        self.waits = False
        self._is_lost = False

    @contextmanager
    def addition(self) -> Iterator[None]:
        """Everything in the block is added, or nothing; a group that waits is left as it was."""
        with self.alone:
            self._look_after_group()
            if not self._db.in_transaction:
                self._db.execute("begin immediate")
            self._db.execute("savepoint addition")
            try:
                yield
            except BaseException:
                self._take_back()
                raise
            self._db.execute("release addition")
            if self.in_group:
                self.waits = True
            else:
                self.commit()

    def commit(self) -> None:
        """Put what waits on disk. Raises Unwritten where any of the group was lost before."""
        with self.alone:
            self._look_after_group()
            try:
                self._db.commit()
            except BaseException:
                self._drop()
                raise
            self.waits = False

    def _look_after_group(self) -> None:
        """Raise where SQLite gave up what waits, as it does after some errors of any statement."""
        self._is_lost |= self.waits and not self._db.in_transaction
        if self._is_lost:
            raise Unwritten("What waited to be written was lost; run again to see it anew.")

    def _take_back(self) -> None:
        if self.in_group and self._db.in_transaction:
            self._db.execute("rollback to addition")
            self._db.execute("release addition")
        else:
            self._drop()

    def _drop(self) -> None:
        """Give up the transaction, so that no later one can pass for it."""
        self._is_lost |= self.waits
        self._db.rollback()
