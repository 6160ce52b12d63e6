"""Organisers hide words or a picture with a reason; whoever sent it hears that, and may say that they do not agree."""

from __future__ import annotations

from sqlalchemy import select

from bot.letters.hiding import Hide, HidePicture, Object, Unhide, UnhidePicture
from bot.message import Tap
from bot.models import Deed, Photo, ServiceRequest
from tests.desk import PHOTO, Desk, a_desk, joins
from tests.town import Person, Town


async def hidden(town: Town, why: str = "It names a neighbour.") -> tuple[Desk, Person, ServiceRequest]:
    """Alice's report, whose words Olga has hidden."""
    desk = await a_desk(town)
    olga = await town.organiser()
    made = await desk.report("The man at number 9 is a thief.", media=[PHOTO])
    await desk.opens(olga, made)
    await olga.taps("Hide the words")
    await olga.says(why)
    return desk, olga, made


async def test_hidden_words_are_seen_by_those_in_charge_only_and_the_reporter_hears_why(town: Town) -> None:
    desk, olga, made = await hidden(town)
    assert "It is hidden. Those in charge still see it." in olga.latest
    assert "The organisers have hidden the words of this report" in desk.alice.latest
    assert "Why: It names a neighbour." in desk.alice.latest
    bob = await town.member("Bob")
    await bob.says(f"/myreports {made.service_request_id}")
    assert "thief" not in bob.text
    assert "The organisers have hidden" in bob.latest
    assert "Elm Road" not in bob.latest
    assert list(bob.screen.messages.values())[-1].media is None, "as on its page"
    await desk.alice.says(f"/myreports {made.service_request_id}")
    assert "Elm Road" in desk.alice.latest
    await desk.opens(desk.ann, made)
    assert "thief" in desk.ann.latest
    assert "Hidden from everybody else: It names a neighbour." in desk.ann.latest
    async with town.folkmoot.database.reading() as session:
        deed = (await session.scalars(select(Deed).where(Deed.act == "report.hide"))).one()
        assert (deed.subject, deed.details["reason"]) == (f"report:{made.id}", "It names a neighbour.")


async def test_the_reporter_objects_and_the_organisers_hear_it_once(town: Town) -> None:
    desk, olga, made = await hidden(town)
    oscar = await town.organiser("Oscar")
    for _ in range(3):
        await desk.alice.taps("It should not be hidden")
        await town.passes(minutes=1)
    assert desk.alice.screen.toasts[-1] == "The organisers know now that you do not agree."
    for person in (olga, oscar):
        assert person.text.count("says that it should not be hidden. Please look at it once more") == 1
        assert "Alice" not in person.text
    await olga.taps("Open")
    await olga.taps("Show the words again")
    assert "The organisers show again what they had hidden" in desk.alice.latest
    assert (await desk.fresh(made)).hidden_because is None
    await desk.alice.does(Tap(Object(report=made.id).pack(), query="q"))
    assert desk.alice.screen.toasts[-1] == "Nothing of it is hidden any more."
    async with town.folkmoot.database.reading() as session:
        assert "report.show" in list(await session.scalars(select(Deed.act)))


async def test_a_picture_is_hidden_by_itself(town: Town) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    made = await desk.report(media=[PHOTO, PHOTO])
    await desk.opens(olga, made)
    await olga.taps("Hide picture 2")
    assert list(olga.screen.messages.values())[-1].media == PHOTO
    await olga.says("A child is on it.")
    assert "hidden a picture" in desk.alice.latest
    async with town.folkmoot.database.reading() as session:
        found = await session.scalars(select(Photo).order_by(Photo.id))
        assert [one.hidden_because for one in found] == [None, "A child is on it."]
    await olga.says("/desk")
    await olga.taps("Hidden (1)")
    await olga.taps(made.service_request_id)
    await olga.taps("Show picture 2 again")
    async with town.folkmoot.database.reading() as session:
        assert list(await session.scalars(select(Photo.hidden_because))) == [None, None]


async def test_what_is_hidden_is_offered_to_nobody_as_the_same(town: Town) -> None:
    desk, _, made = await hidden(town)
    other = await desk.report("other")
    await desk.opens(desk.ann, other)
    assert made.service_request_id not in desk.ann.latest


async def test_a_reason_is_needed_and_only_organisers_of_that_community_hide(town: Town) -> None:
    desk = await a_desk(town)
    olga, mallory = await town.organiser(), await town.organiser("Mallory", "oak-hill")
    made = await desk.report(media=[PHOTO])
    await desk.opens(olga, made)
    await olga.taps("Hide the words")
    await olga.says("x" * 501)
    assert "That is longer than 500 letters." in olga.latest
    await olga.says("/cancel")
    for person in (mallory, desk.ann, desk.alice):
        for press in (
            Hide(report=made.id),
            HidePicture(photo=1),
            HidePicture(photo=99),
            Unhide(report=made.id),
            UnhidePicture(photo=1),
            Unhide(report=-1),
        ):
            await person.does(Tap(press.pack(), query="q"))
            await person.says("Because I can.")
            await person.says("/cancel")
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(Photo.hidden_because))).one() is None
        assert not {"report.hide", "report.show"} & set(await session.scalars(select(Deed.act)))
    assert (await desk.fresh(made)).hidden_because is None


async def test_only_whoever_sent_it_objects(town: Town) -> None:
    desk, olga, made = await hidden(town)
    bob = await town.member("Bob")
    for number in (made.id, 99):
        await bob.does(Tap(Object(report=number).pack(), query="q"))
    assert "should not be hidden. Please" not in olga.text
    await joins(town, await desk.report("other"), bob)


async def test_hiding_what_is_hidden_says_so(town: Town) -> None:
    _, olga, made = await hidden(town)
    await olga.does(Tap(Hide(report=made.id).pack(), query="q"))
    await olga.says("Again.")
    assert olga.sees("That is hidden already.")
    await olga.says("/cancel")
    await olga.does(Tap(UnhidePicture(photo=1).pack(), query="q"))
    assert olga.screen.toasts[-1] == "That is not hidden."


async def test_an_address_in_what_organisers_hear_is_nothing_to_tap(town: Town) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    made = await desk.report("The man at number 9 is a thief.", address="https://evil.example/login")
    await desk.opens(olga, made)
    await olga.taps("Hide the words")
    await olga.says("It names a neighbour.")
    await desk.alice.taps("It should not be hidden")
    assert "Please look at it once more" in olga.latest
    assert "https[:]//evil[.]example" in olga.latest
