"""The transactions of the one writer: each addition in one of its own, or a whole visit in one.

Additions between `begin` and `end` are on disk when `end` returns; nobody may be told of them
before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection

from tracker.errors import Unwritten


class Transactions:
    """The transactions of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._is_together = False
        self._waits = False  # whether anything was added that is not on disk yet

    def begin(self) -> None:
        """Let additions wait for `end`."""
        self._is_together = True

    def end(self) -> None:
        """Put everything on disk that waits. Raises Unwritten where SQLite gave any of it up."""
        self._is_together = False
        self._commit()

    @contextmanager
    def addition(self) -> Iterator[None]:
        """Add everything in the block, or nothing; earlier additions of the visit stay."""
        self._look_after_earlier()
        if not self._db.in_transaction:
            self._db.execute("begin immediate")
        self._db.execute("savepoint addition")
        try:
            yield
        except BaseException:
            self._take_back()
            raise
        self._db.execute("release addition")
        self._waits = True
        if not self._is_together:
            self._commit()

    def _commit(self) -> None:
        try:
            self._look_after_earlier()
            self._db.commit()
        except BaseException:
            self._db.rollback()  # so that no later transaction can pass for this one
            raise
        finally:
            self._waits = False

    def _look_after_earlier(self) -> None:
        """Raise Unwritten if SQLite gave up what waits, as it does after some errors."""
        if self._waits and not self._db.in_transaction:
            raise Unwritten("What waited to be written was lost; run again to see it anew.")

    def _take_back(self) -> None:
        if self._is_together and self._db.in_transaction:
            self._db.execute("rollback to addition")
            self._db.execute("release addition")
        else:
            self._db.rollback()
