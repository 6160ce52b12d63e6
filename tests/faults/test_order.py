"""In which order things arrive: each chat its own in theirs, answers before what many get, newest edits only."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import select

from bot import outbox
from bot.errors import RetryLater
from bot.message import Parcel
from bot.models import Address, Envelope
from bot.outbox import Lane
from bot.pace import Limits, Rate
from tests.faults.desks import note, until
from tests.faults.letters import Bench, known, put, state, texts
from tests.town import Town


def numbered(count: int) -> list[str]:
    """Texts that show their order."""
    return [f"{number:02}" for number in range(count)]


async def test_what_waits_behind_a_failed_letter_waits_with_it(town: Town) -> None:
    await known(town, "Alice", "Bob")
    left = 3

    async def fail(parcel: Parcel) -> None:
        nonlocal left
        if parcel.chat == "Alice" and str(parcel.message.text) == "01" and left:
            left -= 1
            raise RetryLater("429", after=0.02)

    town.paper.fail = fail
    await put(town, "Alice", *numbered(6))
    await put(town, "Bob", *numbered(6))
    await town.quiet()
    assert texts(town.paper, "Alice")[-6:] == numbered(6)
    assert texts(town.paper, "Bob")[-6:] == numbered(6)


async def test_a_note_under_a_tap_does_not_break_the_order_of_its_chat(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    (alice,) = await known(town, "Alice")
    await alice.opens(poll.code)
    in_chat = 0
    refused: list[Parcel] = []

    async def fail(parcel: Parcel) -> None:
        nonlocal in_chat
        if parcel.action == "toast" or parcel.chat != "Alice":
            return
        in_chat += 1
        assert in_chat == 1, "two messages for one chat were on their way at once"
        await asyncio.sleep(0.02)  # the note is there before the edit is refused
        in_chat -= 1
        if parcel.action == "edit" and len(refused) < 2:
            refused.append(parcel)
            raise RetryLater("500", after=0.01)

    town.paper.fail = fail
    await asyncio.gather(alice.taps("Yes"), *(put(town, "Alice", text) for text in numbered(3)))
    await town.quiet()
    assert len(refused) == 2
    assert alice.screen.toasts == ["Counted. Thank you."]
    assert alice.sees("✔ Yes")
    times_sent = [one.envelope for one in town.paper.delivered]
    assert len(times_sent) == len(set(times_sent)), "something was delivered twice"


async def test_a_note_that_fails_is_tried_again_later_and_not_at_once(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    (alice,) = await known(town, "Alice")
    await alice.opens(poll.code)
    tried: list[float] = []

    async def fail(parcel: Parcel) -> None:
        if parcel.action == "toast":
            tried.append(asyncio.get_running_loop().time())
            if len(tried) == 1:
                raise RetryLater("connection refused", after=0.2)

    town.paper.fail = fail
    await alice.taps("Yes")
    assert alice.screen.toasts == ["Counted. Thank you."]
    assert tried[1] - tried[0] >= 0.2


async def test_a_newer_edit_makes_an_older_one_pointless(town: Town) -> None:
    await known(town, "Alice")
    await put(town, "Alice", *numbered(5), target="1")
    await town.quiet()
    assert texts(town.paper, "Alice")[-1] == "04"
    cancelled = [text for text in numbered(4) if (await state(town, f"Alice:{text}"))[0] == "cancelled"]
    assert cancelled == numbered(4)


async def test_an_older_edit_that_comes_late_does_not_undo_a_newer_one(town: Town) -> None:
    await known(town, "Alice")
    async with town.folkmoot.database.writing() as session:
        # What another process put a moment ago, and what nobody may look for yet.
        address = (await session.scalars(select(Address).where(Address.chat == "Alice"))).one()
        draft = outbox.Draft(address, note("older"), "Alice:older", "edit", "1")
        await outbox.put(session, [draft], now=town.clock(), claimed_by={"paper": "another"})
    await put(town, "Alice", "newer", target="1")
    await until(lambda: _is(town, "Alice:newer", "sent"))
    town.clock.pass_by(outbox.LEASE)
    await town.quiet()
    assert texts(town.paper, "Alice")[-1] == "newer"
    assert (await state(town, "Alice:older"))[0] == "cancelled"


async def _is(town: Town, key: str, wanted: str) -> bool:
    town.folkmoot.postmen["paper"].wake()
    return (await state(town, key))[0] == wanted


async def test_an_answer_does_not_wait_behind_two_hundred_letters(town: Town) -> None:
    bench = Bench(town, Limits(whole=Rate(100, 5), chat=Rate(50, 4)))
    await bench.residents(200)
    await bench.blast()
    async with bench.at_work():
        await bench.delivered(10)
        at = len(bench.channel.delivered)
        await put(town, "b199", "answer")
        bench.postman.wake()

        async def answered() -> bool:
            return "b199/0" in bench.places

        await until(answered)
        assert bench.places.index("b199/0") - at <= 40, "the answer waited behind the blast"
        assert len(bench.channel.delivered) < 150


async def test_a_pause_for_the_whole_channel_stops_everybody_and_one_for_a_chat_only_that_chat(
    town: Town,
) -> None:
    bench = Bench(town, Limits())
    await bench.residents(3)
    times: dict[str, float] = {}
    faults = {"b0": RetryLater("429", after=0.4)}

    async def fail(parcel: Parcel) -> None:
        if fault := faults.pop(parcel.chat, None):
            raise fault
        times[f"{parcel.chat}:{parcel.message.text}"] = asyncio.get_running_loop().time()

    bench.channel.fail = fail
    async with bench.at_work():
        began = asyncio.get_running_loop().time()
        for chat in ("b0", "b1"):
            await put(town, chat, "first")
        bench.postman.wake()
        await bench.delivered(2)
        assert times["b0:first"] - began >= 0.4
        assert times["b1:first"] < times["b0:first"]
        faults["b2"] = RetryLater("429", after=0.4, whole_channel=True)
        began = asyncio.get_running_loop().time()
        await put(town, "b2", "second")
        bench.postman.wake()

        async def refused() -> bool:
            return "b2" not in faults

        await until(refused)
        await put(town, "b1", "second")
        bench.postman.wake()
        await bench.delivered(4)
        assert min(times["b1:second"], times["b2:second"]) - began >= 0.4


async def test_nothing_is_left_unsent_when_the_postman_is_stopped_in_the_middle(town: Town) -> None:
    bench = Bench(town, Limits(whole=Rate(200, 5)))
    await bench.residents(40)
    await bench.blast()
    for _ in range(3):
        async with bench.at_work():
            await bench.delivered(len(bench.channel.delivered) + 8)
    async with bench.at_work():
        await bench.all_ended()
    assert sorted(one.chat for one in bench.channel.delivered) == sorted(f"b{n}" for n in range(40))
    assert {one.lane for one in bench.channel.delivered} == {Lane.BULK}


async def test_what_a_dead_postman_had_claimed_keeps_its_place_before_what_was_put_later(town: Town) -> None:
    bench = Bench(town, Limits())
    await bench.residents(1)
    await put(town, "b0", "first", "second")
    async with town.folkmoot.database.writing() as session:
        for envelope in await session.scalars(select(Envelope).where(Envelope.channel == "bench")):
            envelope.state, envelope.claimed_by = "claimed", "somebody who died"
            envelope.not_before = town.clock() + outbox.LEASE
    town.clock.pass_by(timedelta(seconds=2))
    await put(town, "b0", "third")
    bench.clock.pass_by(timedelta(seconds=5))
    async with bench.at_work():
        await bench.delivered(3)
        await bench.all_ended()
    assert texts(bench.channel, "b0") == ["first", "second", "third"]
