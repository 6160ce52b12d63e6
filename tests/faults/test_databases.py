"""The database locked, cut off, gone and full in the middle of the work: nothing is lost, nobody is told nonsense."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Connection, event, func, select
from sqlalchemy.engine import URL

from bot.channels.telegram.polling import hand_in
from bot.errors import DatabaseTrouble
from bot.message import Incoming, Parcel
from bot.models import Ballot, Poll
from bot.pace import Limits
from tests.databases import Postgresql, Sqlite
from tests.faults.cable import cable
from tests.faults.desks import tap, until
from tests.faults.letters import Bench
from tests.town import Town, a_town

WORRIES = ("Something went wrong", "Traceback", "Error")
HOLD = 2.0  # seconds for which another program holds the lock

LOCKS = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("ready", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
"""


def taps(poll: Poll, count: int, seed: int = 1) -> list[Incoming]:
    """Taps of 30 people who change their minds."""
    chance = random.Random(seed)  # noqa: S311 - to be repeatable
    return [tap(f"p{chance.randrange(30)}", poll.id, chance.randrange(2)) for _ in range(count)]


async def counted(town: Town, poll: Poll, given: list[Incoming]) -> None:
    """Everybody who tapped is counted once and was told so, and nobody heard of any trouble."""
    await town.quiet()
    people = {one.sender for one in given}
    assert sum((await town.result(poll)).values()) == len(people)
    for one in people:
        screen = town.paper.screens[one]
        said = [str(message.text) for message in screen.messages.values()] + screen.toasts
        assert not any(worry in text for text in said for worry in WORRIES), said


@asynccontextmanager
async def locked(url: URL) -> AsyncIterator[None]:
    """Another program holds the lock, and lets go of it by itself."""
    if url.get_backend_name() == "sqlite":
        other = await asyncio.create_subprocess_exec(
            sys.executable, "-c", LOCKS, str(url.database), str(HOLD), stdout=asyncio.subprocess.PIPE
        )
        assert other.stdout is not None
        await other.stdout.readline()
        yield
        assert await other.wait() == 0
        return
    connection = await asyncpg.connect(plain(url))
    held = connection.transaction()
    await held.start()
    await connection.execute("LOCK TABLE tallies, addresses, envelopes IN ACCESS EXCLUSIVE MODE")

    async def let_go() -> None:
        await asyncio.sleep(HOLD)
        await held.rollback()

    letting_go = asyncio.create_task(let_go())
    yield
    await letting_go
    await connection.close()


def plain(url: URL) -> str:
    """As asyncpg reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


async def test_a_database_locked_for_two_seconds_delays_and_loses_nothing(
    town: Town, database_url: URL
) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    given = taps(poll, 80)
    loop = asyncio.get_running_loop()
    async with locked(database_url):
        began = loop.time()
        receipts = await asyncio.gather(*(town.folkmoot.dispatcher.submit(one) for one in given))
        assert loop.time() - began > HOLD / 2, "there was no lock"
    assert {receipt.outcome for receipt in receipts} == {"done"}
    await counted(town, poll, given)


@pytest.fixture
def postgresql_url(postgresql_server: Postgresql) -> Iterator[URL]:
    """A fresh PostgreSQL database."""
    url = postgresql_server.fresh()
    yield url
    postgresql_server.drop(url)


async def test_connections_that_are_cut_under_load_lose_no_vote(postgresql_url: URL) -> None:
    async with a_town(postgresql_url.render_as_string(hide_password=False)) as town:
        poll = await town.poll("Keep the market?", "Yes", "No")
        given = taps(poll, 100)
        axe = await asyncpg.connect(plain(postgresql_url))
        work = [
            asyncio.create_task(hand_in(given[first : first + 20], town.folkmoot.dispatcher.submit))
            for first in range(0, 100, 20)
        ]
        for pause in (0.01, 0.05, 0.1, 0.2):
            await asyncio.sleep(pause)
            await axe.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await asyncio.gather(*work)
        await counted(town, poll, given)
        await axe.close()


async def test_a_database_server_that_goes_and_comes_back_finds_everything_waiting(
    postgresql_url: URL,
) -> None:
    async with cable(postgresql_url) as line:  # noqa: SIM117 - the town's address is known once the cable is there
        async with a_town(line.url.render_as_string(hide_password=False)) as town:
            poll = await town.poll("Keep the market?", "Yes", "No")
            given = taps(poll, 60)
            submit = town.folkmoot.dispatcher.submit
            assert (await submit(given[0])).outcome == "done"
            await line.cut()
            with pytest.raises(DatabaseTrouble, match="does not answer"):
                await submit(given[1])
            assert await town.folkmoot.unready() == "The database server does not answer."
            waiting = asyncio.create_task(hand_in(given, submit))
            await asyncio.sleep(0.1)
            assert not waiting.done()
            await line.mend()
            await waiting
            await counted(town, poll, given)

            async def ready() -> bool:
                return await town.folkmoot.unready() is None

            await until(ready)


async def test_a_full_disk_confirms_nothing_and_the_same_updates_count_when_there_is_room(
    sqlite_files: Sqlite, tmp_path: Path
) -> None:
    url = sqlite_files.fresh(tmp_path)
    async with a_town(url.render_as_string(hide_password=False)) as town:
        poll = await town.poll("Keep the market?", "Yes", "No")
        full = True

        def limit(connection: Connection) -> None:
            # Less than there is means: not a page more.
            connection.exec_driver_sql(f"PRAGMA max_page_count = {1 if full else 1_000_000}")

        event.listen(town.folkmoot.database.engine.sync_engine, "begin", limit)
        given = [tap(f"p{number}", poll.id, number % 2) for number in range(120)]
        submit = town.folkmoot.dispatcher.submit
        ends = await asyncio.gather(*(submit(one) for one in given), return_exceptions=True)
        left = [one for one, end in zip(given, ends, strict=True) if isinstance(end, BaseException)]
        assert left, "the disk was never full"
        assert {str(end) for end in ends if isinstance(end, BaseException)} == {
            "The disk of the database is full."
        }
        with sqlite3.connect(str(url.database)) as other:
            ballots = other.execute("SELECT count(*) FROM ballots").fetchone()[0]
        other.close()
        assert ballots == len(given) - len(left)
        full = False
        receipts = await asyncio.gather(*(submit(one) for one in left))
        assert {receipt.outcome for receipt in receipts} == {"done"}
        await counted(town, poll, given)
        async with town.folkmoot.database.reading() as session:
            assert await session.scalar(select(func.count()).select_from(Ballot)) == 120


async def test_what_was_delivered_while_the_server_was_gone_is_not_delivered_again(
    postgresql_url: URL,
) -> None:
    async with cable(postgresql_url) as line:  # noqa: SIM117 - the town's address is known once the cable is there
        async with a_town(line.url.render_as_string(hide_password=False)) as town:
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
