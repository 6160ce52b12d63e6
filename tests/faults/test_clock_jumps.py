"""The machine's clock jumps by an hour, forwards or back: what is due happens once, and nothing waits for an hour."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta, tzinfo

import apscheduler.schedulers.base
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

import bot.jobs
from bot.claims import Claims
from bot.db import Database
from bot.errors import RetryLater
from bot.jobs import Entry, Jobs
from bot.lanes import LEASE
from bot.message import Parcel, Tap
from bot.pace import Limits, Rate
from tests.announcements import CLOSED, announced
from tests.conversations.test_groups import in_group
from tests.conversations.test_polls_in_groups import connected_town, everybody_taps
from tests.faults.blasts import blast
from tests.faults.desks import until
from tests.faults.letters import Bench, put, texts
from tests.town import Person, Town

HOUR = timedelta(hours=1)


async def test_a_poll_closes_at_its_moment_and_once(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No", closes="Tuesday 12:00")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    for hours, label in ((1, "Yes"), (-1, "No"), (25, "Yes"), (-1, "No"), (1.75, "Yes")):
        await town.passes(hours=hours)  # 25 minutes to noon at the latest
        assert (await alice.taps(label)).outcome == "done"
    await town.passes(minutes=15)
    assert _results(alice) == 1
    for hours in (-1, 1, 1, -1):
        await town.passes(hours=hours)
        late = await alice.does(Tap(f"v:{poll.id}:1", query="late"))
        assert late.outcome == "refused"
    assert await town.result(poll) == {"Yes": 1, "No": 0}
    assert _results(alice) == 1, "the result came twice"


def _results(person: Person) -> int:
    """How many results have reached somebody who got no other letter to many."""
    return sum(one.chat == person.chat and one.letter is not None for one in person.town.paper.delivered)


async def test_what_waited_when_the_clock_was_set_back_goes_out_at_once_and_in_its_order(town: Town) -> None:
    bench = Bench(town, Limits())
    await bench.residents(6)
    await put(town, "b1", "first", "second")
    await blast(bench, "fair")
    dead = Claims(town.folkmoot.database, "bench", "somebody who died")
    assert len(await dead.claim(4, now=town.clock())) == 4
    town.clock.pass_by(-HOUR)
    bench.clock.pass_by(-HOUR)
    await put(town, "b1", "third")
    async with bench.at_work():
        await bench.all_ended()
        await put(town, "b2", "afterwards")
        bench.postman.wake()
        await bench.all_ended()
    assert texts(bench.channel, "b1")[:3] == ["first", "second", "third"]
    wanted = [(f"b{number}", "fair") for number in range(6)]
    wanted += [("b1", "first"), ("b1", "second"), ("b1", "third"), ("b2", "afterwards")]
    assert came(bench) == Counter(wanted)


def came(bench: Bench) -> Counter[tuple[str, str]]:
    """How often each text reached each chat."""
    return Counter((one.chat, str(one.message.text)) for one in bench.channel.delivered)


async def test_jumps_while_letters_go_out_send_nothing_twice_and_stop_nothing(town: Town) -> None:
    bench = Bench(town, Limits(whole=Rate(400, 5)))
    await bench.residents(100)
    await bench.blast()
    refused: list[Parcel] = []

    async def fail(parcel: Parcel) -> None:
        await asyncio.sleep(0.01)
        if len(bench.channel.delivered) >= 30 and len(refused) < 3:
            refused.append(parcel)
            raise RetryLater("429", after=0.2, whole_channel=True)

    bench.channel.fail = fail
    async with bench.at_work():
        for number, hours in enumerate((1, 1, -1, 1, -1, -1, 1, -1)):
            await bench.delivered(11 * number)
            bench.clock.pass_by(hours * HOUR)
            await put(town, f"b{number}", "an answer")
            bench.postman.wake()
        await bench.all_ended()
    answers, letters = range(8), range(100)
    assert came(bench) == Counter(
        [*((f"b{n}", "an answer") for n in answers), *((f"b{n}", "blast") for n in letters)]
    )
    assert len(refused) == 3


async def test_the_lease_of_what_was_claimed_still_ends_after_the_clock_was_set_back(town: Town) -> None:
    bench = Bench(town, Limits())
    await bench.residents(2)
    await put(town, "b0", "an answer")
    town.clock.pass_by(-HOUR)
    mine = Claims(town.folkmoot.database, "bench", "me")
    assert len(await mine.claim(10, now=town.clock())) == 1
    assert await mine.claim(10, now=town.clock()) == [], "what is claimed is nobody else's"
    town.clock.pass_by(LEASE)
    assert len(await mine.claim(10, now=town.clock())) == 1


async def test_a_group_goes_on_seeing_how_many_took_part(town: Town) -> None:
    await connected_town(town, "-42")
    poll = await town.poll("Keep the market?", "Yes", "No")
    await everybody_taps(town, poll, 2)
    await town.passes(seconds=6)
    assert "2 people have taken part." in in_group(town).latest
    await everybody_taps(town, poll, 2, begin=2)
    await town.passes(hours=-1)
    await town.passes(seconds=6)
    assert "4 people have taken part." in in_group(town).latest


async def test_whoever_joins_after_the_clock_was_set_back_gets_what_is_being_announced(town: Town) -> None:
    alice, olga = await town.member("Alice"), await town.organiser()
    await announced(olga)
    await town.passes(hours=-1)
    nia = await town.member("Nia")
    for _ in range(2):
        await town.passes(seconds=4)
    assert [person.text.count(CLOSED) for person in (alice, nia)] == [1, 1]


async def test_the_clock_s_jobs_go_on_when_the_machine_s_time_of_day_is_set_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift = timedelta()

    class TimeOfDay(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + shift

    for place in (apscheduler.schedulers.base, bot.jobs):
        monkeypatch.setattr(place, "datetime", TimeOfDay)
    monkeypatch.setattr(bot.jobs, "LOOK_AT_THE_CLOCK", 0.05)
    ticks = 0

    async def tick(_session: AsyncSession, _now: datetime) -> None:
        nonlocal ticks
        ticks += 1

    async def ticked(often: int) -> None:
        goal = ticks + often

        async def enough() -> bool:
            return ticks >= goal

        await until(enough)

    jobs = Jobs(database, lambda: TimeOfDay.now(UTC))
    jobs.entries = [Entry("tick", tick, 0.05)]
    jobs.start()
    await ticked(2)
    for jump in (HOUR, -HOUR, -HOUR):
        shift += jump
        await ticked(2)
    await jobs.stop()
