"""What the postman owes: everything put is delivered once in its order, whatever the channel answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot import outbox
from bot.errors import AddressClosed, DeliveryFailed, Moved, RetryLater, Undeliverable
from bot.message import Parcel, Words
from bot.models import Address, Envelope, Resident
from bot.outbox import Draft, Lane
from tests.faults.desks import note, until
from tests.faults.letters import known, put, state, texts
from tests.town import Town

Fail = Callable[[Parcel], Awaitable[None]]


def failing(chat: str, *failures: DeliveryFailed) -> Fail:
    """Deliveries to that chat fail like this one after the other; a closed or moved chat stays so."""
    left = list(failures)

    async def fail(parcel: Parcel) -> None:
        if parcel.chat == chat and left:
            raise left[0] if isinstance(left[0], AddressClosed | Moved) else left.pop(0)

    return fail


async def test_the_same_thing_cannot_be_put_twice(town: Town) -> None:
    await known(town, "Alice")
    await put(town, "Alice", "once")
    with pytest.raises(IntegrityError):
        await put(town, "Alice", "once")
    await town.quiet()
    assert texts(town.paper, "Alice").count("once") == 1


async def test_what_has_expired_is_dropped_and_what_comes_after_it_is_not(town: Town) -> None:
    await known(town, "Alice")
    town.paper.fail = failing("Alice", RetryLater("slow", after=0.05))
    await put(town, "Alice", "late", life=5)
    town.clock.pass_by(timedelta(seconds=10))
    await put(town, "Alice", "in time", life=5)
    await town.quiet()
    assert await state(town, "Alice:late") == ("expired", None)
    assert texts(town.paper, "Alice")[-1] == "in time"


async def test_a_note_under_a_tap_that_waited_ten_seconds_is_not_shown(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    (alice,) = await known(town, "Alice")
    await alice.opens(poll.code)

    async def fail(parcel: Parcel) -> None:
        if parcel.action == "toast":
            town.clock.pass_by(timedelta(seconds=6))
            raise RetryLater("503", after=0.01)

    town.paper.fail = fail
    await alice.taps("Yes")
    assert alice.screen.toasts == []
    assert alice.sees("✔ Yes")


FATES = [
    (RetryLater("502", after=0.01), ("sent", None), True),
    (Undeliverable("400 nonsense"), ("refused", "400 nonsense"), True),
    (AddressClosed("403 blocked"), ("refused", "403 blocked"), False),
    (Moved("400 upgraded", to="-100"), ("sent", None), True),
]


@pytest.mark.parametrize(("failure", "end", "open_after"), FATES, ids=["retry", "drop", "close", "readdress"])
async def test_a_failure_has_one_of_four_fates(
    town: Town, failure: DeliveryFailed, end: tuple[str, str | None], open_after: bool
) -> None:
    await known(town, "Alice")
    town.paper.fail = failing("Alice", failure)
    await put(town, "Alice", "bread", "milk")
    await town.quiet()
    assert (await state(town, "Alice:bread"))[0] == end[0]
    assert end[1] is None or (await state(town, "Alice:bread")) == end
    chat = "-100" if isinstance(failure, Moved) else "Alice"
    assert ("milk" in texts(town.paper, chat)) is open_after
    async with town.folkmoot.database.reading() as session:
        address = (await session.scalars(select(Address).where(Address.chat == chat))).one()
        assert (address.closed_at is None) is open_after


async def test_whoever_closed_one_address_is_written_to_at_their_other(town: Town) -> None:
    alice, other = await known(town, "Alice", "Alice at home")
    async with town.folkmoot.database.writing() as session:
        rows = {one.chat: one for one in await session.scalars(select(Address))}
        rows[other.chat].preferred = False
        await session.flush()
        rows[other.chat].resident_id = resident = rows[alice.chat].resident_id
        assert resident is not None
    town.paper.fail = failing("Alice", AddressClosed("403 blocked"))
    await put(town, "Alice", "bread")
    await town.quiet()
    async with town.folkmoot.database.writing() as session:
        assert await outbox.put_personal(
            session, resident, note("milk"), once_key="milk", now=town.clock()
        )  # fmt: skip
    await town.quiet()
    assert texts(town.paper, "Alice at home")[-1] == "milk"
    town.paper.fail = None
    await alice.does(Words("I am back"))
    assert "bread" not in texts(town.paper, "Alice"), "what was written off stays so"


async def test_a_letter_whose_answer_was_lost_is_repeated_as_a_reply_and_not_in_bulk(town: Town) -> None:
    await known(town, "Alice", "Bob")

    async def lost(parcel: Parcel) -> None:
        if parcel.attempts == 0:
            town.paper.delivered.append(parcel)
            raise RetryLater("no answer", after=0.01, maybe_arrived=True)

    town.paper.fail = lost
    await put(town, "Alice", "reply")
    await put(town, "Bob", "bulk", lane=Lane.BULK)
    await town.quiet()
    assert texts(town.paper, "Alice").count("reply") == 2
    assert texts(town.paper, "Bob").count("bulk") == 1
    assert await state(town, "Bob:bulk") == ("refused", "perhaps delivered: no answer")


async def test_letters_taken_back_are_not_delivered_although_the_postman_has_them_in_hand(town: Town) -> None:
    people = await known(town, *(f"p{number}" for number in range(6)))
    tries: list[Parcel] = []
    is_open = False

    async def not_yet(parcel: Parcel) -> None:
        if parcel.lane == Lane.BULK and not is_open:
            tries.append(parcel)
            raise RetryLater("not now", after=0.2, whole_channel=True)

    town.paper.fail = not_yet
    async with town.folkmoot.database.writing() as session:
        residents = select(Resident.id).join(Address).where(Address.chat.in_([one.chat for one in people]))
        letters = {"en": note("question")}
        await outbox.put_to_many(
            session, residents, letters, otherwise="en", subject="poll:9", now=town.clock()
        )
    town.folkmoot.postmen["paper"].wake()

    async def all_tried() -> bool:
        return len({parcel.chat for parcel in tries}) == len(people)

    await until(all_tried)
    async with town.folkmoot.database.writing() as session:
        assert await outbox.cancel(session, "poll:9", now=town.clock()) == len(people)
    town.folkmoot.postmen["paper"].wake()

    async def all_let_go() -> bool:
        async with town.folkmoot.database.reading() as session:
            claimed = select(Envelope.id).where(Envelope.state == "claimed").limit(1)
            return await session.scalar(claimed) is None

    await until(all_let_go)
    is_open = True
    for one in people:
        await put(town, one.chat, "afterwards", lane=Lane.BULK)
    await town.quiet()
    assert {texts(town.paper, one.chat)[-1] for one in people} == {"afterwards"}
    assert not [one for one in town.paper.delivered if str(one.message.text) == "question"]


async def test_a_letter_that_cannot_be_read_holds_up_nobody(town: Town) -> None:
    await known(town, "Alice", "Bob")
    async with town.folkmoot.database.writing() as session:
        address = (await session.scalars(select(Address).where(Address.chat == "Alice"))).one()
        draft = Draft(address, note("spoilt"), "Alice:spoilt")
        await outbox.put(session, [draft], now=town.clock())
        await session.execute(
            update(Envelope).where(Envelope.once_key == "Alice:spoilt").values(body={"no": 1})
        )
    await put(town, "Bob", "bread")
    await town.quiet()
    assert texts(town.paper, "Bob")[-1] == "bread"
    assert await state(town, "Alice:spoilt") == ("refused", "cannot be read")
