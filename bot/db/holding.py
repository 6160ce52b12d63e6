"""A named lock held by one process at a time, which the system takes away from a holder that dies."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import asyncpg
import structlog

from bot.db import postgresql
from bot.db.database import Database
from bot.db.trouble import trouble, unreachable
from bot.errors import DatabaseTrouble

LOOK_AGAIN = 1.0  # seconds between two tries for a lock that somebody holds
SIGN_OF_LIFE = (
    5.0  # seconds between two questions over a connection that holds a lock, and the longest for one
)
SILENCE = 15  # seconds of it after which the server takes the lock away; a holder that is cut off has let go by then

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hold:
    """A lock that is held until its block ends, or until `lost` is set."""

    name: str
    lost: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def hold(database: Database, name: str) -> AsyncIterator[Hold]:
    """Wait until nobody else holds `name`, then hold it. Meanwhile it stands in `database.standing_by`."""
    try:
        async with _held(database, name) as held:
            database.standing_by.discard(name)
            yield held
    finally:
        database.standing_by.discard(name)


def _held(database: Database, name: str) -> AbstractAsyncContextManager[Hold]:
    return _in_file(database, name) if database.dialect == "sqlite" else _on_server(database, name)


Work = Callable[[], Coroutine[Any, Any, None]]


async def in_turn(database: Database, name: str, work: Work) -> None:
    """Do `work` while we hold `name`, so that of all processes one does it; when the lock is lost, wait for it again.

    Ends when `work` does, and raises what it raises.
    """
    while True:
        try:
            async with hold(database, name) as held:
                if await _while_held(held, work):
                    return
        except Exception as error:
            if trouble(error) is None:
                raise
            log.warning("a lock cannot be had just now", lock=name, reason=trouble(error))
        await asyncio.sleep(LOOK_AGAIN)


async def _while_held(held: Hold, work: Work) -> bool:
    """Whether the work came to its end; a lost lock stops it."""
    working, lost = asyncio.create_task(work()), asyncio.create_task(held.lost.wait())
    try:
        await asyncio.wait({working, lost}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
            return True
        return False
    finally:
        for task in (working, lost):
            task.cancel()
        await asyncio.wait({working, lost})


@asynccontextmanager
async def _in_file(database: Database, name: str) -> AsyncIterator[Hold]:
    """The system drops a flock when its process ends, however it ends. The file stays, empty."""
    try:
        file = os.open(_lock_file(database, name), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DatabaseTrouble("A lock file cannot be made beside the database.") from error
    try:
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            database.standing_by.add(name)
            await asyncio.sleep(LOOK_AGAIN)
        yield Hold(name)
    finally:
        os.close(file)


def _lock_file(database: Database, name: str) -> Path:
    path = Path(str(database.url.database))
    # A name may hold a secret's fingerprint or a slash; its hash holds neither.
    return path.with_name(f"{path.name}-{blake2b(name.encode(), digest_size=4).hexdigest()}.lock")


@asynccontextmanager
async def _on_server(database: Database, name: str) -> AsyncIterator[Hold]:
    """An advisory lock of a transaction that stays open and empty on a connection of its own.

    A lock of the session would be lost, or kept for ever, behind a pooler that changes connections between
    transactions. An open transaction that holds no snapshot keeps nothing from being cleaned up.
    """
    held = Hold(name)
    connection = await postgresql.connect(database.direct)
    connection.add_termination_listener(lambda _: held.lost.set())
    try:
        await _acquire(connection, _number(name), lambda: database.standing_by.add(name))
        watch = asyncio.create_task(_watch(connection, held.lost))
        try:
            yield held
        finally:
            watch.cancel()
            await asyncio.wait([watch])
    finally:
        await postgresql.hang_up(connection)


async def _acquire(connection: asyncpg.Connection, number: int, taken: Callable[[], object]) -> None:
    try:
        # A machine that loses its power closes no connection; the server would keep the lock for hours.
        await connection.execute(f"BEGIN; SET LOCAL idle_in_transaction_session_timeout = '{SILENCE}s'")
        # To wait inside the server would end with the patience for one statement.
        while not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", number):
            taken()
            await asyncio.sleep(LOOK_AGAIN)
    except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        raise unreachable(error) from error


async def _watch(connection: asyncpg.Connection, lost: asyncio.Event) -> None:
    """A cable that was pulled closes no connection; ask now and then."""
    while not lost.is_set():
        try:
            await connection.execute("SELECT 1", timeout=SIGN_OF_LIFE)
        except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError):
            lost.set()
        await asyncio.sleep(SIGN_OF_LIFE)


def _number(name: str) -> int:
    return int.from_bytes(blake2b(b"folkmoot " + name.encode(), digest_size=8).digest(), signed=True)
