"""Where a report is, and what its kind asks: streets, lamp posts, places outside, questions, emergencies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Attached, Odd, Place
from bot.models import Area, Community, Consent, NamedPlace, PlaceWord, Service, Spot
from bot.services.reporting.gazetteer import fold, words_of
from tests.conversations.test_reporting import BIN, HERE, how_many, newest
from tests.council import a_body
from tests.town import Person, Town


async def test_a_stranger_who_shares_a_place_reports_in_the_community_around_it(town: Town) -> None:
    community = await town.community(place=None)
    await a_body(town)
    async with town.folkmoot.database.writing() as session:
        await session.execute(update(Community).values(lat=HERE[0], long=HERE[1]))
    alice = town.stranger("Alice")
    await alice.says("/report The bin is full")
    await alice.shares_place(*HERE)
    await alice.taps("Bins")
    assert alice.sees("Send /forgetme to erase it.")
    await alice.taps("Send")
    assert (await newest(town)).community_id == community.id
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Consent)) == 1


async def test_a_stranger_far_from_everything_is_told_how_to_find_a_community(town: Town) -> None:
    await town.community()
    alice = town.stranger("Alice")
    await alice.says("/report The bin is full")
    await alice.says("Elm Road")
    assert alice.sees("You are in no community yet.")


async def test_a_street_that_the_gazetteer_knows_becomes_a_point(town: Town) -> None:
    alice = await asked_which(town, "12 Elm Road")
    await alice.taps("Elm Road, South")
    await alice.taps("Bins")
    await alice.taps("Send")
    made = await newest(town)
    assert (made.address, made.lat) == ("12 Elm Road", 51.6)


@pytest.mark.parametrize("written", ["south", "Elm Road South"])
async def test_words_that_only_one_of_them_has_are_as_good_as_its_button(town: Town, written: str) -> None:
    alice = await asked_which(town)
    await alice.says(written)
    await alice.taps("Bins")
    await alice.taps("Send")
    made = await newest(town)
    assert (made.address, made.lat) == ("Elm Road", 51.6)


async def test_another_place_can_be_written_where_it_is_asked_which_one(town: Town) -> None:
    alice = await asked_which(town)
    for nothing_new in ("ELM  road", "…", "x" * 201):
        await alice.says(nothing_new)
        assert "Please tap one of the buttons, or write where it is in other words." in alice.latest
    await alice.says("Road")
    assert "Which one do you mean? You wrote “Road”." in alice.latest
    await alice.taps("Back")
    assert "Where is it?" in alice.latest
    await alice.says("12 Elm Road")
    assert "You wrote “12 Elm Road”." in alice.latest, (
        "what was written instead of another place is not meant"
    )
    await alice.says("Road")
    await alice.says("Behind the school")
    assert "What kind of problem is it?" in alice.latest
    await alice.taps("Bins")
    await alice.taps("Send")
    made = await newest(town)
    assert (made.address, made.lat) == ("Behind the school", None)


async def asked_which(town: Town, written: str = "Elm Road") -> Person:
    """Somebody has written the name of two streets."""
    await a_body(town)
    async with town.folkmoot.database.writing() as session:
        await two_elm_roads(session)
    alice = await town.member("Alice")
    await alice.says("/report The bin is full")
    await alice.says(written)
    assert "Which one do you mean?" in alice.latest
    return alice


async def two_elm_roads(session: AsyncSession) -> None:
    """Two streets of the same name."""
    for number, (within, lat) in enumerate((("North", 51.5), ("South", 51.6)), 1):
        place = NamedPlace(
            id=number,
            name="Elm Road",
            folded=fold("Elm Road"),
            kind="street",
            within=within,
            lat=lat,
            long=-0.1,
        )
        session.add(place)
        await session.flush()
        for word in words_of("Elm Road", within):
            session.add(PlaceWord(place_id=number, word=word))


async def test_a_street_among_other_words_is_offered_and_never_taken_unasked(town: Town) -> None:
    await a_body(town)
    async with town.folkmoot.database.writing() as session:
        session.add(
            NamedPlace(
                name="The Green", folded="the green", kind="park", within="Elm Park", lat=51.5, long=-0.1
            )
        )
    alice, bob = await town.member("Alice"), await town.member("Bob")
    for somebody, answer in ((alice, "The Green, Elm Park"), (bob, "None of these")):
        await somebody.says("/report The bin is full")
        await somebody.says("beside the green door")
        assert "Which one do you mean? You wrote “beside the green door”." in somebody.latest
        await somebody.taps(answer)
        await somebody.taps("Bins")
        if "No, it is another one" in somebody.latest:
            await somebody.taps("No, it is another one")
        await somebody.taps("Send")
        made = await newest(town)
        assert (made.address, made.lat) == ("beside the green door", 51.5 if somebody is alice else None)


async def test_a_link_on_a_lamp_post_fills_in_place_and_kind(town: Town) -> None:
    community = await town.community()
    await a_body(town)
    async with town.folkmoot.database.writing() as session:
        session.add(
            Spot(
                code="lamp14",
                community_id=community.id,
                name="Lamp post 14, Elm Road",
                lat=HERE[0],
                long=HERE[1],
                service_code="streetlights",
                made_at=town.clock(),
            )
        )
    alice = town.stranger("Alice")
    await alice.opens("at_lamp14")
    assert alice.sees("Lamp post 14, Elm Road")
    await alice.taps("Report: Street lights")
    await alice.taps("No words needed")
    await alice.taps("Send")
    made = await newest(town)
    assert (made.service_code, made.address, made.description) == (
        "streetlights",
        "Lamp post 14, Elm Road",
        "",
    )


async def test_an_emergency_is_told_the_number_first(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice", language="pl")
    await alice.says("/report Czuć gaz na klatce schodowej")
    assert alice.sees("112")
    await alice.does(Odd("sticker"))
    assert await how_many(town) == 0


async def test_the_questions_of_a_kind_are_asked_one_by_one(town: Town) -> None:
    await a_body(town)
    questions = [
        {"code": "number", "datatype": "string", "required": True, "order": 1, "description": {"en": "Its number?"}},
        {"code": "lit", "datatype": "singlevaluelist", "required": True, "order": 2, "description": {"en": "Lit?"},
         "values": [{"key": "day", "name": {"en": "By day too"}}, {"key": "never", "name": {"en": "Never"}}]},
        {"code": "near", "datatype": "multivaluelist", "required": False, "order": 3, "description": {"en": "Near?"},
         "values": [{"key": "school", "name": {"en": "A school"}}, {"key": "bus", "name": {"en": "A bus stop"}}]},
        {"code": "height", "datatype": "number", "required": False, "order": 4, "description": {"en": "How high?"}},
        {"code": "since", "datatype": "datetime", "required": False, "order": 5, "description": {"en": "Since when?"}},
    ]  # fmt: skip
    async with town.folkmoot.database.writing() as session:
        service = await session.get_one(Service, "streetlights")
        service.attributes = questions
    alice = await town.member("Alice")
    await alice.says("/report The lamp is out")
    await alice.shares_place(*HERE)
    await alice.taps("Street lights")
    await alice.says("x" * 300)
    assert alice.sees("That is longer than 200 letters.")
    await alice.says("L14")
    await alice.taps("Never")
    await alice.taps("A school")
    await alice.taps("A bus stop")
    await alice.taps("A school")
    await alice.taps("That is all")
    await alice.says("many")
    assert alice.sees("Please write a number.")
    await alice.says("4,5")
    await alice.says("some day")
    assert alice.sees("I could not read that as a day.")
    await alice.says("3 days ago")
    assert "Since when? Nov 20, 2026, 10:00" in alice.latest
    town.clock.pass_by(timedelta(minutes=40))
    assert alice.sees("Its number? L14")
    assert alice.sees("Near? A bus stop")
    await alice.taps("Send")
    assert (await newest(town)).service_attributes == {
        "number": "L14",
        "lit": "never",
        "near": ["bus"],
        "height": 4.5,
        "since": "2026-11-20T10:00:00+00:00",
    }


async def test_a_place_outside_is_told_as_such_and_the_organisers_can_still_know(town: Town) -> None:
    community = await town.community()
    await a_body(town)
    square = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]}
    async with town.folkmoot.database.writing() as session:
        area = Area(
            slug="elm",
            names={"en": "Elm Park"},
            kind="town",
            geometry=square,
            size=1.0,
            changed_at=town.clock(),
        )
        session.add(area)
        await session.flush()
        (await session.get_one(Community, community.id)).area_id = area.id
    olga = await town.organiser()
    alice = await town.member("Alice")
    await alice.says("/report The bin is full")
    await alice.shares_place(*HERE)
    await alice.taps("Bins")
    assert alice.sees("This place lies outside your community.")
    await alice.taps("Tell the organisers")
    await alice.taps("Send")
    made = await newest(town)
    assert made.team_id is None
    assert olga.sees("The bin is full")


async def test_what_is_said_of_a_kind_is_said_before_it_is_sent(town: Town) -> None:
    await a_body(town)
    async with town.folkmoot.database.writing() as session:
        (await session.get_one(Service, "trees")).service_notice = {"en": "We do not cut hedges in spring."}
    alice = await town.member("Alice")
    await alice.says("/report A big tree")
    await alice.taps("I cannot say where")
    await alice.taps("Trees")
    assert alice.sees("We do not cut hedges in spring.")


async def test_where_a_picture_was_taken_is_offered_as_the_place(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.does(Attached(BIN, place=Place(51.5, -0.1)))
    await alice.taps("Where the photo was taken")
    await alice.taps("Bins")
    await alice.taps("Send")
    assert (await newest(town)).long == -0.1
