"""A named lock held by one process at a time, which the system takes away from a holder that dies."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import asyncpg

from bot.db import postgresql
from bot.db.database import Database
from bot.db.trouble import unreachable
from bot.errors import DatabaseTrouble

LOOK_AGAIN = 1.0  # seconds between two tries for a lock that somebody holds
SIGN_OF_LIFE = 5.0  # seconds between two questions over a connection that holds a lock


@dataclass(frozen=True, slots=True)
class Hold:
    """A lock that is held until its block ends, or until `lost` is set."""

    name: str
    lost: asyncio.Event = field(default_factory=asyncio.Event)


def hold(database: Database, name: str) -> AbstractAsyncContextManager[Hold]:
    """Wait until nobody else holds `name`, then hold it."""
    return _in_file(database, name) if database.dialect == "sqlite" else _on_server(database, name)


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
    connection = await postgresql.connect(database.url)
    connection.add_termination_listener(lambda _: held.lost.set())
    try:
        await _acquire(connection, _number(name))
        watch = asyncio.create_task(_watch(connection, held.lost))
        try:
            yield held
        finally:
            watch.cancel()
            await asyncio.wait([watch])
    finally:
        await _close(connection)


async def _acquire(connection: asyncpg.Connection, number: int) -> None:
    try:
        await connection.execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0")
        # To wait inside the server would end with the patience for one statement.
        while not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", number):  # noqa: ASYNC110
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


async def _close(connection: asyncpg.Connection) -> None:
    try:
        await connection.close(timeout=2)
    except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError):
        connection.terminate()


def _number(name: str) -> int:
    return int.from_bytes(blake2b(b"folkmoot " + name.encode(), digest_size=8).digest(), signed=True)
