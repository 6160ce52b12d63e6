"""Locks on a database that another program holds for longer than we have patience."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.engine import URL

from bot.db import sqlite
from tests.faults.test_databases import another_session

PATIENCE = 0.2  # seconds that we wait for a lock, in these tests
LONG = 2.0  # seconds; a turn is tried three times, and its channel brings it again

HOLDS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("BEGIN IMMEDIATE")
print("ready", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
print("done", flush=True)
"""


async def impatient(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens this database from now on does not wait long for a lock."""
    monkeypatch.setattr(sqlite, "PATIENCE", PATIENCE)
    if url.get_backend_name() == "postgresql":
        async with another_session(url) as other:
            await other.execute(f"""ALTER DATABASE "{url.database}" SET lock_timeout = '{PATIENCE}s'""")


@asynccontextmanager
async def held(url: URL, *tables: str) -> AsyncIterator[None]:
    """Nobody else can write into these tables, with SQLite into any, until the end. What is there can be read."""
    if url.get_backend_name() == "postgresql":
        async with another_session(url) as other, other.transaction():
            for table in tables:
                await other.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            yield
        return
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDS, str(url.database), stdin=pipe, stdout=pipe
    )
    assert other.stdin is not None
    assert other.stdout is not None
    try:
        assert await other.stdout.readline() == b"ready\n"
        yield
    finally:
        other.stdin.close()
        assert await other.stdout.readline() == b"done\n"
        await other.wait()
