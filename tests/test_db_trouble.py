"""The database in trouble: locked, full, gone and back, killed; and the lock that dies with its holder."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from bot.clock import utc_now
from bot.db import Database, hold, is_passing, ready, sqlite, trouble, upgrade
from bot.errors import DatabaseTrouble
from bot.models import Fact
from tests.databases import Postgresql, Sqlite

Opener = Callable[[URL], Database]
READY = "ready"

LOCKS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("ready", flush=True)
sys.stdin.read()
"""

WRITES = """
import asyncio, sys
from sqlalchemy.engine import make_url
from bot.clock import utc_now
from bot.db import Database
from bot.models import Fact

async def main():
    database = Database(make_url(sys.argv[1]))
    print("ready", flush=True)
    for number in range(1_000_000):
        async with database.writing() as session:
            session.add(Fact(name=str(number), value={}, at=utc_now()))
        print(number, flush=True)

asyncio.run(main())
"""

HOLDS = """
import asyncio, sys
from sqlalchemy.engine import make_url
from bot.db import Database, hold

async def main():
    async with hold(Database(make_url(sys.argv[1])), "postman"):
        print("ready", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@asynccontextmanager
async def process(program: str, address: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that has come as far as it says; killed at the end."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, address, stdin=pipe, stdout=pipe
    )
    assert child.stdout is not None
    try:
        assert (await child.stdout.readline()).decode().strip() == READY
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


def as_text(url: URL) -> str:
    """An address that another process understands."""
    return url.render_as_string(hide_password=False)


async def keep(database: Database, name: str) -> None:
    """Write one row."""
    async with database.writing() as session:
        session.add(Fact(name=name, value={}, at=utc_now()))


async def names(database: Database) -> set[str]:
    """The rows that are there."""
    async with database.reading() as session:
        return set(await session.scalars(select(Fact.name)))


@pytest.fixture
def sqlite_url(sqlite_files: Sqlite, tmp_path: Path) -> URL:
    """A fresh SQLite file."""
    return sqlite_files.fresh(tmp_path)


@pytest.fixture
def postgresql_url(postgresql_server: Postgresql) -> Iterator[URL]:
    """A fresh PostgreSQL database."""
    url = postgresql_server.fresh()
    yield url
    postgresql_server.drop(url)


async def test_a_writer_waits_for_another_program_and_the_rest_goes_on(
    sqlite_url: URL, open_database: Opener
) -> None:
    database = open_database(sqlite_url)
    async with process(LOCKS, str(sqlite_url.database)) as other:
        writer = asyncio.create_task(keep(database, "bread"))
        for _ in range(20):
            await asyncio.sleep(0.01)
            assert await names(database) == set()
        assert not writer.done()
        assert other.stdin is not None
        other.stdin.close()
        await asyncio.wait_for(writer, 4)
    assert await names(database) == {"bread"}


async def test_a_database_locked_for_too_long_is_named(
    sqlite_url: URL, open_database: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.3)
    database = open_database(sqlite_url)
    async with process(LOCKS, str(sqlite_url.database)):
        with pytest.raises(DBAPIError) as caught:
            await keep(database, "bread")
    assert is_passing(caught.value)
    assert trouble(caught.value) == "The database is locked by another program."
    await keep(database, "milk")
    assert await names(database) == {"milk"}


async def test_a_full_disk_is_named_and_nothing_is_half_kept(sqlite_url: URL, open_database: Opener) -> None:
    database = open_database(sqlite_url)
    async with database.engine.connect() as connection:
        pages = await connection.scalar(text("PRAGMA page_count"))
        await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(DBAPIError) as caught:  # noqa: PT012 - it fails in the middle of a transaction
        async with database.writing() as session:
            for number in range(5):
                session.add(Fact(name=str(number), value={"long": "x" * 50_000}, at=utc_now()))
                await session.flush()
    assert trouble(caught.value) == "The disk of the database is full."
    assert not is_passing(caught.value)
    async with database.engine.connect() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1000000"))
    await keep(database, "bread")
    assert await names(database) == {"bread"}


async def test_what_was_acknowledged_survives_a_kill(database_url: URL, open_database: Opener) -> None:
    acknowledged: set[str] = set()
    async with process(WRITES, as_text(database_url)) as writer:
        assert writer.stdout is not None
        while len(acknowledged) < 40:
            acknowledged.add((await writer.stdout.readline()).decode().strip())
        writer.send_signal(signal.SIGKILL)
        rest, _ = await writer.communicate()
        acknowledged |= set(rest.decode().split("\n")[:-1])
    kept = await names(open_database(database_url))
    assert acknowledged <= kept
    assert len(kept - acknowledged) <= 1


async def test_connections_that_were_cut_are_made_again(postgresql_url: URL, open_database: Opener) -> None:
    database, operator = open_database(postgresql_url), open_database(postgresql_url)
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await keep(database, "bread")
    with pytest.raises(DBAPIError) as caught:  # noqa: PT012 - it fails in the middle of a transaction
        async with database.writing() as session:
            session.add(Fact(name="milk", value={}, at=utc_now()))
            await session.flush()
            async with operator.reading() as other:
                await other.execute(cut)
            await session.execute(select(Fact))
    assert is_passing(caught.value)
    await keep(database, "eggs")
    assert await names(database) == {"bread", "eggs"}


async def test_a_server_that_went_away_is_named_and_found_again(open_database: Opener) -> None:
    with tempfile.TemporaryDirectory(prefix="folkmoot-server-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - the server runs as somebody else when we are root
        own = await asyncio.to_thread(Postgresql, Path(folder))
        try:
            database = open_database(await asyncio.to_thread(own.fresh))
            await keep(database, "bread")
            await asyncio.to_thread(own.server.stop)
            assert await ready(database) == "The database server does not answer."
            with pytest.raises((DBAPIError, DatabaseTrouble)) as caught:
                await keep(database, "milk")
            assert is_passing(caught.value)
            await asyncio.to_thread(own.server.ensure_postgres_running)
            await keep(database, "eggs")
            assert await names(database) == {"bread", "eggs"}
            await database.close()
        finally:
            await asyncio.to_thread(own.close)


async def test_a_server_that_is_not_there_is_named_without_its_password(open_database: Opener) -> None:
    database = open_database(make_url("postgresql+asyncpg://town:hush@127.0.0.1:1/town"))
    reason = await ready(database)
    assert reason == "The database server does not answer."
    with pytest.raises(DatabaseTrouble, match="does not answer"):
        await upgrade(database)


async def test_an_address_as_operators_write_it_is_understood(
    postgresql_url: URL, open_database: Opener
) -> None:
    more = {
        "sslmode": "prefer",
        "channel_binding": "prefer",
        "connect_timeout": "3",
        "application_name": "town",
    }
    database = open_database(postgresql_url.update_query_dict(more))
    async with database.reading() as session:
        assert await session.scalar(text("SHOW application_name")) == "town"


async def test_a_lock_has_one_holder_and_goes_to_the_next(database: Database) -> None:
    order: list[str] = []

    async def serve(name: str) -> None:
        async with hold(database, "postman"):
            order.append(f"{name} comes")
            await asyncio.sleep(0.1)
            order.append(f"{name} goes")

    await asyncio.wait_for(asyncio.gather(serve("Ann"), serve("Bob")), 10)
    assert order in (
        ["Ann comes", "Ann goes", "Bob comes", "Bob goes"],
        ["Bob comes", "Bob goes", "Ann comes", "Ann goes"],
    )


async def test_locks_of_different_names_do_not_meet(database: Database) -> None:
    async with asyncio.timeout(5), hold(database, "postman:1"), hold(database, "postman:2"):
        pass


async def test_the_lock_of_a_holder_that_was_killed_is_taken_over(database: Database) -> None:
    async with process(HOLDS, as_text(database.url)) as holder:
        taken = asyncio.Event()

        async def take() -> None:
            async with hold(database, "postman"):
                taken.set()

        task = asyncio.create_task(take())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(taken.wait(), 1.5)
        os.kill(holder.pid, signal.SIGKILL)
        await asyncio.wait_for(task, 10)


async def test_a_holder_learns_that_its_lock_is_lost(postgresql_url: URL, open_database: Opener) -> None:
    database = open_database(postgresql_url)
    async with hold(database, "postman") as held:
        assert not held.lost.is_set()
        async with database.reading() as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d ON d.oid = database "
                    "WHERE locktype = 'advisory' AND d.datname = current_database()"
                )
            )
        await asyncio.wait_for(held.lost.wait(), 5)
    async with asyncio.timeout(5), hold(database, "postman"):
        pass


async def test_a_file_that_is_no_database_is_named(tmp_path: Path, open_database: Opener) -> None:
    path = tmp_path / f"{uuid4().hex}.db"
    path.write_text("Dear diary, " * 500)
    database = open_database(URL.create("sqlite+aiosqlite", database=str(path)))
    assert await ready(database) == "The database file is not a database."
    with pytest.raises(DatabaseTrouble, match="not a database"):
        await upgrade(database)
