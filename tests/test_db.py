"""The database room: what is kept, what is undone, and who has written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import Database, has_written, insert_new, is_passing, mark, upsert, written_since
from bot.models import Fact, Resident

Turn = Callable[[AsyncSession], Awaitable[object]]


def fact(name: str, number: int = 0) -> Fact:
    """Something small to keep."""
    return Fact(name=name, value={"number": number}, at=utc_now())


async def numbers(database: Database) -> dict[str, int]:
    """Everything that is kept."""
    async with database.reading() as session:
        return {one.name: one.value["number"] for one in await session.scalars(select(Fact))}


async def test_what_was_written_is_there_for_the_next_reader(database: Database) -> None:
    async with database.writing() as session:
        session.add(fact("bread", 2))
    assert await numbers(database) == {"bread": 2}


async def test_an_error_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the error comes in the middle
        async with database.writing() as session:
            session.add(fact("bread"))
            await session.flush()
            raise ZeroDivisionError
    assert await numbers(database) == {}


@pytest.mark.parametrize("door", ["reading", "rehearsing"])
async def test_who_only_reads_or_rehearses_keeps_nothing(database: Database, door: str) -> None:
    async with getattr(database, door)() as session:
        session.add(fact("bread"))
        await session.flush()
    assert await numbers(database) == {}


async def test_a_reader_goes_on_while_somebody_writes(database: Database) -> None:
    async with database.writing() as session:
        session.add(fact("bread"))
        await session.flush()
        assert await numbers(database) == {}


async def test_two_hundred_at_two_doors_are_counted_as_two_hundred(
    database: Database, open_database: Callable[[URL], Database]
) -> None:
    doors = (database, open_database(database.url))
    async with database.writing() as session:
        session.add(fact("visitors"))

    async def come_in(door: Database) -> None:
        async with door.writing() as session:
            counter = await session.get_one(Fact, "visitors", with_for_update=True)
            await asyncio.sleep(0)
            counter.value = {"number": counter.value["number"] + 1}

    await asyncio.gather(
        *(come_in(doors[number % 2]) for number in range(200)), *(numbers(database) for _ in range(50))
    )
    assert await numbers(database) == {"visitors": 200}


async def test_what_is_there_already_is_left_alone_or_brought_up_to_date(database: Database) -> None:
    now = utc_now()
    rows = [{"name": name, "value": {"number": 9}, "at": now} for name in ("bread", "milk")]
    async with database.writing() as session:
        session.add(fact("bread", 1))
        await session.flush()
        new = await session.scalars(insert_new(session, Fact).values(rows).returning(Fact.name))
        assert list(new) == ["milk"]
    async with database.writing() as session:
        await session.execute(upsert(session, Fact, key=["name"], change=["value"]).values(rows[:1]))
    assert await numbers(database) == {"bread": 9, "milk": 9}


async def _looks(session: AsyncSession) -> None:
    (await session.scalars(select(Fact).with_for_update())).all()
    await session.get(Resident, 1)


async def _says_the_same_again(session: AsyncSession) -> None:
    known = await session.get_one(Fact, "bread")
    known.value = {"number": 1}


async def _changes(session: AsyncSession) -> None:
    (await session.get_one(Fact, "bread")).value = {"number": 2}


async def _changes_and_flushes(session: AsyncSession) -> None:
    await _changes(session)
    await session.flush()


async def _adds(session: AsyncSession) -> None:
    session.add(fact("milk"))


async def _deletes(session: AsyncSession) -> None:
    await session.delete(await session.get_one(Fact, "bread"))


async def _updates(session: AsyncSession) -> None:
    await session.execute(update(Fact).values(at=utc_now()))


async def _deletes_all(session: AsyncSession) -> None:
    await session.execute(delete(Fact))


async def _inserts(session: AsyncSession) -> None:
    await session.execute(insert_new(session, Fact).values(name="milk", value={}, at=utc_now()))


WRITES = (_changes, _changes_and_flushes, _adds, _deletes, _updates, _deletes_all, _inserts)


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """A session in a town where bread is known."""
    async with database.writing() as session:
        session.add(fact("bread", 1))
    async with database.rehearsing() as session:
        yield session


@pytest.mark.parametrize("turn", [_looks, _says_the_same_again])
async def test_a_turn_that_changes_nothing_has_not_written(session: AsyncSession, turn: Turn) -> None:
    await turn(session)
    assert not has_written(session)


@pytest.mark.parametrize("turn", WRITES)
async def test_a_turn_that_changes_something_has_written(session: AsyncSession, turn: Turn) -> None:
    before = mark(session)
    await turn(session)
    assert written_since(session, before)
    assert has_written(session)


@pytest.mark.parametrize("turn", WRITES)
async def test_what_an_earlier_turn_changed_does_not_count_for_a_later_one(
    session: AsyncSession, turn: Turn
) -> None:
    await turn(session)
    before = mark(session)
    await session.scalar(select(func.count()).select_from(Fact))  # flushes what the earlier turn changed
    assert not written_since(session, before)


async def test_both_who_change_the_same_thing_have_written(session: AsyncSession) -> None:
    bread = await session.get_one(Fact, "bread")
    bread.value = {"number": 2}
    before = mark(session)
    bread.value = {"number": 3}
    assert written_since(session, before)


async def test_a_name_without_its_session_is_nobodys_writing(session: AsyncSession) -> None:
    before = mark(session)
    fact("never kept").value = {"number": 4}
    assert not written_since(session, before)


async def test_who_is_cancelled_while_it_is_being_kept_leaves_the_door_open(database: Database) -> None:
    async def keep() -> None:
        async with database.writing() as session:
            session.add(fact("bread"))

    for pause in range(30):
        task = asyncio.create_task(keep())
        for _ in range(pause):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with database.writing() as session:
            await session.execute(delete(Fact))
    assert await numbers(database) == {}


async def test_a_reader_may_take_the_rows_in_portions(database: Database) -> None:
    async with database.writing() as session:
        session.add_all(fact(f"{number:03}", number) for number in range(250))
    async with database.reading() as session:
        stream = await session.stream_scalars(
            select(Fact).order_by(Fact.name), execution_options={"yield_per": 100}
        )
        sizes = [len(portion) async for portion in stream.partitions()]
        names = await session.scalars(select(Fact.name).where(Fact.name.regexp_match("^00[0-4]$")))
        assert sizes == [100, 100, 50]
        assert len(names.all()) == 5


async def test_two_who_wait_for_each_other_may_try_again(
    database_url: URL, open_database: Callable[[URL], Database]
) -> None:
    """On SQLite nobody waits inside a transaction; a reader who begins to write too late is told to try again."""
    town, other = open_database(database_url), open_database(database_url)
    async with town.writing() as session:
        session.add_all([fact("bread"), fact("milk")])
    passed: list[bool] = []

    async def change(database: Database, names: list[str]) -> None:
        door = database.reading if database.dialect == "sqlite" else database.writing
        try:
            async with door() as session:
                for name in names:
                    assert await session.scalar(select(Fact.name)) is not None
                    await session.execute(update(Fact).where(Fact.name == name).values(at=utc_now()))
                    await asyncio.sleep(0.2)
                await session.commit()
        except DBAPIError as error:
            passed.append(is_passing(error))

    await asyncio.gather(change(town, ["bread", "milk"]), change(other, ["milk", "bread"]))
    assert passed == [True]


async def test_a_long_statement_in_a_thread_lets_the_others_go_on(database: Database) -> None:
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n"
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.001)

    task = asyncio.create_task(others())
    await asyncio.sleep(0)
    async with database.reading() as session:
        assert await session.scalar(text(count), execution_options={"in_thread": True}) == 300_000
    task.cancel()
    assert turns > 5
