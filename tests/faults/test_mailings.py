"""What goes to many: once each, held, let go on and taken back at any moment, and always counted right."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.engine import URL

from bot import claims, ends, mailbag, mailings, outbox, tidying
from bot.claims import Claims
from bot.errors import AddressClosed, RetryLater, Undeliverable
from bot.lanes import Lane
from bot.mailbag import Fate
from bot.message import Parcel
from bot.models import Address, Letter, Mailing, Resident
from bot.outbox import Progress
from bot.pace import Limits, Rate
from bot.services.people import residents
from tests.faults.blasts import blast, cancel, hold, nothing_in_hand, progress, release
from tests.faults.desks import note, until
from tests.faults.letters import Bench, put
from tests.plans import listening, looking, read_from_end_to_end
from tests.town import Town

FAST = Limits()
SLOW = Limits(whole=Rate(100, 1))


async def test_a_held_letter_waits_until_it_is_released_and_then_everybody_gets_it_once(town: Town) -> None:
    bench = Bench(town, SLOW)
    await bench.residents(60)
    assert await blast(bench, "fair") == 60
    async with bench.at_work():
        await bench.delivered(8)
        await hold(bench, "fair")
        await until(lambda: nothing_in_hand(bench))
        before = len(bench.channel.delivered)
        held = await progress(bench, "fair")
        assert (held.put, held.sent, held.waiting, held.held) == (60, before, 60 - before, True)
        await put(town, "b3", "an answer")
        bench.postman.wake()
        await bench.delivered(before + 1)
        assert bench.channel.delivered[-1].chat == "b3"
        await release(bench, "fair")
        await bench.all_ended()
    came = Counter(one.chat for one in bench.channel.delivered if one.lane == Lane.BULK)
    assert came == {f"b{number}": 1 for number in range(60)}
    assert await progress(bench, "fair") == Progress(60, 60, 0, {})


async def test_a_letter_that_is_taken_back_stops_at_once_and_is_written_off_in_the_end(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "A_SWEEP", 7)
    bench = Bench(town, SLOW)
    await bench.residents(50)
    await blast(bench, "fair")
    async with bench.at_work():
        await bench.delivered(5)
        taken_back = await cancel(bench, "fair")
        assert 0 < taken_back <= 50
        told = await progress(bench, "fair")
        assert told.waiting == 0
        assert told.failed.keys() == {mailings.TAKEN_BACK}
        await bench.all_ended()
    sent = len(bench.channel.delivered)
    assert await progress(bench, "fair") == Progress(
        50, sent, 0, {mailings.TAKEN_BACK: 50 - sent}, stopped=True
    )
    assert await cancel(bench, "fair") == 0
    assert await blast(bench, "fair") == 0, "of what was taken back no more is put"


async def test_whoever_joins_later_gets_the_letter_too_and_nobody_gets_it_twice(town: Town) -> None:
    bench = Bench(town, FAST)
    await bench.residents(5)
    assert await blast(bench, "fair", ["b0", "b1"]) == 2
    async with bench.at_work():
        await bench.all_ended()
        assert (await progress(bench, "fair")).sent == 2
        assert await blast(bench, "fair", ["b1", "b2"]) == 1
        assert await blast(bench, "fair") == 2
        bench.postman.wake()
        await bench.all_ended()
        assert await blast(bench, "fair") == 0
    assert sorted(one.chat for one in bench.channel.delivered) == ["b0", "b1", "b2", "b3", "b4"]
    assert await progress(bench, "fair") == Progress(5, 5, 0, {})
    async with town.folkmoot.database.reading() as session:
        letters = await session.scalar(
            select(func.count()).select_from(Letter).where(Letter.subject == "fair")
        )
        assert letters == 2, "the same words in the same language are one letter"
        mailing = (await session.scalars(select(Mailing).where(Mailing.subject == "fair"))).one()
        assert mailing.ended_at is not None


async def test_progress_tells_why_letters_failed(town: Town) -> None:
    bench = Bench(town, FAST)
    await bench.residents(6)

    async def fail(parcel: Parcel) -> None:
        if parcel.chat == "b1":
            raise AddressClosed("403 blocked")
        if parcel.chat == "b2":
            raise Undeliverable("400 nonsense")
        if parcel.chat == "b3":
            raise RetryLater("no answer", after=0.01, maybe_arrived=True)

    bench.channel.fail = fail
    await blast(bench, "market")
    async with town.folkmoot.database.writing() as session:
        await outbox.hold(session, "market", now=town.clock())
        rows = {
            one.chat: one for one in await session.scalars(select(Address).where(Address.chat.like("b%")))
        }
        await mailbag.close_address(session, rows["b4"], now=town.clock())
        leaving = await session.get_one(Resident, rows["b5"].resident_id)
        await residents.erase(session, leaving, here=rows["b5"], now=town.clock())
    await release(bench, "market")
    async with bench.at_work():
        await bench.all_ended()
    told = await progress(bench, "market")
    assert (told.put, told.sent, told.waiting) == (6, 1, 0)
    assert told.failed == {
        "403 blocked": 1,
        "400 nonsense": 1,
        "perhaps delivered: no answer": 1,
        "address closed": 1,
        "the address is gone": 1,
    }


async def test_a_held_letter_expires_like_any_other(town: Town) -> None:
    bench = Bench(town, FAST)
    await bench.residents(3)
    await blast(bench, "market", life=60)
    await hold(bench, "market")
    bench.clock.pass_by(timedelta(seconds=61))
    async with bench.at_work():
        await bench.all_ended()
    assert bench.channel.delivered == []
    assert (await progress(bench, "market")).failed == {"expired": 3}


async def test_a_small_letter_does_not_wait_behind_a_big_one(town: Town) -> None:
    bench = Bench(town, FAST)
    await bench.residents(120)
    await blast(bench, "a big town")
    mine = Claims(town.folkmoot.database, "bench", "me")
    assert len(await mine.claim(20, now=town.clock())) == 20
    await blast(bench, "a small town", [f"b{number}" for number in range(100, 110)])
    claimed = [await mine.claim(20, now=town.clock()) for _ in range(2)]
    came = Counter(str(one.message.text) for some in claimed for one in some)
    assert came["a small town"] == 10
    assert came["a big town"] >= 20


async def test_a_language_of_few_does_not_wait_behind_one_of_many(town: Town) -> None:
    bench = Bench(town, FAST)
    await bench.residents(300)
    async with town.folkmoot.database.writing() as session:
        few = select(Address.resident_id).where(Address.chat.in_([f"b{n}" for n in range(290, 300)]))
        await session.execute(update(Resident).where(Resident.id.in_(few)).values(language="cy"))
    await blast(bench, "fair")
    first = await Claims(town.folkmoot.database, "bench", "me").claim(40, now=town.clock())
    assert len([one for one in first if one.message.text == "fair cy"]) == 10
    assert len(first) == 30, "an equal share for each, and the rest with the next claim"


async def test_a_claim_reads_only_what_it_takes(town: Town) -> None:
    bench = Bench(town, FAST)
    await bench.residents(20)
    await blast(bench, "held")
    await hold(bench, "held")
    await blast(bench, "fair")
    await put(town, "b1", "an answer")
    database = town.folkmoot.database
    mine = Claims(database, "bench", "me")
    with listening(database) as asked:
        await mine.claim(10, now=town.clock())
        await mine.take_over()
        await cancel(bench, "held")
        await mine.sweep(town.clock())
    of_envelopes = [one for one in looking(asked) if "envelopes" in one.statement]
    assert len(of_envelopes) >= 8
    read = await read_from_end_to_end(database, of_envelopes)
    assert not any("envelopes" in tables for tables in read.values()), read


async def test_two_postmen_and_people_who_leave_count_a_letter_right_and_never_block_each_other(
    town: Town, database_url: URL
) -> None:
    bench = Bench(town, FAST)
    await bench.residents(240)
    async with town.folkmoot.database.writing() as session:
        odd = Address.chat.like("b%") & (Address.id % 2 == 1)
        await session.execute(update(Address).where(odd).values(channel="other"))
        everybody = select(Resident.id).join(Address).where(Address.chat.like("b%"))
        for subject in ("fair", "market"):
            await outbox.put_to_many(
                session, everybody, {"en": note(subject)}, otherwise="en", subject=subject, now=town.clock()
            )
    database = town.folkmoot.database

    async def carry(channel: str) -> None:
        mine = Claims(database, channel, channel)
        while parcels := await mine.claim(25, now=town.clock()):
            fates = [
                Fate(one, "sent")
                if one.envelope % 3
                else Fate(one, "refused", "400 no", closed=not one.envelope % 5)
                for one in parcels
            ]
            await mailbag.write_down(database, fates, now=town.clock())

    async def leave() -> None:
        for number in range(0, 240, 10):
            async with database.writing() as session:
                address = (await session.scalars(select(Address).where(Address.chat == f"b{number}"))).one()
                await mailbag.close_address(session, address, now=town.clock())

    await asyncio.gather(carry("bench"), carry("other"), leave())
    for subject in ("fair", "market"):
        told = await progress(bench, subject)
        assert (told.put, told.waiting) == (240, 0)
        assert told.failed["address closed"] > 0


async def test_envelopes_that_left_with_forgotten_people_do_not_keep_a_letter_open(town: Town) -> None:
    bench = Bench(town, FAST)
    await bench.residents(3)
    await blast(bench, "fair")
    async with town.folkmoot.database.writing() as session:
        for one in await session.scalars(
            select(Resident).join(Address).where(Address.chat.in_(["b0", "b1", "b2"]))
        ):
            await session.delete(one)
    async with town.folkmoot.database.writing() as session:
        await tidying.tidy(session, town.clock())
    assert await _told(town, "fair") == Progress(3, 0, 0, {ends.FORGOTTEN: 3})
    await blast(bench, "market")  # the newest mailing always stays
    async with town.folkmoot.database.writing() as session:
        await tidying.tidy(session, town.clock() + timedelta(days=8))
    async with town.folkmoot.database.reading() as session:
        assert set(await session.scalars(select(Letter.subject))) <= {"market"}
    assert await _told(town, "fair") == Progress(0, 0, 0, {})


async def _told(town: Town, subject: str) -> Progress:
    async with town.folkmoot.database.reading() as session:
        return await outbox.progress(session, subject)


async def test_two_chats_that_become_one_keep_a_letter_once(town: Town) -> None:
    bench = Bench(town, FAST)
    await bench.residents(2)
    await blast(bench, "fair")
    await blast(bench, "market", ["b0"])
    async with town.folkmoot.database.writing() as session:
        one = (await session.scalars(select(Address).where(Address.chat == "b0"))).one()
        await mailbag.rename(session, one, "b1")
    async with bench.at_work():
        await bench.all_ended()
    assert sorted(str(one.message.text) for one in bench.channel.delivered) == ["fair", "market"]
    assert {one.chat for one in bench.channel.delivered} == {"b1"}
