"""Things that happen in the same moment: each waits for the other, and what comes second sees what came first."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.errors import Refused
from bot.message import Tap
from bot.models import Membership, Participation, Resident
from bot.services import roll
from bot.services.community import communities
from bot.services.polling import closing, polls
from tests.town import Town


async def resident_called(town: Town, name: str) -> Resident:
    from bot.models import Address

    async with town.folkmoot.database.reading() as session:
        address = (await session.scalars(select(Address).where(Address.chat == name))).one()
        return await session.get_one(Resident, address.resident_id or 0)


async def test_a_vote_that_waited_for_the_close_is_not_counted(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    await town.member("Alice")
    alice = await resident_called(town, "Alice")
    database, now = town.folkmoot.database, town.clock()
    locked, go_on = asyncio.Event(), asyncio.Event()

    async def close() -> None:
        async with database.writing() as session:
            await roll.locked(session, poll.id)
            locked.set()
            await asyncio.sleep(0.05)
            organiser = await session.get_one(Resident, poll.asked_by or 0)
            await closing.close(session, poll.id, by=organiser, now=now)
        go_on.set()

    async def vote() -> None:
        await locked.wait()
        async with database.writing() as session:
            await polls.cast(session, poll.id, 0, by=await session.get_one(Resident, alice.id), now=now)

    closed, voted = await asyncio.gather(close(), vote(), return_exceptions=True)
    assert closed is None
    assert isinstance(voted, Refused)
    assert await town.result(poll) == {"Yes": 0, "No": 0}


async def test_of_two_organisers_who_leave_at_once_one_stays(town: Town) -> None:
    for name in ("Olga", "Otto"):
        await town.organiser(name)
    leavers = [await resident_called(town, name) for name in ("Olga", "Otto")]
    together = asyncio.Barrier(2)

    async def leave(one: Resident) -> None:
        if town.folkmoot.database.dialect == "postgresql":
            async with town.folkmoot.database.writing() as session:
                resident = await session.get_one(Resident, one.id)
                await together.wait()
                await communities.leave(session, resident, 1, now=town.clock())
        else:  # there is one writer at a time anyway
            async with town.folkmoot.database.writing() as session:
                resident = await session.get_one(Resident, one.id)
                await communities.leave(session, resident, 1, now=town.clock())

    ends = await asyncio.gather(*map(leave, leavers), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "Refused"]


async def test_joining_twice_in_the_same_moment_is_joining_once(town: Town) -> None:
    await town.community()
    alice = town.stranger("Alice")
    await alice.says("/help")
    resident = await resident_called(town, "Alice")

    async def join() -> None:
        async with town.folkmoot.database.writing() as session:
            await communities.join(session, await session.get_one(Resident, resident.id), 1, now=town.clock())

    await asyncio.gather(join(), join())
    async with town.folkmoot.database.reading() as session:
        assert len((await session.scalars(select(Membership))).all()) == 1


async def test_a_tap_in_the_same_moment_as_forgetting_is_counted_for_a_stranger(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    await alice.says("/cancel")
    dispatcher = town.folkmoot.dispatcher
    forget, vote = alice.incoming(Tap("z:1", query="a")), alice.incoming(Tap(f"v:{poll.id}:1", query="b"))
    receipts = await asyncio.gather(dispatcher.submit(forget), dispatcher.submit(vote))
    assert [receipt.outcome for receipt in receipts] == ["done", "done"]
    assert await town.result(poll) == {"Yes": 0, "No": 1}


async def test_the_link_somebody_came_by_is_remembered_with_their_membership(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    resident = await resident_called(town, "Alice")
    async with town.folkmoot.database.reading() as session:
        assert (await session.get_one(Membership, (poll.community_id, resident.id))).source == poll.code
        assert (await session.get_one(Participation, (poll.id, resident.id))).source == poll.code


@pytest.mark.parametrize("line", ["/poll " + "x" * 301 + " | Yes | closes tomorrow 9:00"])
async def test_two_wrong_parts_of_a_line_are_both_explained(town: Town, line: str) -> None:
    olga = await town.organiser()
    await olga.says(line)
    assert "The question has 301 letters." in olga.latest
    await olga.says("Keep it?")
    assert "A poll needs 2 to 10 choices." in olga.latest
    await olga.says("Yes\nNo")
    assert "It closes Tuesday 24 November, 09:00." in olga.latest
