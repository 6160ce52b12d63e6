"""SQLite in the event loop: statements run where they are asked, COMMIT and what may take long in a thread.

The classes answer to SQLAlchemy as aiosqlite's do, on the standard library's `sqlite3`. Through a thread
a statement crosses over and back four times, which costs several times what the statement itself does.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection as Transaction
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

PATIENCE = 5.0  # seconds to wait for a lock that another process holds
LONGEST_NAP = 0.05  # seconds between two tries for it
CACHE = 32  # MB of pages for each connection
READERS = 25  # connections at most

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA cache_size = -{CACHE * 1024}",
)

Answer = TypeVar("Answer")


class Threads:
    """Where what may take long is run; a caller that is cancelled waits until its thread has come back."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="sqlite")

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Have `work` done in a thread."""
        future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            # The connection must not be touched here while it is in use there.
            while not future.done():
                try:
                    await asyncio.wait([future])
                except asyncio.CancelledError:
                    continue
            if not future.cancelled():
                future.exception()
            raise


class Cursor:
    """A cursor whose coroutines answer at once, unless `in_thread` is set."""

    def __init__(self, connection: Connection, cursor: sqlite3.Cursor) -> None:
        self._connection = connection
        self._cursor = cursor
        self.in_thread = False
        self.arraysize = 1

    async def __aenter__(self) -> Cursor:
        return self

    @property
    def description(self) -> Any:
        """The columns of the answer."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The number of the row inserted last."""
        return self._cursor.lastrowid

    async def execute(self, statement: str, parameters: Any = ()) -> None:
        """Run a statement."""
        await self._connection.run(
            lambda: self._cursor.execute(statement, parameters), in_thread=self.in_thread
        )

    async def executemany(self, statement: str, rows: Iterable[Any]) -> None:
        """Run a statement once for each row."""
        await self._connection.run(
            lambda: self._cursor.executemany(statement, rows), in_thread=self.in_thread
        )

    async def fetchone(self) -> Any:
        """The next row."""
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> Sequence[Any]:
        """The next rows."""
        return self._cursor.fetchmany(size or self.arraysize)

    async def fetchall(self) -> Sequence[Any]:
        """All rows that are left."""
        return await self._connection.run(self._cursor.fetchall, in_thread=self.in_thread)

    async def setinputsizes(self, sizes: object) -> None:
        """SQLite has no use for this."""

    async def close(self) -> None:
        """Let go of the statement."""
        self._cursor.close()


class Connection:
    """One connection, used by one task at a time."""

    isolation_level = None  # transactions are begun by hand, see `_begin`

    def __init__(self, raw: sqlite3.Connection, threads: Threads) -> None:
        self._connection: sqlite3.Connection | None = (
            raw  # SQLAlchemy asks under this name whether it is open
        )
        self._threads = threads

    @property
    def _raw(self) -> sqlite3.Connection:
        if self._connection is None:
            raise sqlite3.OperationalError("connection closed")
        return self._connection

    async def run(self, work: Callable[[], Answer], *, in_thread: bool = False) -> Answer:
        """Do `work`, again and again while another process holds a lock; the loop goes on meanwhile."""
        deadline = time.monotonic() + PATIENCE
        nap = 0.001
        while True:
            try:
                return await self._threads.run(work) if in_thread else work()
            except sqlite3.OperationalError as error:
                # After SQLITE_BUSY_SNAPSHOT waiting is no use: what this transaction has read is out of date.
                if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY_SNAPSHOT} or not _is_busy(error):
                    raise
                if time.monotonic() + nap > deadline:
                    raise
            await asyncio.sleep(nap)
            nap = min(nap * 2, LONGEST_NAP)

    def cursor(self) -> Cursor:
        """A new cursor."""
        return Cursor(self, self._raw.cursor())

    async def commit(self) -> None:
        """Make it last: returns when the disk has it."""
        raw = self._raw
        if raw.in_transaction:
            await self.run(lambda: raw.execute("COMMIT"), in_thread=True)

    async def rollback(self) -> None:
        """Undo it. Some errors, a full disk for one, have undone it already."""
        if self._raw.in_transaction:
            self._raw.execute("ROLLBACK")

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        """Teach SQL a function."""
        self._raw.create_function(*arguments, **options)

    async def close(self) -> None:
        """Close it; the last one to go copies the journal into the database."""
        raw, self._connection = self._connection, None
        if raw is not None:
            await self._threads.run(raw.close)

    def stop(self) -> None:
        """Close it where nothing can be awaited."""
        raw, self._connection = self._connection, None
        if raw is not None:
            raw.close()


def engine(url: URL, *, foreign_keys: bool = True) -> AsyncEngine:
    """An engine on the file that `url` names."""
    path, threads = str(url.database), Threads()

    async def creator() -> Connection:
        return Connection(await threads.run(lambda: _open(path, foreign_keys=foreign_keys)), threads)

    made = create_async_engine(
        f"sqlite+aiosqlite:///{Path(path).absolute()}",
        async_creator=creator,
        pool_size=5,
        max_overflow=READERS - 5,
        hide_parameters=True,  # an error goes into the log; what somebody wrote does not
    )
    event.listen(made.sync_engine, "begin", _begin)
    event.listen(made.sync_engine, "before_cursor_execute", _before_statement)
    return made


def _open(path: str, *, foreign_keys: bool) -> sqlite3.Connection:
    raw = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        for pragma in (*PRAGMAS, f"PRAGMA foreign_keys = {int(foreign_keys)}"):
            _patiently(raw, pragma)
        raw.execute("PRAGMA busy_timeout = 0")
    except sqlite3.Error:
        raw.close()
        raise
    return raw


def _patiently(raw: sqlite3.Connection, pragma: str) -> None:
    """Two processes opening a new database at once may meet a lock for which SQLite does not wait."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            raw.execute(pragma).fetchall()
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _is_busy(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _begin(transaction: Transaction) -> None:
    """A writer takes the lock at once: one that reads first may find that it can no longer get it."""
    reading = transaction.get_execution_options().get("reading", False)
    transaction.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _before_statement(
    _connection: object, cursor: Any, _statement: str, _parameters: object, context: Any, _many: bool
) -> None:
    if context is not None and context.execution_options.get("in_thread"):
        cursor._cursor.in_thread = True
