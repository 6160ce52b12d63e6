"""SQLite in the event loop: statements run where they are asked, COMMIT and what may take long in a thread.

A connection is the standard library's own; SQLAlchemy drives it without an asynchronous driver in between. Through a
thread a statement crosses over and back four times, which costs several times what the statement itself does.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection as Transaction
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.base import SQLiteExecutionContext
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_

from bot.db.jsons import as_json, from_json

PATIENCE = 5.0  # seconds to wait for a lock that another process holds
LONGEST_NAP = 0.05  # seconds between two tries for it
CACHE = 8  # MB of pages for each connection; the system keeps the rest of the file at hand
READERS = 25  # connections at most
STATEMENTS = 500  # that a connection keeps prepared

PRAGMAS: tuple[str, ...] = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",  # what is deleted or replaced is overwritten: it may have been a secret
    "PRAGMA temp_store = FILE",  # what is sorted for a million people stays out of memory; the cache keeps less
    f"PRAGMA cache_size = -{CACHE * 1024}",
)

Answer = TypeVar("Answer")


class _AtOnce:
    """Awaited, it is over: SQLAlchemy takes a statement that awaits nothing for a mistake."""

    def __await__(self) -> Generator[None, None, None]:
        return
        yield


_AT_ONCE = _AtOnce()


class Threads:
    """Where what may take long is run; a caller that is cancelled waits until its thread has come back."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Have `work` done in a thread."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(4, thread_name_prefix="sqlite")
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

    def rest(self) -> None:
        """Let the threads end; whoever comes later gets new ones."""
        if self._pool is not None:
            self._pool.shutdown(wait=False)
            self._pool = None


class Cursor(sqlite3.Cursor):
    """A cursor that answers at once, unless `in_thread` is set or another process holds a lock."""

    in_thread = False
    connection: Connection

    def execute(self, statement: str, parameters: Any = ()) -> Cursor:
        """Run a statement."""
        return self.connection.run(lambda: super(Cursor, self).execute(statement, parameters), self.in_thread)

    def executemany(self, statement: str, rows: Any) -> Cursor:
        """Run a statement once for each row."""
        return self.connection.run(lambda: super(Cursor, self).executemany(statement, rows), self.in_thread)

    def setinputsizes(self, sizes: object) -> None:
        """SQLite has no use for this."""

    async def _async_soft_close(self) -> None:
        """For SQLAlchemy, when it has no more need of the cursor; rows that are still to be read stay here."""


class Connection(sqlite3.Connection):
    """One connection, used by one task at a time, inside one of SQLAlchemy's greenlets."""

    threads: Threads

    def cursor(self, factory: Any = Cursor) -> Any:
        """A new cursor."""
        return super().cursor(factory)

    def run(self, work: Callable[[], Answer], in_thread: bool) -> Answer:
        """Do `work`; the loop goes on while it takes long or another process holds a lock."""
        if not in_thread:
            try:
                answer = work()
            except sqlite3.OperationalError as error:
                if not _worth_waiting(error):
                    raise
            else:
                await_(_AT_ONCE)
                return answer
        waited: Answer = await_(self._patiently(work, in_thread=in_thread))
        return waited

    async def _patiently(self, work: Callable[[], Answer], *, in_thread: bool) -> Answer:
        deadline = time.monotonic() + PATIENCE
        nap = 0.001
        while True:
            try:
                return await self.threads.run(work) if in_thread else work()
            except sqlite3.OperationalError as error:
                if not _worth_waiting(error) or time.monotonic() + nap > deadline:
                    raise
            await asyncio.sleep(nap)
            nap = min(nap * 2, LONGEST_NAP)

    def commit(self) -> None:
        """Make it last: returns when the disk has it."""
        if self.in_transaction:
            self.run(super().commit, in_thread=True)

    def rollback(self) -> None:
        """Undo it. Some errors, a full disk for one, have undone it already."""
        if self.in_transaction:
            super().rollback()


class _Context(SQLiteExecutionContext):
    """What surrounds one statement."""

    def create_server_side_cursor(self) -> Any:
        """SQLite hands out rows as they are asked for in any case."""
        return self.create_default_cursor()

    def pre_exec(self) -> None:
        """Have long statements run in a thread."""
        super().pre_exec()  # type: ignore[no-untyped-call]
        if self.execution_options.get("in_thread"):
            self.cursor.in_thread = True  # type: ignore[attr-defined]


class Dialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's dialect for `sqlite3`, told that an event loop is around it."""

    driver = "in_the_loop"
    is_async = True
    has_terminate = True
    supports_statement_cache = True
    supports_server_side_cursors = True
    execution_ctx_cls = _Context

    def do_terminate(self, dbapi_connection: Any) -> None:
        """Close a connection where nothing can be awaited."""
        dbapi_connection.close()


def engine(url: URL, *, foreign_keys: bool = True) -> AsyncEngine:
    """An engine on the file that `url` names."""
    path, threads = str(url.database), Threads()

    def creator() -> Connection:
        opened: Connection = await_(threads.run(lambda: _open(path, threads, foreign_keys=foreign_keys)))
        return opened

    registry.register("sqlite.in_the_loop", __name__, "Dialect")
    made = create_async_engine(
        f"sqlite+in_the_loop:///{Path(path).absolute()}",
        creator=creator,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=5,
        max_overflow=READERS - 5,
        json_serializer=as_json,
        json_deserializer=from_json,
        hide_parameters=True,  # an error goes into the log; what somebody wrote does not
    )
    event.listen(made.sync_engine, "begin", _begin)
    event.listen(made.sync_engine, "engine_disposed", lambda _: threads.rest())
    return made


def _open(path: str, threads: Threads, *, foreign_keys: bool) -> Connection:
    raw = sqlite3.connect(
        path,
        timeout=PATIENCE,
        isolation_level=None,  # transactions are begun by hand, see `_begin`
        check_same_thread=False,
        cached_statements=STATEMENTS,
        factory=Connection,
    )
    raw.threads = threads
    try:
        for pragma in (*PRAGMAS, f"PRAGMA foreign_keys = {int(foreign_keys)}"):
            _wait_and_run(raw, pragma)
        raw.execute("PRAGMA busy_timeout = 0")
    except sqlite3.Error:
        raw.close()
        raise
    return raw


def _wait_and_run(raw: sqlite3.Connection, pragma: str) -> Sequence[Any]:
    """Two processes opening a new database at once may meet a lock for which SQLite does not wait."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return sqlite3.Connection.cursor(raw, sqlite3.Cursor).execute(pragma).fetchall()
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _worth_waiting(error: sqlite3.OperationalError) -> bool:
    """After SQLITE_BUSY_SNAPSHOT waiting is no use: what this transaction has read is out of date."""
    return _is_busy(error) and error.sqlite_errorcode != sqlite3.SQLITE_BUSY_SNAPSHOT


def _is_busy(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _begin(transaction: Transaction) -> None:
    """A writer takes the lock at once: one that reads first may find that it can no longer get it."""
    reading = transaction.get_execution_options().get("reading", False)
    transaction.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
