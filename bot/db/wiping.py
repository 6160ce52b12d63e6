"""Clearing the database's own files of what was deleted: rows are gone for a query long before their bytes are."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog

from bot.db import postgresql

if TYPE_CHECKING:
    from bot.db.database import Database

WHOLE = (
    64 * 1024 * 1024
)  # bytes of a table that PostgreSQL may write anew, while nobody uses it, within a second
PATIENCE = "2s"  # that it waits for a table: whoever comes after it waits as long

log = structlog.get_logger()


async def wipe(database: Database, tables: Sequence[str]) -> bool:
    """Clear these tables of what was deleted or replaced; False when they were in use, and it is to be tried again.

    SQLite overwrites what it deletes (`secure_delete`); only its log beside the file must be emptied. PostgreSQL
    keeps old versions of rows until they are vacuumed, and their bytes until the table is written anew: a small table
    is, a large one is only vacuumed, which leaves bytes in free space until they are used again. Its write-ahead log
    and every backup keep what they have for as long as the operator keeps them.
    """
    if database.dialect == "sqlite":
        async with database.engine.connect() as connection:
            # Not through SQLAlchemy, which would begin a transaction: within one a log is not emptied.
            raw = (await connection.get_raw_connection()).driver_connection
            return await asyncio.to_thread(_emptied, raw)
    connection = await postgresql.connect(database.direct)
    try:
        await connection.execute(f"SET lock_timeout = '{PATIENCE}'")
        for table in tables:
            size = await connection.fetchval("SELECT pg_total_relation_size($1::regclass)", table)
            await connection.execute(f"VACUUM {'(FULL)' if size <= WHOLE else ''} {table}")
    except asyncpg.LockNotAvailableError:
        log.debug("tables are in use and are cleared later")
        return False
    finally:
        await postgresql.hang_up(connection)
    return True


def _emptied(raw: Any) -> bool:
    cursor = sqlite3.Connection.cursor(raw, sqlite3.Cursor)
    (in_use, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not in_use
