"""What only those in charge may see: no follower, organiser, councillor or passer-by learns it on a way round."""

from __future__ import annotations

from sqlalchemy import select, update

from bot.letters.in_charge.hiding import HidePicture
from bot.letters.reporting.report_following import Follow
from bot.letters.reporting.report_presses import Back, See, Withdraw
from bot.message import Attached, Tap
from bot.models import Address, Duty, Officer, Photo, Resident, Service, ServiceRequest
from bot.services.answering import casework, desk_routing
from tests.council import a_director
from tests.council.days import a_desk as a_desk_with_days
from tests.council.days import at_once
from tests.desk import ELM_ROAD, PHOTO, Desk, a_desk, another_team, joins, resident
from tests.town import Person, Town


async def does(desk: Desk, person: Person, act: object, *given: object, **more: object) -> None:
    """Somebody does something; a service is called as a handler would."""
    who = await resident(desk.town, person)
    async with desk.town.folkmoot.database.writing() as session:
        by = await session.get_one(Resident, who.id)
        await act(session, *given, by=by, now=desk.town.clock(), **more)  # type: ignore[operator]
    await desk.town.quiet()


async def test_a_question_to_whoever_reported_it_is_read_by_nobody_else_when_it_has_become_confidential(
    town: Town,
) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    bob = await town.member("Bob")
    made = await desk.report("A lamp is out.")
    await joins(town, made, bob)
    await does(desk, desk.ann, casework.send_back, made.id, "Not ours.")
    async with town.folkmoot.database.writing() as session:
        await session.execute(
            update(Duty)
            .where(Duty.service_code == "bins")
            .values(team_id=desk.council.streets.id, confidential=True)
        )
    await does(desk, olga, desk_routing.send_to, made.id, desk.council.streets.id)
    assert (await desk.fresh(made)).confidential
    _, cara = await another_team(town, desk.council)
    await does(desk, cara, casework.ask, made.id, "Which flat do you live in?")
    assert desk.alice.sees("Which flat do you live in?")
    await bob.does_press(See(report=made.id).pack())
    assert "Which flat" not in bob.text
    assert made.service_request_id in bob.latest
    await desk.alice.does_press(See(report=made.id).pack())
    assert "Which flat" in desk.alice.latest


async def test_whoever_followed_a_report_that_was_taken_back_reads_it_no_more(town: Town) -> None:
    desk = await a_desk(town)
    bob = await town.member("Bob")
    made = await desk.report("Needles behind my shed.", media=[PHOTO])
    await bob.does_press(Follow(report=made.id, on=1).pack())
    await does(desk, desk.ann, casework.ask, made.id, "Which shed is yours?")
    await desk.alice.does_press(Withdraw(report=made.id, sure=1).pack())
    assert "Only those in charge still see it" in desk.alice.latest
    bob.screen.messages.clear()
    await bob.does_press(See(report=made.id).pack())
    await bob.says(f"/myreports {made.service_request_id}")
    await bob.says("/myreports")
    await town.passes(hours=2)
    await does(desk, desk.ann, casework.answer, made.id, "We looked behind the shed.")
    assert "shed" not in bob.text
    assert all(one.media is None for one in bob.screen.messages.values())


async def test_what_everybody_has_taken_back_is_not_opened_again_by_whoever_followed_it(town: Town) -> None:
    desk = await a_desk(town)
    bob = await town.member("Bob")
    made = await desk.report()
    await bob.does_press(Follow(report=made.id, on=1).pack())
    await desk.alice.does_press(Withdraw(report=made.id, sure=1).pack())
    await bob.does_press(Back(report=made.id).pack())
    await bob.says("Full again")
    now = await desk.fresh(made)
    assert (now.status, now.people) == ("closed", 0)
    assert bob.sees("please report it with /report.")


async def test_organisers_are_shown_no_picture_that_answers_a_question(town: Town) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    made = await desk.report()
    await does(desk, desk.ann, casework.ask, made.id, "Where is your door?")
    await desk.alice.taps("Answer the question")
    await desk.alice.does(Attached(PHOTO, "This one."))
    async with town.folkmoot.database.reading() as session:
        (photo,) = await session.scalars(select(Photo.id))
    olga.screen.messages.clear()
    await olga.does(Tap(HidePicture(photo=photo).pack(), query="q"))
    assert all(one.media is None for one in olga.screen.messages.values())
    await olga.says("Because I can.")
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(Photo.hidden_because)) is None


async def test_what_was_reported_in_confidence_moves_no_kind_to_the_front_of_the_list(town: Town) -> None:
    desk = await a_desk(town)
    async with town.folkmoot.database.writing() as session:
        await session.execute(update(Service).values(order=100))
        await session.execute(
            update(Service).where(Service.service_code == "trees").values(confidential=True, order=900)
        )
    bob = await town.member("Bob")

    async def offered() -> str:
        await bob.says("/cancel")
        await bob.says("/report It is bad here")
        await bob.shares_place(ELM_ROAD.lat, ELM_ROAD.long)
        return bob.latest

    before = await offered()
    assert "[Trees]" not in before
    await desk.report("My neighbour's tree", kind="trees")
    assert await offered() == before


async def test_who_is_asked_above_hears_of_a_confidential_report_no_more_than_its_kind(town: Town) -> None:
    desk = await a_desk_with_days(town)
    connie = await a_director(town, "Connie", desk.council, "councillor")
    olga = await town.organiser()
    async with town.folkmoot.database.writing() as session:
        await session.execute(update(ServiceRequest).values(confidential=True))
    await at_once(town, 30)
    assert "A promise was not kept for these reports." in connie.latest
    assert "Bins" in connie.latest
    assert "Elm Road" not in connie.text
    async with town.folkmoot.database.writing() as session:
        officers = select(Officer.resident_id)
        await session.execute(
            update(Address).where(Address.resident_id.in_(officers)).values(closed_at=town.clock())
        )
    await at_once(town, 40)
    assert "nobody else can be reached who is in charge" in olga.latest
    assert "Elm Road" not in olga.text


async def test_a_report_that_is_handed_over_to_where_its_kind_is_confidential_becomes_so(town: Town) -> None:
    desk = await a_desk(town)
    streets, _ = await another_team(town, desk.council)
    async with town.folkmoot.database.writing() as session:
        now = town.clock()
        session.add(
            Duty(
                body_id=streets.body_id,
                team_id=streets.id,
                service_code="bins",
                confidential=True,
                created_at=now,
            )
        )
    made = await desk.report()
    await does(desk, desk.ann, casework.hand_over, made.id, streets.id, "Theirs.")
    assert (await desk.fresh(made)).confidential
