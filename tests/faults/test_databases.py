"""The database locked, cut off, restarted and full while votes come in: nothing is lost, nobody is told nonsense."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL

from bot.db.trouble import FULL, GONE
from bot.message import Parcel
from bot.pace import Limits
from tests.databases import BROOM, Postgresql, server_folder
from tests.faults.cable import cable
from tests.faults.crowd import Crowd, a_crowd
from tests.faults.desks import until
from tests.faults.letters import Bench
from tests.town import Town, a_town

HOLD = 2.0  # seconds for which another program holds the lock

LOCKS = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("ready", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
"""

MUCH = "INSERT INTO facts (name, value, at) VALUES ('much', zeroblob(1000000), '2026-11-23')"

NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION no_room();
"""


def on(url: URL) -> AbstractAsyncContextManager[Town]:
    """A town on that database."""
    return a_town(url.render_as_string(hide_password=False))


@asynccontextmanager
async def another_session(url: URL) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else at the same PostgreSQL database."""
    connection = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        yield connection
    finally:
        await connection.close()


async def lock(url: URL) -> None:
    """Another program holds the lock, and lets go of it by itself."""
    if url.get_backend_name() == "sqlite":
        other = await asyncio.create_subprocess_exec(
            sys.executable, "-c", LOCKS, str(url.database), str(HOLD)
        )
        assert await other.wait() == 0
        return
    async with another_session(url) as other, other.transaction():
        await other.execute("SELECT FROM tallies FOR UPDATE")  # in the order in which turns need them
        await other.execute("LOCK TABLE envelopes IN ACCESS EXCLUSIVE MODE")
        await asyncio.sleep(HOLD)


@asynccontextmanager
async def full_disk(town: Town, url: URL, table: str = "ballots") -> AsyncIterator[None]:
    """There is no room in this table any more, on SQLite in none at all; at the end there is again."""
    if url.get_backend_name() == "sqlite":
        most = 1

        def limit(connection: Connection) -> None:
            # Less than there is means: not a page more.
            connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

        def grow(connection: Connection, cursor: object, statement: str, *_: object) -> None:
            # Little may still fit into pages that are there.
            if most == 1 and statement.startswith(f"INSERT INTO {table} "):
                connection.exec_driver_sql(MUCH)

        engine = town.folkmoot.database.engine.sync_engine
        event.listen(engine, "begin", limit)
        event.listen(engine, "before_cursor_execute", grow)
        yield
        most = 1_000_000
        return
    async with another_session(url) as other:
        await other.execute(NO_ROOM.format(table=table))
        yield
        await other.execute("DROP FUNCTION no_room CASCADE")


async def cut_one_by_one(url: URL, people: Crowd) -> None:
    """Every connection that the town has now is cut, one after the other while votes come in."""
    async with another_session(url) as axe:
        ours = await axe.fetch(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> $1"
            " ORDER BY backend_start",
            BROOM,
        )
        assert len(ours) >= 3, "some for turns, one for the post, one for the news"
        for one in ours:
            await axe.execute("SELECT pg_terminate_backend($1)", one["pid"])
            await people.taps_on(20)


@pytest.fixture
def own_server() -> Iterator[Postgresql]:
    """A PostgreSQL server that nobody else needs."""
    folder = server_folder() / uuid4().hex[:8]
    folder.mkdir()
    folder.chmod(0o755)
    server = Postgresql(folder)
    yield server
    server.close()


async def test_votes_that_come_while_the_database_is_locked_for_two_seconds_wait_and_are_all_counted(
    town: Town, database_url: URL
) -> None:
    async with a_crowd(town) as people:
        await lock(database_url)
        await people.taps_on()
    assert people.longest_silence > HOLD / 2, "there was no lock"
    assert not people.troubles
    await people.reckon()


async def test_a_full_disk_acknowledges_nothing_and_the_same_votes_count_when_there_is_room(
    town: Town, database_url: URL
) -> None:
    async with a_crowd(town) as people:
        async with full_disk(town, database_url):
            await people.run_into(FULL)
            await people.nothing_is_lost()
        await people.taps_on()
    assert set(people.troubles) == {FULL}
    await people.reckon()


async def test_votes_go_on_while_postgresql_loses_its_connections_one_by_one_and_is_restarted(
    own_server: Postgresql,
) -> None:
    url = await asyncio.to_thread(own_server.fresh)
    async with on(url) as town:
        async with a_crowd(town) as people:
            await cut_one_by_one(url, people)
            await people.nothing_is_lost()
            assert not people.troubles, "a connection less is nobody's concern"
            await asyncio.to_thread(own_server.restart)
            await people.taps_on()
        await people.reckon()


async def test_a_database_server_that_goes_and_comes_back_finds_everything_waiting(
    postgresql_url: URL,
) -> None:
    async with cable(postgresql_url) as line, on(line.url) as town:
        async with a_crowd(town) as people:
            await line.cut()
            await people.run_into(GONE)
            assert await town.folkmoot.unready() == GONE
            await line.mend()
            await people.taps_on()
        await people.reckon()


async def test_what_was_delivered_while_the_server_was_gone_is_not_delivered_again(
    postgresql_url: URL,
) -> None:
    async with cable(postgresql_url) as line, on(line.url) as town:
        bench = Bench(town, Limits())
        await bench.residents(20)
        await bench.blast()

        async def cut(_: Parcel) -> None:
            bench.channel.fail = None
            await line.cut()

        bench.channel.fail = cut
        async with bench.at_work():
            await bench.delivered(20)

            async def off_duty() -> bool:
                return bench.postman.on_duty is None

            await until(off_duty)
            await line.mend()
            await bench.all_ended()
        assert sorted(one.chat for one in bench.channel.delivered) == sorted(f"b{n}" for n in range(20))
