"""What a colleague does with a report is shown at once wherever its card lies open: in its place, and nowhere else."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import func, select

from bot import retention
from bot.letters.in_charge.desk_presses import LetGo
from bot.message import Parcel
from bot.models import Address, DeskCard, Officer, ServiceRequest
from bot.services import mailboxes
from bot.services.answering import leaving, redrawing
from tests.desk import Desk, a_desk, another_team
from tests.town import Person, Town


def messages(person: Person) -> int:
    return len(person.screen.messages)


async def both_look(town: Town) -> tuple[Desk, ServiceRequest]:
    """Ann and Ben have it before them; the clock has caught up."""
    desk = await a_desk(town)
    made = await desk.report()
    for officer in (desk.ann, desk.ben):
        await officer.taps("Open")
    await town.tick()
    return desk, made


async def test_a_card_says_at_once_that_a_colleague_has_taken_it(town: Town) -> None:
    desk, _ = await both_look(town)
    before = messages(desk.ben)
    assert "[Take it]" in desk.ben.latest
    await desk.ann.taps("Take it")
    await town.tick()
    assert desk.ben.sees("With Waste. Ann has taken it.")
    assert not desk.ben.sees("[Take it]")
    assert messages(desk.ben) == before
    assert desk.ann.sees("With Waste. You have taken it.")
    assert desk.ann.sees("[Give it back]")


async def test_the_letter_that_brought_it_says_so_too(town: Town) -> None:
    desk = await a_desk(town)
    await desk.report()
    await town.tick()
    before = messages(desk.ben)
    await desk.ann.taps("Take it")
    await town.tick()
    assert desk.ben.sees("With Waste. Ann has taken it.")
    assert not desk.ben.sees("A new report for your team:")
    assert messages(desk.ben) == before


async def test_a_card_that_came_by_its_number_is_drawn_anew_where_it_is(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.opens(desk.ben, made)
    await town.tick()
    letter = next(iter(desk.ben.screen.messages))
    await desk.opens(desk.ann, made)
    await desk.ann.taps("Being looked into")
    await town.tick()
    drawn = [str(one.text) for name, one in desk.ben.screen.messages.items() if name != letter]
    assert sum("Being looked into" in one for one in drawn) == 1


async def test_all_that_happened_in_between_is_one_edit(town: Town) -> None:
    desk, _ = await both_look(town)
    await desk.ann.taps("Take it")
    await desk.ann.taps("Being looked into")
    await desk.ann.taps("Give it back")
    edits = len(town.paper.delivered)
    await town.tick()
    await town.tick()
    assert len([one for one in town.paper.delivered[edits:] if one.chat == "Ben"]) == 1
    assert "[Take it]" in desk.ben.latest


async def test_what_stands_there_by_now_is_left_alone(town: Town) -> None:
    desk, _ = await both_look(town)
    await desk.ben.taps("To the list")
    listed = desk.ben.latest
    await desk.ann.taps("Take it")
    await town.tick()
    assert desk.ben.latest == listed


async def test_a_card_that_was_deleted_is_forgotten_and_never_comes_again(town: Town) -> None:
    desk, made = await both_look(town)
    desk.ben.screen.messages.clear()
    for act in ("Take it", "Being looked into", "Give it back"):
        await desk.ann.taps(act)
        await town.tick()
    assert not desk.ben.screen.messages
    async with town.folkmoot.database.reading() as session:
        cards = select(Address.chat).join(DeskCard, DeskCard.address_id == Address.id)
        assert list(await session.scalars(cards)) == ["Ann"]
    await desk.opens(desk.ben, made)
    await desk.ann.taps("Take it")
    await town.tick()
    assert desk.ben.sees("Ann has taken it.")


async def test_a_question_that_waits_for_words_is_left_alone(town: Town) -> None:
    desk, _ = await both_look(town)
    await desk.ben.taps("Answer")
    asked = desk.ben.latest
    await desk.ann.taps("Take it")
    await town.tick()
    assert desk.ben.latest == asked
    await desk.ben.says("We come on Tuesday.")
    assert desk.ben.sees("This goes to 1 person:")


async def test_whoever_has_it_no_more_sees_nothing_of_it_any_more(town: Town) -> None:
    desk, _ = await both_look(town)
    _, cara = await another_team(town, desk.council)
    await desk.ann.taps("Hand over")
    await desk.ann.taps("North District …")
    await desk.ann.taps("Streets")
    await desk.ann.says("Theirs.")
    await town.tick()
    assert desk.ben.latest.startswith("This report is with another desk now.")
    assert not desk.ben.sees("The bin is full.")
    await cara.taps("Take it")
    await town.tick()
    assert desk.ben.latest.startswith("This report is with another desk now.")
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(DeskCard)) == 1


async def test_a_letter_on_its_way_is_waited_for(town: Town) -> None:
    desk = await a_desk(town)
    arrives = asyncio.Event()

    async def slow(parcel: Parcel) -> None:
        if parcel.chat == "Ben":
            await arrives.wait()

    town.paper.fail = slow
    reported = asyncio.create_task(desk.report())
    while not desk.ann.sees("[Take it]"):
        await asyncio.sleep(0.01)
    name, payload = desk.ann.button("Take it")
    taken = asyncio.create_task(desk.ann.presses(payload, on=name))
    while not desk.ann.sees("You have taken it."):
        await asyncio.sleep(0.01)
    async with town.folkmoot.database.writing() as session:
        await redrawing.keep_up(session, now=town.clock())
    arrives.set()
    await asyncio.gather(reported, taken)
    assert desk.ben.sees("A new report for your team:")
    await town.tick()
    assert desk.ben.sees("With Waste. Ann has taken it.")


async def test_a_mail_is_no_card(town: Town) -> None:
    desk = await a_desk(town)
    async with town.folkmoot.database.writing() as session:
        there = await mailboxes.at(session, "waste@north.example", language="en", now=town.clock())
        session.add(
            Officer(
                body_id=desk.council.body.id,
                team_id=desk.council.waste.id,
                resident_id=there.resident_id,
                post="officer",
                mailbox=True,
                since=town.clock(),
            )
        )
    await desk.report()
    async with town.folkmoot.database.reading() as session:
        rows = select(Address.channel).join(DeskCard, DeskCard.address_id == Address.id)
        assert sorted(await session.scalars(rows)) == ["paper", "paper"]


async def test_a_forged_number_leaves_no_card(town: Town) -> None:
    desk = await a_desk(town)
    mallory = await town.member("Mallory")
    made = await desk.report()
    await mallory.does_press(LetGo(report=made.id).pack())
    await mallory.does_press(LetGo(report=10**12).pack())
    async with town.folkmoot.database.reading() as session:
        rows = select(func.count()).select_from(DeskCard)
        assert await session.scalar(rows) == 2


async def test_cards_are_forgotten_with_the_envelopes_that_brought_them(town: Town) -> None:
    await both_look(town)
    await town.passes(seconds=(retention.age("envelope") + timedelta(hours=2)).total_seconds())
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(DeskCard)) == 0


async def test_whoever_leaves_leaves_no_card_behind_that_names_them(town: Town) -> None:
    desk, _ = await both_look(town)
    await desk.ann.taps("Take it")
    await town.tick()
    assert desk.ben.sees("With Waste. Ann has taken it.")
    before = messages(desk.ben)
    async with town.folkmoot.database.writing() as session:
        ann, ben = (await session.scalars(select(Officer).order_by(Officer.id))).all()[:2]
        await leaving.go(session, ann.id, to=ben.id, by=None, now=town.clock())
    await town.tick()
    assert not desk.ben.sees("Ann has taken it.")
    assert desk.ben.sees("With Waste. You have taken it.")
    assert messages(desk.ben) == before + 1, "that it is theirs now is told once"
