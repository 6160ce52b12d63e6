"""What officers do with a report, in the chat: one tap where nothing has to be said, a sentence where it has."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.letters.in_charge import desk_presses as presses
from bot.message import Attached, Tap
from bot.models import Happening, Photo, Resident, ServiceRequest
from tests.desk import PHOTO, Desk, a_desk, joins, resident
from tests.town import Town


async def events(desk: Desk, made: ServiceRequest) -> list[str]:
    async with desk.town.folkmoot.database.reading() as session:
        found = await session.scalars(
            select(Happening.event).where(Happening.service_request_id == made.id).order_by(Happening.id)
        )
        return list(found)


async def test_whoever_takes_a_report_has_it_and_everyone_concerned_hears_that(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.ann.taps("Open")
    await desk.ann.taps("Take it")
    assert desk.ann.screen.toasts[-1] == "You look after it now."
    assert "With Waste. You have taken it." in desk.ann.latest
    assert "[Give it back]" in desk.ann.latest
    assert "Somebody is looking after it." in desk.alice.latest
    now = await desk.fresh(made)
    assert (now.status, now.acknowledged_at) == ("confirmed", town.clock())
    await desk.opens(desk.ben, made)
    assert "With Waste. Ann has taken it." in desk.ben.latest
    assert "[Take it]" not in desk.ben.latest


async def test_a_second_who_takes_it_is_told_by_whom_it_was_taken(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    for officer in (desk.ann, desk.ben):
        await officer.taps("Open")
    await desk.ann.taps("Take it")
    await desk.ben.taps("Take it")
    assert desk.ben.screen.toasts[-1] == "Ann has taken this one already."
    assert "Ann has taken it." in desk.ben.latest
    assert (await events(desk, made)).count("taken") == 1


async def test_a_colleague_without_a_name_is_a_colleague(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    async with town.folkmoot.database.writing() as session:
        (await session.get_one(Resident, (await resident(town, desk.ann)).id)).name = None
    for officer in (desk.ann, desk.ben):
        await desk.opens(officer, made)
    for officer in (desk.ann, desk.ben):
        await officer.taps("Take it")
    assert desk.ben.screen.toasts[-1] == "A colleague has taken this one already."


async def test_a_double_tap_takes_it_once(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.ann.taps("Open")
    name, payload = desk.ann.button("Take it")
    for _ in range(2):
        await desk.ann.presses(payload, on=name)
    assert (await events(desk, made)).count("taken") == 1
    assert "You have taken it." in desk.ann.latest


async def test_two_officers_who_take_it_at_once_do_not_both_have_it(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    both = [desk.ann, desk.ben]
    for officer in both:
        await officer.taps("Open")
    taps = [
        officer.presses(officer.button("Take it")[1], on=officer.button("Take it")[0]) for officer in both
    ]
    await asyncio.gather(*taps)
    assert (await events(desk, made)).count("taken") == 1
    assert sum("has taken this one already." in officer.screen.toasts[-1] for officer in both) == 1


async def test_it_can_be_given_back(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.ann.taps("Open")
    await desk.ann.taps("Take it")
    await desk.ann.taps("Give it back")
    assert "With Waste. Nobody has taken it." in desk.ann.latest
    await desk.ben.does(Tap(presses.LetGo(report=made.id).pack(), query="q"))
    assert desk.ben.screen.toasts[-1] == "You have not taken this one."
    await desk.ann.taps("What happened")
    assert "Ann: Gave it back to the team." in desk.ann.latest


async def test_an_answer_reaches_everyone_concerned_as_it_was_written(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    piotr = await town.member("Piotr", language="pl")
    await joins(town, made, piotr)
    await desk.ann.taps("Open")
    await desk.ann.taps("Answer")
    await desk.ann.says("We empty it on Friday.")
    assert "This goes to 2 people:" in desk.ann.latest
    assert "We empty it on Friday." not in desk.alice.text
    await desk.ann.taps("Send")
    assert "Everyone concerned gets your answer." in desk.ann.latest
    assert f"Report {made.service_request_id}" in desk.ann.latest
    for person in (desk.alice, piotr):
        assert "We empty it on Friday." in person.latest
    assert "There is an answer" not in piotr.latest
    now = await desk.fresh(made)
    assert now.answered_at == town.clock()
    assert now.officer_id is not None


async def test_an_answer_can_be_written_anew_before_it_goes(town: Town) -> None:
    desk = await a_desk(town)
    await desk.report()
    await desk.ann.taps("Open")
    await desk.ann.taps("Answer")
    await desk.ann.says("Wrong.")
    await desk.ann.taps("Write something else")
    await desk.ann.taps("Seen, we will look")
    await desk.ann.taps("Send")
    assert "We have seen this" in desk.alice.latest
    assert "Wrong." not in desk.alice.text


@pytest.mark.parametrize("text", ["x" * 1501, "<b>" * 500])
async def test_too_long_an_answer_is_asked_again(town: Town, text: str) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.opens(desk.ann, made)
    await desk.ann.taps("Answer")
    await desk.ann.says(text)
    if len(text) > 1500:
        assert "That is longer than 1500 letters." in desk.ann.latest
        return
    await desk.ann.taps("Send")
    assert "&lt;b&gt;" in str(list(desk.alice.screen.messages.values())[-1].text)


@pytest.mark.parametrize(
    ("button", "status", "head"),
    [
        ("Planned for …", "planned", "Planned"),
        ("The day is set", "action_scheduled", "A day is set for the work"),
    ],
)
async def test_a_day_is_told_to_everyone_concerned(town: Town, button: str, status: str, head: str) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.ann.taps("Open")
    await desk.ann.taps(button)
    await desk.ann.says("yesterday")
    await desk.ann.taps("in 7 days")
    assert "Everyone concerned hears the day: 30 November 2026." in desk.ann.latest
    assert head in desk.alice.latest
    assert "The day for it: 30 November 2026." in desk.alice.latest
    assert ((await desk.fresh(made)).status, (await desk.fresh(made)).planned_for.day) == (status, 30)  # type: ignore[union-attr]


async def test_fixed_goes_with_a_photo_and_a_sentence(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.ann.taps("Open")
    await desk.ann.taps("Fixed")
    await desk.ann.does(Attached(PHOTO))
    assert "I have the photo. You can add a sentence." in desk.ann.latest
    await desk.ann.says("There is a bigger bin now.")
    assert (await desk.fresh(made)).status == "fixed"
    assert "Fixed. “There is a bigger bin now.”" in desk.alice.latest
    async with town.folkmoot.database.reading() as session:
        photo = (await session.scalars(select(Photo).where(Photo.service_request_id == made.id))).one()
        assert (photo.kind, photo.happening_id is not None) == ("work", True)
    assert "[Open it again]" in desk.ann.latest


async def test_fixed_needs_no_words(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.ann.taps("Open")
    await desk.ann.taps("Fixed")
    await desk.ann.taps("Tell everyone that it is fixed")
    assert (await desk.fresh(made)).status == "fixed"
    assert "[It is back]" in desk.alice.latest


@pytest.mark.parametrize(
    ("button", "status"),
    [
        ("Cannot, because …", "unable_to_fix"),
        ("Nobody here is in charge", "not_responsible"),
        ("Goes on inside", "internal_referral"),
        ("Close it, because …", "closed"),
    ],
)
async def test_an_end_without_a_repair_needs_a_reason_that_everyone_reads(
    town: Town, button: str, status: str
) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.ann.taps("Open")
    await desk.ann.taps("More …")
    await desk.ann.taps(button)
    assert (await desk.fresh(made)).status == "received"
    await desk.ann.says("   ")
    assert (await desk.fresh(made)).status == "received"
    await desk.ann.says("The bridge is not ours.")
    assert (await desk.fresh(made)).status == status
    assert "“The bridge is not ours.”" in desk.alice.latest


async def test_being_looked_into_is_one_tap(town: Town) -> None:
    desk = await a_desk(town)
    await desk.report()
    await desk.ann.taps("Open")
    await desk.ann.taps("Being looked into")
    assert "Being looked into" in desk.alice.latest
    assert "[Being looked into]" not in desk.ann.latest


async def test_while_the_reporter_is_asked_no_days_are_counted(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    bob = await town.member("Bob")
    await joins(town, made, bob)
    due = (await desk.fresh(made)).expected_datetime
    await desk.ann.taps("Open")
    await desk.ann.taps("Ask back")
    await desk.ann.says("The green bin or the grey one?")
    assert "Your question is on its way." in desk.ann.latest
    assert "the days are not counted" in desk.ann.latest
    assert "[Ask back]" not in desk.ann.latest
    assert "green bin" in desk.alice.latest
    assert "green bin" not in bob.text
    await desk.ann.does(Tap(presses.AskBack(report=made.id).pack(), query="q"))
    assert desk.ann.screen.toasts[-1] == "There is a question already that waits for an answer."
    await town.passes(days=3)
    await desk.alice.taps("Answer the question")
    await desk.alice.says("The grey one.")
    assert "has answered your question" in desk.ann.latest
    await desk.ann.taps("Open")
    assert "The answer: “The grey one.”" in desk.ann.latest
    now = await desk.fresh(made)
    assert due is not None
    assert now.expected_datetime is not None
    assert (now.expected_datetime - due).days == 3
    assert now.waited == 3 * 86_400
    assert "grey" not in bob.text


async def test_a_note_is_for_colleagues_only(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    olga = await town.organiser()
    before = desk.alice.text
    await desk.ann.taps("Open")
    await desk.ann.taps("More …")
    await desk.ann.taps("Write a note")
    await desk.ann.says("Mind the dog.")
    assert desk.alice.text == before
    await desk.opens(desk.ben, made)
    assert "Ann: Note: “Mind the dog.”" in desk.ben.latest
    await desk.opens(olga, made)
    await olga.taps("What happened")
    assert "Mind the dog" not in olga.text
    await desk.alice.says(f"/myreports {made.service_request_id}")
    assert "Mind the dog" not in desk.alice.text
