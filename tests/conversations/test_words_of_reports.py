"""What is asked about words of reports, wherever they are written: emergencies first, private persons before everybody
can read of them; and what is read by those in charge only."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest
from sqlalchemy import select, update

from bot.letters.reporting.report_presses import Back, Reply
from bot.message import Attached, Media, Odd, Place
from bot.models import Area, Community, Emergency, NamedPlace, Photo, ServiceRequest
from bot.services.answering import casework
from bot.services.reporting import histories, report_views
from tests.council import a_body
from tests.council.days import a_desk
from tests.plans import listening
from tests.reports import square
from tests.town import Person, Town

BIN = Media("photo", {"paper": "bin.jpg"}, size=100_000)
HERE = (51.5, -0.1)


async def at_the_look(town: Town, name: str = "Alice") -> Person:
    """Somebody has sent a photo without words, its place and its kind."""
    await a_body(town)
    somebody = await town.member(name)
    await somebody.does(Attached(BIN))
    await somebody.shares_place(*HERE)
    await somebody.taps("Bins")
    return somebody


async def test_an_emergency_in_words_that_come_last_is_not_overlooked(town: Town) -> None:
    alice = await at_the_look(town)
    await alice.taps("Add words")
    await alice.says("It smells of gas here")
    assert alice.sees("Please call 112 now: Smell of gas.")
    assert not alice.sees("It smells of gas here\n")
    await alice.taps("Go on with the report")
    await alice.taps("Send")
    assert alice.sees("Your report has the number")


async def test_an_emergency_in_what_is_added_later_is_not_overlooked(town: Town) -> None:
    desk = await a_desk(town)
    await desk.alice.says(f"/myreports {(await desk.report()).service_request_id}")
    await desk.alice.taps("Add words or a photo")
    await desk.alice.says("Now it is on fire")
    assert desk.alice.sees("Please call 112 now: Fire.")
    assert await desk.events("added") == []
    await desk.alice.taps("Go on with the report")
    assert [one.words for one in await desk.events("added")] == ["Now it is on fire"]


async def test_the_number_of_the_place_is_told_where_the_place_is_known(town: Town) -> None:
    await a_body(town)
    async with town.folkmoot.database.writing() as session:
        area = Area(
            slug="harbour", names={"en": "Harbour"}, kind="ward", size=0.01, changed_at=town.clock(),
            geometry=square(Place(*HERE), 0.01),
        )  # fmt: skip
        session.add(area)
        await session.flush()
        about = {"names": {"en": "Gas"}, "keywords": {}, "area_id": area.id}
        session.add(Emergency(code="gas", phone="0800 111 999", **about))
        about["names"], about["keywords"] = {"en": "Oil in the water"}, {"en": ["oil slick"]}
        session.add(Emergency(code="oil", phone="0800 222", **about))
    alice, bob = await town.member("Alice"), await town.member("Bob")
    await alice.shares_place(*HERE)
    await alice.taps("Report it as a problem")
    await alice.says("It smells of gas")
    assert alice.sees("Please call 0800 111 999 now")
    await bob.says("/report An oil slick")
    assert bob.sees("Where is it?")
    await bob.shares_place(*HERE)
    assert bob.sees("Please call 0800 222 now")
    async with town.folkmoot.database.writing() as session:
        await session.execute(update(Community).values(lat=HERE[0], long=HERE[1]))
    await bob.says("/cancel")
    await bob.says("/report It smells of gas")
    assert bob.sees("Please call 0800 111 999 now"), (
        "before the place is known, it is that of one's community"
    )


async def test_the_same_words_at_the_same_place_are_looked_at_for_emergencies_once_in_a_talk(
    town: Town,
) -> None:
    await a_body(town)
    async with town.folkmoot.database.writing() as session:
        area = Area(
            slug="harbour", names={"en": "Harbour"}, kind="ward", size=0.01, changed_at=town.clock(),
            geometry=square(Place(*HERE), 0.01),
        )  # fmt: skip
        session.add(area)
        await session.flush()
        about = {"names": {"en": "Oil in the water"}, "keywords": {"en": ["oil slick"]}, "area_id": area.id}
        session.add(Emergency(code="oil", phone="0800 222", **about))
        await session.execute(update(Community).values(lat=52.0, long=HERE[1]))
    alice = await town.member("Alice")

    async def looked(act: Awaitable[object]) -> int:
        with listening(town.folkmoot.database) as asked:
            await act
        return sum("FROM emergencies" in one.statement for one in asked)

    assert await looked(alice.says("/report An oil slip, I think")) == 1
    assert await looked(alice.does(Attached(BIN))) == 0
    assert await looked(alice.does(Odd("sticker"))) == 0
    assert await looked(alice.shares_place(*HERE)) == 1, "another number may hold there"
    assert await looked(alice.taps("Bins")) == 0
    assert await looked(alice.taps("Add words")) == 0
    assert await looked(alice.says("An oil slick, now that I see it")) == 1
    assert alice.sees("Please call 0800 222 now")
    await alice.taps("Go on with the report")
    await alice.taps("Send")
    assert alice.sees("Your report has the number")


async def test_words_that_are_written_anew_are_looked_at_anew(town: Town) -> None:
    alice = await at_the_look(town)
    await alice.taps("Add words")
    await alice.says("Mrs Baxter saw it")
    await alice.taps("Write it anew")
    await alice.says("It smells of gas")
    assert alice.sees("Please call 112 now: Smell of gas.")


async def test_what_is_added_twice_at_the_last_look_is_all_kept(town: Town) -> None:
    alice = await at_the_look(town)
    for words in ("Since Monday", "and it smells"):
        await alice.taps("Add words")
        await alice.says(words)
    assert alice.sees("Since Monday\nand it smells")
    await alice.taps("Add words")
    await alice.says("Mrs Baxter saw it")
    assert alice.sees("This may be about a private person: “Mrs Baxter”.")
    await alice.taps("Write it anew")
    await alice.says("The bin is full")
    await alice.taps("Send")
    assert not alice.latest.count("Since Monday")


async def test_a_place_in_words_that_leads_to_somebody_is_asked_about_too(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.says("/report The bin is full")
    await alice.says("at the gate of Mrs Baxter")
    await alice.taps("Bins")
    assert alice.sees("This may be about a private person: “Mrs Baxter”.")
    await alice.taps("Write it anew")
    await alice.says("The bin is full")
    await alice.says("behind the church")
    await alice.taps("Bins")
    assert alice.sees("Place: behind the church")


async def test_why_it_is_back_is_asked_about_before_everybody_reads_it(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.move, desk.number, "fixed", words="Emptied")
    await desk.alice.does_press(Back(report=desk.number).pack())
    await desk.alice.says("Mr Smith fills it every night")
    assert desk.alice.sees("This may be about a private person: “Mr Smith”.")
    assert (await desk.report()).status == "fixed"
    await desk.alice.taps("Only those in charge may read it")
    made = await desk.report()
    assert made.status == "confirmed"
    async with town.folkmoot.database.reading() as session:
        public = await histories.of(session, made)
        everything = await histories.of(session, made, everything=True)
    assert "Mr Smith fills it every night" in [one.words for one in everything if one.event == "added"]
    assert not any(one.words for one in public if one.event == "status" and one.officer_id is None)


async def test_that_it_is_open_again_is_told_as_that(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.move, desk.number, "fixed", words="Emptied")
    await desk.alice.does_press(Back(report=desk.number).pack())
    await desk.alice.says("Still full")
    await desk.alice.says(f"/myreports {(await desk.report()).service_request_id}")
    assert "Open again. “Still full”" in desk.alice.latest
    assert "Seen by those in charge. “Still full”" not in desk.alice.text


async def test_a_photo_that_answers_a_question_is_seen_by_those_in_charge_only(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.ask, desk.number, "Which flat is it?")
    await desk.alice.does_press(Reply(report=desk.number).pack())
    assert desk.alice.sees("Only those in charge see both.")
    await desk.alice.does(Attached(BIN, "This door"))
    made = await desk.report()
    async with town.folkmoot.database.reading() as session:
        sent = (await session.scalars(select(Photo))).one()
        assert sent.service_request_id == made.id
        assert (await report_views.of(session, made)).photos == ()
    olga = await town.organiser()
    for person, sees in ((town.stranger("Bob"), True), (olga, False)):
        await person.says(f"/desk {made.service_request_id}")
        assert (list(person.screen.messages.values())[-1].media is not None) == sees


@pytest.mark.parametrize("known", [1, 2])
async def test_a_place_that_was_found_in_more_words_is_asked_about_too(town: Town, known: int) -> None:
    """The street is known; what else was written with it can be read by everybody."""
    await a_body(town)
    async with town.folkmoot.database.writing() as session:
        for number in range(known):
            session.add(
                NamedPlace(
                    name="Elm Road",
                    folded="elm road",
                    kind="street",
                    within=f"Ward {number}",
                    lat=51.5,
                    long=-0.1,
                )
            )
    alice = await town.member("Alice")
    await alice.does(Attached(BIN))
    await alice.says("Elm Road, by the house of Mr John Smith")
    await alice.taps("Elm Road")
    await alice.taps("Bins")
    assert alice.sees("Mr John Smith")
    assert alice.sees("Only those in charge may read it")
    await alice.taps("Write it anew")
    await alice.taps("No words needed")
    await alice.says("Elm Road")
    await alice.taps("Elm Road") if known == 2 else None
    await alice.taps("Bins")
    await alice.taps("Send")
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(ServiceRequest.address)) == "Elm Road"


async def test_a_street_that_is_called_like_somebody_is_no_private_matter(town: Town) -> None:
    await a_body(town)
    async with town.folkmoot.database.writing() as session:
        session.add(
            NamedPlace(name="Dr Snow Street", folded="dr snow street", kind="street", lat=51.5, long=-0.1)
        )
    alice = await town.member("Alice")
    await alice.does(Attached(BIN))
    await alice.says("Dr Snow Street")
    await alice.taps("Bins")
    await alice.taps("Send")
    assert alice.sees("Your report has the number")
