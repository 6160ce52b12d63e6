"""Reports that nobody is in charge of, and organisers who find out who is."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.letters.in_charge.desk_presses import Always, Choose, SendTo
from bot.message import Tap
from bot.models import Deed, Duty, Happening, ServiceRequest
from bot.services.answering import casework
from tests.council import a_director
from tests.desk import Desk, a_desk, another_team, resident
from tests.town import Town


async def nobodys(desk: Desk) -> ServiceRequest:
    """A report that no team is in charge of."""
    async with desk.town.folkmoot.database.writing() as session:
        for duty in await session.scalars(select(Duty).where(Duty.service_code == "bins")):
            duty.ended_at = desk.town.clock()
    return await desk.report()


async def test_organisers_send_it_to_a_team_with_one_tap_and_have_it_remembered(town: Town) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    _, cara = await another_team(town, desk.council)
    made = await nobodys(desk)
    assert "Nobody is known to be in charge of this report." in olga.latest
    assert "[Streets · North District]" in olga.latest
    assert "[Waste · North District]" in olga.latest
    assert not desk.ann.sees("A new report")
    await olga.taps("Waste · North District")
    assert "It is with Waste now." in olga.latest
    assert "It goes to Waste." in desk.alice.latest
    assert "You get an answer by Monday 30 November." in desk.alice.latest
    assert "The organisers of the community have sent it to you:" in desk.ann.latest
    now = await desk.fresh(made)
    assert (now.team_id, now.because["how"]) == (desk.council.waste.id, "hand")
    await olga.taps("Always send these to them")
    assert "From now on they get all of this kind at once." in olga.latest
    again = await desk.report("another one")
    assert again.team_id == desk.council.waste.id
    assert "A new report for your team:" in desk.ann.latest
    assert not cara.sees("A new report")
    async with town.folkmoot.database.reading() as session:
        assert {"report.route", "route.remember"} <= set(await session.scalars(select(Deed.act)))


async def test_the_desk_of_organisers_has_what_nobody_is_in_charge_of(town: Town) -> None:
    desk = await a_desk(town)
    olga, other = await town.organiser(), await town.organiser("Oscar", "oak-hill")
    await another_team(town, desk.council)
    made = await nobodys(desk)
    await olga.says("/desk")
    assert "Nobody in charge (1)" in olga.latest
    await olga.taps(made.service_request_id)
    assert "Nobody is in charge of it yet." in olga.latest
    assert "[Answer]" not in olga.latest
    await olga.taps("Another team")
    await olga.taps("North District …")
    await olga.taps("Streets")
    assert (await desk.fresh(made)).team_id == desk.council.streets.id
    await other.says("/desk")
    assert "Nobody in charge (0)" in other.latest


async def test_whoever_chooses_a_team_for_what_a_colleague_has_sent_already_hears_that_once(
    town: Town,
) -> None:
    desk = await a_desk(town)
    olga, oscar = await town.organiser(), await town.organiser("Oscar")
    await nobodys(desk)
    await olga.taps("Another team")
    await oscar.taps("Waste · North District")
    await olga.taps("North District …")
    assert olga.sees("This report is with a team already.")
    await olga.says("/desk")
    assert "Nobody in charge (0)" in olga.latest


async def test_what_goes_to_a_team_in_which_nobody_works_is_the_directors_else_the_organisers(
    town: Town,
) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    made = await desk.report("A lamp is dark.", kind="streetlights")
    assert "Nobody works in the team that this report went to." in olga.latest
    assert "[Waste · North District]" in olga.latest
    await olga.says("/desk")
    assert "Nobody in charge (1)" in olga.latest
    await olga.taps(made.service_request_id)
    await olga.taps("Waste · North District")
    assert "It is with Waste now." in olga.latest
    assert "The organisers of the community have sent it to you:" in desk.ann.latest
    now = await desk.fresh(made)
    assert (now.team_id, now.expected_datetime) == (desk.council.waste.id, made.expected_datetime)
    heard = olga.text
    dora = await a_director(town, "Dora", desk.council)
    await desk.report("Another lamp is dark.", kind="streetlights")
    assert "A new report for your team:" in dora.latest
    await dora.taps("Take it")
    assert "You look after it now." in dora.heard
    assert olga.text == heard


async def test_two_organisers_at_once_send_it_once_and_forged_presses_nowhere(town: Town) -> None:
    desk = await a_desk(town)
    olga, oscar = await town.organiser(), await town.organiser("Oscar")
    stranger = await town.organiser("Mallory", "oak-hill")
    made = await nobodys(desk)
    number, waste, streets = made.id, desk.council.waste.id, desk.council.streets.id
    for press in (
        SendTo(report=number, team=waste),
        Choose(report=number),
        Always(report=number, team=waste),
    ):
        await stranger.does(Tap(press.pack(), query="q"))
        assert stranger.screen.toasts[-1] == "Only organisers of this community can do that."
    await olga.does(Tap(Always(report=number, team=waste).pack(), query="q"))
    assert olga.screen.toasts[-1] == "This report is not with that team any more."
    await olga.does(Tap(SendTo(report=number, team=99_999).pack(), query="q"))
    assert olga.screen.toasts[-1] == "Please choose another team."
    await asyncio.gather(
        olga.does(Tap(SendTo(report=number, team=waste).pack(), query="q")),
        oscar.does(Tap(SendTo(report=number, team=streets).pack(), query="q")),
    )
    async with town.folkmoot.database.reading() as session:
        events = select(Happening.event).where(
            Happening.service_request_id == number, Happening.event == "routed"
        )
        assert len(list(await session.scalars(events))) == 2, "when it came, and once by hand"
    assert "This report is with a team already." in (olga.screen.toasts[-1], oscar.screen.toasts[-1])


@pytest.mark.parametrize("confidential", [False, True])
async def test_organisers_see_what_is_routed_only_if_everybody_may(town: Town, confidential: bool) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    made = await desk.report("Somebody is ill in there.")
    async with town.folkmoot.database.writing() as session:
        (await session.get_one(type(made), made.id)).confidential = confidential
    await desk.opens(olga, made)
    assert olga.sees("Somebody is ill in there.") != confidential


async def test_what_was_promised_stays_promised_when_a_team_gives_it_back_and_organisers_send_it_on(
    town: Town,
) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    streets, _ = await another_team(town, desk.council)
    made = await desk.report()
    who = await resident(town, desk.ann)
    async with town.folkmoot.database.writing() as session:
        ann = await session.get_one(type(who), who.id)
        await casework.send_back(session, made.id, "Whose is this?", by=ann, now=town.clock())
    await town.quiet()
    await town.passes(days=3)
    await olga.taps("Streets · North District")
    now = await desk.fresh(made)
    assert now.team_id == streets.id
    for name in ("acknowledge_by", "answer_by", "expected_datetime", "check_at"):
        assert getattr(now, name) == getattr(made, name), name


async def test_a_handed_over_report_that_comes_back_is_promised_anew_by_its_new_team(town: Town) -> None:
    desk = await a_desk(town)
    streets, cara = await another_team(town, desk.council)
    made = await desk.report()
    await desk.opens(desk.ann, made)
    await desk.ann.taps("Hand over")
    await desk.ann.taps("North District …")
    await desk.ann.taps("Streets")
    await desk.ann.says("Theirs.")
    await cara.taps("Open")
    await cara.taps("Fixed")
    await cara.taps("Tell everyone that it is fixed")
    await town.passes(days=30)
    await cara.taps("Open it again")
    now = await desk.fresh(made)
    assert now.team_id == streets.id
    assert now.expected_datetime is not None
    assert now.expected_datetime > town.clock()
