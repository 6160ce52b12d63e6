"""Residents report problems: from a photo, words, a place or a link to the right desk, in a few taps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.message import Attached, Media, Odd, Place
from bot.models import Photo, ServiceRequest
from tests.council import a_body
from tests.town import Person, Town

BIN = Media("photo", {"paper": "bin.jpg"}, size=100_000)
HERE = (51.5, -0.1)


async def newest(town: Town) -> ServiceRequest:
    """The report that came last."""
    async with town.folkmoot.database.reading() as session:
        return (await session.scalars(select(ServiceRequest).order_by(ServiceRequest.id.desc()))).first()  # type: ignore[return-value]


async def how_many(town: Town) -> int:
    async with town.folkmoot.database.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(ServiceRequest)) or 0)


async def reported(
    town: Town, who: Person, words: str = "The bin is full", kind: str = "Bins"
) -> ServiceRequest:
    """Somebody reports something here."""
    await who.says(f"/report {words}")
    await who.shares_place(*HERE)
    await who.taps(kind)
    if "No, it is another one" in who.latest:
        await who.taps("No, it is another one")
    await who.taps("Send")
    return await newest(town)


@pytest.mark.parametrize(
    ("photo", "words", "seen"),
    [
        (BIN, "The bin is full", "Everyone can read your words and see your photo, but not who you are."),
        (None, "The bin is full", "Everyone can read your words, but not who you are."),
    ],
)
async def test_what_others_get_to_see_is_said_before(
    town: Town, photo: Media | None, words: str, seen: str
) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await (alice.does(Attached(photo, words)) if photo else alice.says(f"/report {words}"))
    await alice.shares_place(*HERE)
    await alice.taps("Bins")
    assert seen in alice.latest


async def test_a_photo_and_three_taps_make_a_report(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.does(Attached(BIN))
    assert alice.sees("Where is it?")
    await alice.shares_place(*HERE)
    await alice.taps("Bins")
    assert alice.sees("Everyone can see your photo, but not who you are.")
    await alice.taps("Send")
    assert alice.sees("Your report has the number")
    assert alice.sees("It goes to Waste of North District")
    assert alice.sees("Somebody looks at it by Tuesday 24 November.\nYou get an answer by Monday 30 November")
    await alice.says("/myreports")
    assert "Received\nYou get an answer by Monday 30 November." in alice.latest
    async with town.folkmoot.database.reading() as session:
        photo = (await session.scalars(select(Photo))).one()
    assert photo.media == {"kind": "photo", "files": {"paper": "bin.jpg"}, "size": 100_000}


async def test_words_put_the_likely_kind_first_and_all_others_are_a_tap_away(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.says("/report A big pothole")
    await alice.says("opposite the old mill")
    first = alice.latest.split("[")[1]
    assert first.startswith("Holes in the road")
    assert "[Trees]" not in alice.latest
    await alice.taps("Other kinds")
    await alice.taps("Trees")
    await alice.taps("Send")
    made = await newest(town)
    assert (made.service_code, made.address, made.lat) == ("trees", "opposite the old mill", None)


async def test_what_fits_no_kind_goes_to_the_organisers(town: Town) -> None:
    await a_body(town)
    olga = await town.organiser()
    alice = await town.member("Alice")
    await alice.says("/report A strange smell")
    await alice.taps("I cannot say where")
    await alice.taps("Something else")
    await alice.taps("Send")
    assert alice.sees("The organisers of your community get it and find out.")
    assert olga.sees("Nobody is known to be in charge of this report.")


async def test_what_came_before_is_not_asked_again(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.does(Attached(BIN, "The bin is full"))
    await alice.shares_place(*HERE)
    await alice.taps("Bins")
    assert alice.sees("The bin is full")
    assert alice.sees("1 photo")
    assert not alice.sees("What is wrong?")


async def test_words_that_nobody_asked_for_become_a_report(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.says("The lamp on our corner is broken")
    await alice.taps("Report it as a problem")
    await alice.shares_place(*HERE)
    await alice.taps("Street lights")
    await alice.taps("Send")
    assert (await newest(town)).description == "The lamp on our corner is broken"


async def test_words_can_go_to_the_organisers_only(town: Town) -> None:
    olga = await town.organiser()
    alice, bob = await town.member("Alice"), await town.member("Bob")
    await alice.says("Could we have benches?")
    await alice.taps("Tell the organisers")
    assert alice.sees("I have told the organisers of Elm Park, without your name.")
    assert olga.sees("Could we have benches?")
    assert "Alice" not in olga.text
    made = await newest(town)
    await bob.says(f"/myreports {made.service_request_id}")
    assert bob.sees("Only those in charge can see this report.")
    assert not bob.sees("benches")


async def test_a_place_that_nobody_asked_for_becomes_a_report(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.shares_place(*HERE)
    await alice.taps("Report it as a problem")
    await alice.says("The bin is full")
    await alice.taps("Bins")
    await alice.taps("Send")
    assert (await newest(town)).lat == HERE[0]


async def test_somebody_is_named_to_those_in_charge_only_if_they_say_so(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.says("/report The bin is full")
    await alice.shares_place(*HERE)
    await alice.taps("Bins")
    assert alice.sees("Those in charge do not learn your name.")
    await alice.taps("Say who I am")
    await alice.says("Alice Archer")
    assert alice.sees("Those in charge learn your name: Alice Archer.")
    await alice.taps("Do not say who I am")
    await alice.taps("Say who I am")
    await alice.taps("Send")
    assert (await newest(town)).named


async def test_words_can_be_added_at_the_last_look(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.does(Attached(BIN))
    await alice.shares_place(*HERE)
    await alice.taps("Bins")
    await alice.taps("Add words")
    await alice.says("Since <b>Monday</b> & it smells")
    assert alice.sees("Since <b>Monday</b> & it smells")
    await alice.taps("Send")
    assert (await newest(town)).description == "Since <b>Monday</b> & it smells"


async def test_words_about_a_private_person_are_asked_about_first(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.does(Attached(BIN, "Mrs Baxter throws it there, call 01632 960123"))
    await alice.shares_place(*HERE)
    await alice.taps("Bins")
    assert alice.sees("This may be about a private person: “Mrs Baxter” and “01632 960123”.")
    await alice.taps("Write it anew")
    await alice.says("Somebody throws it there")
    await alice.taps("Send")
    assert (await newest(town)).description == "Somebody throws it there"
    bob = await town.member("Bob")
    await bob.says("/report Mr Smith burns tyres")
    await bob.taps("I cannot say where")
    await bob.taps("Something else")
    await bob.taps("Only those in charge may read it")
    assert bob.sees("Only those in charge can read this.")
    await bob.taps("Send")
    made = await newest(town)
    assert (made.description, made.confidential) == ("Mr Smith burns tyres", True)


async def test_what_is_no_picture_is_not_taken_as_one(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.says("/report")
    await alice.does(Odd("video"))
    assert alice.sees("Please send a photo of it.")
    await alice.does(Attached(Media("document", {"paper": "x.pdf"}, type="application/pdf")))
    assert alice.sees("Please send a photo of it.")
    await alice.says("y" * 4001)
    assert alice.sees("That is longer than 4000 letters.")
    await alice.does(Attached(Media("document", {"paper": "x.heic"}, type="image/heic"), "Full bin"))
    assert alice.sees("Where is it?")


async def test_a_double_tap_on_send_makes_one_report(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.says("/report The bin is full")
    await alice.shares_place(*HERE)
    await alice.taps("Bins")
    name, payload = alice.button("Send")
    await alice.presses(payload, on=name)
    await alice.presses(payload, on=name)
    assert await how_many(town) == 1
    assert alice.sees("That button is from an earlier question.")


async def test_whoever_reports_without_end_is_asked_kindly_to_wait(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    for number in range(6):
        await reported(town, alice, f"Bin {number} is full")
    await alice.says("/report Bin 7 is full")
    await alice.shares_place(*HERE)
    await alice.taps("Bins")
    await alice.taps("No, it is another one")
    await alice.taps("Send")
    assert alice.sees("So that everyone gets an answer, I take the next one a little later.")
    assert await how_many(town) == 6


async def test_all_pictures_of_an_album_go_with_one_report(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    for number in range(3):
        picture = Attached(Media("photo", {"paper": f"{number}.jpg"}), "Smells of gas" if not number else "")
        await town.folkmoot.dispatcher.submit(replace(alice.incoming(picture), album="a1"))
    await town.quiet()
    assert alice.text.count("Please call") == 1
    await alice.taps("Go on with the report")
    await alice.shares_place(*HERE)
    await alice.taps("Bins")
    assert alice.sees("3 photos")
    await alice.taps("Send")
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Photo)) == 3


async def test_a_photo_goes_before_the_three_questions(town: Town) -> None:
    await a_body(town)
    await town.community()
    for name, sent in (("Alice", Attached(BIN)), ("Bob", Place(*HERE))):
        somebody = town.stranger(name)
        await somebody.opens("elm-park")
        await somebody.taps("Join Elm Park")
        assert somebody.sees("What shall I call you?")
        await somebody.does(sent)
        assert somebody.sees("Where is it?" if name == "Alice" else "What shall I do with it?")
        assert not somebody.sees("I cannot use that as an answer here.")
