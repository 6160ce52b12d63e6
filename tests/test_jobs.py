"""What grows is pruned: each thing after its age, by the thousand, without holding anybody up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import jobs, retention
from bot.clock import SetClock
from bot.db import Database
from bot.db.deletes import AT_ONCE
from bot.jobs import Entry, Jobs
from bot.models import Address, Envelope, Letter, Mailing, Resident, Seen, Tick
from bot.services.people import residents
from bot.tidying import tidy
from tests.town import MONDAY

WEEK = timedelta(days=7)
KEEP_STRANGERS = retention.age("stranger")


async def grown(database: Database, *, old: int, young: int) -> None:
    """Updates and letters: some of more than a week ago, some from since."""
    async with database.writing() as session:
        home = Address(channel="paper", chat="g", resident_id=None, created_at=MONDAY)
        letters = [
            Letter(subject=name, language="en", body={"text": name}, created_at=MONDAY - 2 * WEEK)
            for name in ("old", "young")
        ]
        mailing = Mailing(subject="young", created_at=MONDAY - 2 * WEEK, ended_at=MONDAY - WEEK)
        session.add_all([home, mailing, *letters])
        await session.flush()
        for name, number, letter in (("old", old, letters[0]), ("young", young, letters[1])):
            then = MONDAY - WEEK - timedelta(seconds=1) if name == "old" else MONDAY - WEEK
            seen = [{"channel": "paper", "key": f"{name}{n}", "seen_at": then} for n in range(number)]
            await session.execute(insert(Seen), seen)
            sent = {"channel": "paper", "address_id": home.id, "lane": 2, "state": "sent", "done_at": then}
            sent |= {"letter_id": letter.id, "created_at": then, "not_before": then}
            await session.execute(
                insert(Envelope), [{"once_key": f"{name}{n}", **sent} for n in range(number)]
            )


async def left(database: Database) -> list[int]:
    """How many updates, envelopes and letters there are."""
    async with database.reading() as session:
        return [
            await session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Seen, Envelope, Letter)
        ]


async def test_what_is_old_goes_by_the_thousand_and_what_is_young_stays(database: Database) -> None:
    await grown(database, old=2 * AT_ONCE + 1, young=3)
    work = Jobs(database, SetClock(MONDAY))
    transactions = 0

    @asynccontextmanager
    async def writing() -> AsyncIterator[AsyncSession]:
        nonlocal transactions
        transactions += 1
        before = sum(await left(database))
        async with original() as session:
            yield session
        assert before - sum(await left(database)) <= 2 * AT_ONCE

    original, database.writing = database.writing, writing  # type: ignore[method-assign]
    await work.run(Entry("tidy", tidy, 3600))
    assert await left(database) == [3, 3, 1]
    assert transactions >= 5
    async with database.reading() as session:
        assert await session.get(Tick, "tidy") is not None


async def test_a_job_whose_time_is_up_goes_on_at_the_next_tick(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_A_TICK", 0.0)
    await grown(database, old=AT_ONCE + 1, young=1)
    work = Jobs(database, SetClock(MONDAY))
    for seen in ([2, AT_ONCE + 2, 2], [1, 2, 2], [1, 1, 1]):
        await work.run(Entry("tidy", tidy, 3600))
        assert await left(database) == seen


async def test_strangers_are_forgotten_a_few_residents_at_a_time(database: Database) -> None:
    async with database.writing() as session:
        for number in range(10):
            name = "Alice" if number % 3 == 0 else None
            age = timedelta(hours=1) if number == 5 else 2 * KEEP_STRANGERS
            session.add(Resident(id=number + 1, language="en", name=name, created_at=MONDAY - age))
    after, looks = 0, []
    while (last := await _sweep(database, after)) is not None:
        looks.append(last)
        after = last
    assert looks == [4, 8, 10]
    async with database.reading() as session:
        assert (await session.scalars(select(Resident.id).order_by(Resident.id))).all() == [1, 4, 6, 7, 10]


async def _sweep(database: Database, after: int) -> int | None:
    async with database.writing() as session:
        return await residents.sweep(session, before=MONDAY - KEEP_STRANGERS, after=after, looked_at=4)
