"""The same update twice, two updates at once, two processes at once: everything has its effect once."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot.message import Command, Incoming
from bot.models import Address, Ballot, Envelope, Resident, Seen
from tests.faults.desks import desk, tap
from tests.faults.processes import ROOT
from tests.town import Town


async def rows(town: Town, what: type) -> int:
    """How many there are."""
    async with town.folkmoot.database.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(what)) or 0)


async def test_an_update_that_comes_twice_counts_once_and_is_answered_once(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    submit = town.folkmoot.dispatcher.submit
    assert (await submit(tap("Alice", poll.id, 0, key="twice"))).outcome == "done"
    assert (await submit(tap("Alice", poll.id, 0, key="twice"))).outcome == "seen"
    await town.quiet()
    assert alice.screen.toasts == ["Counted. Thank you."]
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_an_old_update_that_comes_again_does_not_undo_a_newer_one(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    submit = town.folkmoot.dispatcher.submit
    first, second = tap("Alice", poll.id, 0), tap("Alice", poll.id, 1)
    outcomes = [(await submit(one)).outcome for one in (first, second, first)]
    assert outcomes == ["done", "done", "seen"]
    assert await town.result(poll) == {"Yes": 0, "No": 1}


async def test_an_update_that_comes_twice_at_once_counts_once(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    one = tap("Alice", poll.id, 0)
    receipts = await asyncio.gather(*(town.folkmoot.dispatcher.submit(one) for _ in range(5)))
    assert Counter(receipt.outcome for receipt in receipts) == {"done": 1, "seen": 4}
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_two_processes_that_get_the_same_updates_count_each_once(town: Town, database_url: URL) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No", "Later")
    chance = random.Random(3)  # noqa: S311 - to be repeatable
    taps = [tap(f"p{chance.randrange(20)}", poll.id, chance.randrange(3)) for _ in range(120)]
    before = await rows(town, Seen)
    async with desk(database_url, clock=town.clock) as here, desk(database_url, clock=town.clock) as there:
        receipts = await asyncio.gather(
            *(here.submit(one) for one in taps),
            *(there.submit(one) for one in chance.sample(taps, len(taps))),
        )
    assert Counter(receipt.outcome for receipt in receipts) == {"done": 120, "seen": 120}
    assert sum((await town.result(poll)).values()) == len({one.sender for one in taps})
    assert await rows(town, Seen) == before + 120


async def test_somebody_met_for_the_first_time_by_two_processes_at_once_is_one_person(
    town: Town, database_url: URL
) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    before = await rows(town, Resident)
    async with desk(database_url, clock=town.clock) as here, desk(database_url, clock=town.clock) as there:
        for number in range(10):
            name = f"Nia {number}"
            opened = Incoming("paper", f"o{number}", name, name, Command("start", poll.code), "cy")
            receipts = await asyncio.gather(here.submit(opened), there.submit(tap(name, poll.id, 1)))
            assert [receipt.outcome for receipt in receipts] == ["done", "done"]
    assert await rows(town, Resident) == before + 10
    async with town.folkmoot.database.reading() as session:
        owners = await session.scalars(select(Address.resident_id).where(Address.chat.like("Nia %")))
        assert len(set(owners.all())) == 10
    assert await town.result(poll) == {"Yes": 0, "No": 10}


async def test_of_two_taps_five_milliseconds_apart_the_later_holds(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    message, _ = alice.button("Yes")
    submit = town.folkmoot.dispatcher.submit
    for first, second in ((0, 1), (1, 0), (0, 1)):
        taps = []
        for choice in (first, second):
            incoming = alice.incoming(tap("Alice", poll.id, choice).what, message=message)
            taps.append(asyncio.create_task(submit(incoming)))
            await asyncio.sleep(0.005)
        await asyncio.gather(*taps)
        await town.quiet()
        assert await town.result(poll) == ({"Yes": 0, "No": 1} if second else {"Yes": 1, "No": 0})
        assert alice.sees("✔ No" if second else "✔ Yes")
        assert not alice.sees("✔ Yes" if second else "✔ No")


async def test_two_taps_in_the_same_instant_hold_in_their_order(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    submit = town.folkmoot.dispatcher.submit
    await asyncio.gather(*(submit(tap("Alice", poll.id, choice)) for choice in (0, 1, 0, 1)))
    assert await town.result(poll) == {"Yes": 0, "No": 1}


async def test_two_processes_in_which_people_change_their_minds_agree_with_a_recount(
    town: Town, database_url: URL
) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No", "Later")
    address = database_url.render_as_string(hide_password=False)
    writers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.voters", address, str(poll.id), str(seed), "250",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for seed in (1, 2)
    ]  # fmt: skip
    try:
        assert await asyncio.gather(*(writer.wait() for writer in writers)) == [0, 0]
    finally:
        for writer in writers:
            if writer.returncode is None:
                writer.kill()
    assert sum((await town.result(poll)).values()) == 50
    assert await rows(town, Ballot) == 50
    async with town.folkmoot.database.reading() as session:
        keys = (await session.scalars(select(Envelope.once_key).where(Envelope.action == "toast"))).all()
    assert len([key for key in keys if str(key).startswith(("paper:1:", "paper:2:"))]) == 500
