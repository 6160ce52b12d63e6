"""Photos that somebody sends one after the other: the question is asked once, and they hear how many there are."""

from __future__ import annotations

from sqlalchemy import select

from bot.message import Attached, Command, Media, Place
from bot.models import Address
from tests.conversations.test_albums import album
from tests.council import a_body
from tests.reports import HERE
from tests.town import Person, Town

PHOTOS = [Media("photo", {"paper": f"bin-{number}"}, size=9) for number in range(7)]
WHERE = "Where is it?"


async def sends(person: Person, *photos: Media, text: str = "", place: Place | None = None) -> list[str]:
    """Send them one after the other; returns what was said after each."""
    said = []
    for photo in photos:
        before = len(person.screen.messages)
        await person.does(Attached(photo, text, place=place))
        said.append("\n".join(str(one.text) for one in list(person.screen.messages.values())[before:]))
    return said


async def test_three_photos_are_asked_about_once_and_all_go_along(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    said = await sends(alice, *PHOTOS[:3])
    assert WHERE in said[0]
    assert said[1:] == [
        "I have 2 of them now. Send more, or answer the question above.",
        "I have 3 of them now. Send more, or answer the question above.",
    ]
    await alice.shares_place(HERE.lat, HERE.long)
    assert "What kind of problem is it?" in alice.latest
    (more,) = await sends(alice, PHOTOS[3])
    assert more == "I have 4 of them now. Send more, or answer the question above."
    await alice.taps("Bins")
    assert "4 photos" in alice.latest
    await alice.taps("Send")
    assert alice.sees("Your report has the number")


async def test_the_buttons_above_can_still_be_tapped(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await sends(alice, *PHOTOS[:3])
    await alice.taps("I cannot say where")
    assert "What kind of problem is it?" in alice.latest, "below what was said last"
    asked = len(alice.screen.messages)
    await alice.taps("Bins")
    assert "Send" in alice.latest
    assert len(alice.screen.messages) == asked, "in the place of the question that was tapped"


async def test_what_is_typed_brings_the_next_question_below_where_it_stays(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await sends(alice, *PHOTOS[:2])
    await alice.says("12 Elm Road")
    asked = len(alice.screen.messages)
    await alice.taps("Bins")
    assert "2 photos" in alice.latest
    assert len(alice.screen.messages) == asked


async def test_what_is_dropped_is_said_below_too(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await sends(alice, *PHOTOS[:2])
    await alice.taps("Cancel")
    assert "Nothing was sent." in alice.latest


async def test_the_first_photo_after_words_is_noted_too(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.says("/report The bin is full")
    assert await sends(alice, PHOTOS[0]) == ["I have it. Send more, or answer the question above."]


async def test_a_question_that_is_another_one_now_is_asked_anew(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await sends(alice, PHOTOS[0])
    (said,) = await sends(alice, PHOTOS[1], place=HERE)
    assert WHERE in said
    (said,) = await sends(alice, PHOTOS[2], place=HERE)
    assert WHERE not in said
    await alice.taps("Where the photo was taken")
    assert "What kind of problem is it?" in alice.latest


async def test_what_is_wrong_is_said_with_the_question(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    said = await sends(alice, *PHOTOS)
    assert "I have 5 of them now. Send" in said[4]
    for one in said[5:]:
        assert "I have 5 of them now, and cannot take more." in one
        assert WHERE in one
    await alice.shares_place(HERE.lat, HERE.long)
    await alice.says("/cancel")
    await alice.says("/report The bin is full")
    await alice.shares_place(HERE.lat, HERE.long)
    (said_,) = await sends(alice, PHOTOS[0], text="No such kind")
    assert "Please tap one of the buttons." in said_
    assert "What kind of problem is it?" in said_


async def test_words_below_a_photo_still_answer(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await sends(alice, PHOTOS[0])
    (said,) = await sends(alice, PHOTOS[1], text="12 Elm Road")
    assert "What kind of problem is it?" in said


async def test_an_album_after_a_photo_is_noted_once(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await sends(alice, PHOTOS[0])
    said = await album(alice, *map(Attached, PHOTOS[1:4]))
    assert said == ["I have them. Send more, or answer the question above.", "", ""]
    await alice.shares_place(HERE.lat, HERE.long)
    await alice.taps("Bins")
    assert "4 photos" in alice.latest


async def test_whoever_goes_on_after_something_else_is_asked_in_full(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await sends(alice, PHOTOS[0])
    await alice.does(Command("me"))
    assert "We are in the middle of something." in alice.latest
    (said,) = await sends(alice, PHOTOS[1])
    assert WHERE in said


async def test_a_talk_from_before_is_asked_in_full_once(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await sends(alice, PHOTOS[0])
    async with town.folkmoot.database.writing() as session:
        there = (await session.scalars(select(Address).where(Address.chat == "Alice"))).one()
        assert there.talk is not None
        there.talk = {name: value for name, value in there.talk.items() if name != "asked"}
    said = await sends(alice, *PHOTOS[1:3])
    assert WHERE in said[0]
    assert "I have 3 of them now." in said[1]
