"""Reports that go to another desk, or are joined with another."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.message import Place
from bot.models import Body, Deed, Duty, Officer, Team
from bot.services.answering import casework
from tests.desk import PHOTO, Desk, a_desk, another_team, joins, resident
from tests.town import Person, Town


async def hand_over(person: Person, team: str, why: str = "A lamp is yours.") -> None:
    await person.taps("Hand over")
    await person.taps(team)
    await person.says(why)


async def test_another_team_gets_it_with_a_reason_and_the_reporter_hears_that(town: Town) -> None:
    desk = await a_desk(town)
    streets, cara = await another_team(town, desk.council)
    made = await desk.report()
    await desk.ann.taps("Open")
    await desk.ann.taps("Take it")
    await desk.ann.taps("Hand over")
    await desk.ann.taps("North District …")
    await desk.ann.taps("Streets")
    await desk.ann.says("It hangs on a lamp post.")
    assert "It is with Streets · North District now." in desk.ann.latest
    assert "Handed over to Streets. “It hangs on a lamp post.”" in desk.alice.latest
    assert "This report was handed over to your team:" in cara.latest
    now = await desk.fresh(made)
    assert (now.team_id, now.officer_id, now.hops) == (streets.id, None, 1)
    assert now.expected_datetime == made.expected_datetime, "what was promised stays promised"
    await desk.opens(desk.ann, made)
    assert "I do not know this report, or it is not with you." in desk.ann.latest
    await cara.taps("Open")
    await cara.taps("Take it")
    async with town.folkmoot.database.reading() as session:
        assert "report.hand_over" in list(await session.scalars(select(Deed.act)))


async def _a_far_body(desk: Desk, number: int, *, does_bins: bool) -> None:
    """With two teams in which Ben works, and one in which nobody does."""
    town, who, now = desk.town, (await resident(desk.town, desk.ben)).id, desk.town.clock()
    async with town.folkmoot.database.writing() as session:
        names = {"en": f"Body {number}"}
        body = Body(slug=f"b{number}", names=names, kind="x", zone="Europe/London", created_at=now)
        session.add(body)
        await session.flush()
        teams = [
            Team(body_id=body.id, slug=name, names={"en": f"{name} {number}"}, created_at=now)
            for name in ("Left", "Right", "Empty")
        ]
        session.add_all(teams)
        await session.flush()
        session.add_all(
            Officer(body_id=body.id, team_id=team.id, resident_id=who, post="officer", since=now)
            for team in teams[:2]
        )
        if does_bins:
            session.add(Duty(body_id=body.id, team_id=teams[1].id, service_code="bins", created_at=now))


async def test_whoever_does_not_know_whose_it_is_has_the_organisers_find_out_from_its_card(
    town: Town,
) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    made = await desk.report()
    await desk.opens(desk.ann, made)
    await desk.ann.taps("More …")
    assert "[Not my team's]" in desk.ann.latest
    await desk.ann.taps("Not my team's")
    await desk.ann.says("It hangs on the church.")
    assert "The organisers find out who is in charge." in desk.ann.latest
    assert "Nobody is known to be in charge of this report." in olga.latest
    now = await desk.fresh(made)
    assert (now.status, now.team_id, now.expected_datetime) == ("received", None, made.expected_datetime)


async def test_a_team_is_found_among_ten_bodies_body_first_and_the_usual_one_before_all(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    for number in range(10):
        await _a_far_body(desk, number, does_bins=number == 7)
    await desk.opens(desk.ann, made)
    await desk.ann.taps("Hand over")
    buttons = [row[0].label for row in list(desk.ann.screen.messages.values())[-1].rows]
    assert buttons[0] == "Right 7 · Body 7"
    assert buttons[1:11] == [f"Body {number} …" for number in range(10)]
    await desk.ann.taps("Body 3 …")
    buttons = [row[0].label for row in list(desk.ann.screen.messages.values())[-1].rows]
    assert buttons[:2] == ["Left 3", "Right 3"], "nobody works in the third"
    await desk.ann.taps("Back")
    await desk.ann.taps("Right 7 · Body 7")
    await desk.ann.says("Theirs.")
    assert (await desk.fresh(made)).team_id is not None
    assert "Handed over to Right 7." in desk.alice.latest


async def test_more_than_two_hand_overs_alert_the_organisers_once(town: Town) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    streets, cara = await another_team(town, desk.council)
    made = await desk.report()
    teams = [(desk.ann, "Streets"), (cara, "Waste"), (desk.ann, "Streets"), (cara, "Waste")]
    for number, (person, team) in enumerate(teams, 1):
        await desk.opens(person, made)
        await person.taps("Hand over")
        await person.taps("North District …") if team == "Streets" else None
        await person.taps(team)
        await person.says("Not ours.")
        assert olga.sees("handed over more than twice") == (number > 2)
    assert olga.text.count("handed over more than twice") == 1
    assert streets.id != (await desk.fresh(made)).team_id


@pytest.mark.parametrize("confidential", [False, True])
async def test_organisers_hear_of_what_is_handed_round_no_more_than_they_may(
    town: Town, confidential: bool
) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    streets, cara = await another_team(town, desk.council)
    made = await desk.report("My neighbour is ill.", confidential=confidential, media=(PHOTO,))
    waste = desk.council.waste
    for person, team in ((desk.ann, streets), (cara, waste), (desk.ann, streets)):
        who = await resident(town, person)
        async with town.folkmoot.database.writing() as session:
            by = await session.get_one(type(who), who.id)
            await casework.hand_over(session, made.id, team.id, "Not ours.", by=by, now=town.clock())
    await town.quiet()
    assert "handed over more than twice" in olga.latest
    assert made.service_request_id in olga.latest
    assert "It is with Streets of North District." in olga.latest
    assert "[Take it]" not in olga.latest, "that is for those in its team"
    for what in ("My neighbour is ill.", "Elm Road", "[Open]"):
        assert (what in olga.latest) != confidential, what


async def test_two_who_hand_it_over_at_once_hand_it_over_once(town: Town) -> None:
    desk = await a_desk(town)
    await another_team(town, desk.council)
    made = await desk.report()
    for officer in (desk.ann, desk.ben):
        await desk.opens(officer, made)
        await officer.taps("Hand over")
        await officer.taps("North District …")
        await officer.taps("Streets")
    await asyncio.gather(desk.ann.says("Theirs."), desk.ben.says("Theirs."))
    assert (await desk.fresh(made)).hops == 1
    assert sum("It is with Streets" in one.latest for one in (desk.ann, desk.ben)) == 1


async def test_where_there_is_no_other_team_that_is_said(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.opens(desk.ann, made)
    await desk.ann.taps("Hand over")
    assert desk.ann.sees("There is no other team here yet.")


# --- joining -------------------------------------------------------------------------------------


async def test_two_of_the_same_are_joined_and_people_go_along(town: Town) -> None:
    desk = await a_desk(town)
    bob = await town.member("Bob")
    first = await desk.report("first")
    second = await desk.report("second", by=bob, place=Place(51.5001, -0.1))
    await desk.opens(desk.ann, second)
    await desk.ann.taps("More …")
    await desk.ann.taps("Join with another")
    await desk.ann.taps(f"{first.service_request_id} · 11 m · first")
    await desk.ann.taps("Join them")
    assert f"It goes on as {first.service_request_id}." in desk.ann.latest
    assert "[Take them apart]" in desk.ann.latest
    now = await desk.fresh(first)
    assert now.people == 2
    assert bob.text.count("was joined with another one") == 1
    await desk.opens(desk.ann, first)
    await desk.ann.taps("Being looked into")
    assert "Being looked into" in bob.latest
    await desk.opens(desk.ann, second)
    await desk.ann.taps("Take them apart")
    assert ((await desk.fresh(first)).people, (await desk.fresh(second)).status) == (1, "confirmed")
    assert "This report goes on by itself again:" in bob.latest
    heard = bob.text
    await desk.opens(desk.ann, first)
    await desk.ann.taps("Fixed")
    await desk.ann.taps("Tell everyone that it is fixed")
    assert bob.text == heard


async def test_any_can_be_joined_by_its_number(town: Town) -> None:
    desk = await a_desk(town)
    first = await desk.report("first")
    second = await desk.report("second", place=None)
    await desk.opens(desk.ann, second)
    await desk.ann.taps("More …")
    await desk.ann.taps("Join with another")
    for wrong in ("ABCDEF", second.service_request_id, "x" * 3000):
        await desk.ann.says(wrong)
        assert "I know no other report with that number here." in desk.ann.latest
    await desk.ann.says(f" {first.service_request_id.lower()} ")
    await desk.ann.taps("Join them")
    assert (await desk.fresh(second)).duplicate_of == first.id


async def test_whoever_came_with_two_stays_when_one_is_taken_apart(town: Town) -> None:
    desk = await a_desk(town)
    bob = await town.member("Bob")
    first = await desk.report("first")
    twins = [await desk.report(words, by=bob) for words in ("second", "third")]
    for one in twins:
        await desk.opens(desk.ann, one)
        await desk.ann.taps("More …")
        await desk.ann.taps("Join with another")
        await desk.ann.says(first.service_request_id)
        await desk.ann.taps("Join them")
        await town.passes(minutes=1)
    await desk.opens(desk.ann, twins[0])
    await desk.ann.taps("Take them apart")
    assert (await desk.fresh(first)).people == 2
    await desk.opens(desk.ann, twins[1])
    await desk.ann.taps("Take them apart")
    assert (await desk.fresh(first)).people == 1


async def test_whoever_was_there_before_stays_when_theirs_is_taken_apart(town: Town) -> None:
    desk = await a_desk(town)
    bob = await town.member("Bob")
    first = await desk.report("first")
    await joins(town, first, bob)
    second = await desk.report("second", by=bob)
    await town.passes(minutes=1)
    await desk.opens(desk.ann, second)
    await desk.ann.taps("More …")
    await desk.ann.taps("Join with another")
    await desk.ann.says(first.service_request_id)
    await desk.ann.taps("Join them")
    await desk.ann.taps("Take them apart")
    assert (await desk.fresh(first)).people == 2


async def test_what_is_for_those_in_charge_only_is_joined_with_nothing(town: Town) -> None:
    desk = await a_desk(town)
    first, second = await desk.report("first"), await desk.report("second")
    async with town.folkmoot.database.writing() as session:
        (await session.get_one(type(first), first.id)).confidential = True
    await desk.opens(desk.ann, second)
    await desk.ann.taps("More …")
    await desk.ann.taps("Join with another")
    await desk.ann.says(first.service_request_id)
    await desk.ann.taps("Join them")
    assert desk.ann.sees("These two cannot be joined.")
    assert (await desk.fresh(second)).duplicate_of is None


async def test_joining_and_taking_apart_again_makes_no_promise_younger(town: Town) -> None:
    desk = await a_desk(town)
    first, second = await desk.report("first"), await desk.report("second")
    await desk.opens(desk.ann, second)
    await desk.ann.taps("Answer")
    await desk.ann.says("We look at it.")
    await desk.ann.taps("Send")
    before = await desk.fresh(second)
    await town.passes(days=40)
    await desk.opens(desk.ann, second)
    await desk.ann.taps("More …")
    await desk.ann.taps("Join with another")
    await desk.ann.says(first.service_request_id)
    await desk.ann.taps("Join them")
    await desk.ann.taps("Take them apart")
    now = await desk.fresh(second)
    assert (now.status, now.reopened, now.resolved_at) == ("confirmed", 0, None)
    for name in ("answer_by", "answered_at", "expected_datetime", "check_at"):
        assert getattr(now, name) == getattr(before, name), name
    assert "⚠" in desk.ann.latest, "it is late, as it was"
