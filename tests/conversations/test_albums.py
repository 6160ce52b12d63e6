"""Several pictures sent at once come one by one: they are one thing that somebody said, with all its pictures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.conversation.flow import MOST_ALONG, Ask, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.message import Attached, Command, Incoming, Media, Odd, Place
from bot.models import Address
from handlers import ROUTERS
from tests.conversations.test_enclosing import CLOSED, below, media_of
from tests.conversations.test_talk import talk_of
from tests.neighbours import neighbours
from tests.town import Person, Town, a_town

LAMPS = [Media("photo", {"telegram:1": f"lamp-{number}"}, size=9) for number in range(8)]
HUGE = Media("photo", {"telegram:1": "huge"}, size=99_000_000)

router = Router()


def proper(media: Media | str) -> None:
    if isinstance(media, str) or (media.size or 0) > 1000:
        raise Refused("No lamp.")


@router.command("lamp", encloses=True, several=True, places=True)
async def lamp(turn: Turn, rest: str) -> Outcome:
    """Something that takes several pictures, with or without."""
    return turn.begin("lamp", **turn.along())


@router.flow("lamp")
async def lamp_step_by_step(ask: Ask, turn: Turn) -> Outcome:
    """Pictures, a road, and whether to send it."""
    if not ask.all_enclosed:
        await ask("picture", words("Pictures?", str, encloses=proper, several=True))  # type: ignore[arg-type]
    road = await ask("road", words("Which road?", str, encloses=proper, several=True))  # type: ignore[arg-type]
    await ask("look", choice(f"{told(ask)} in {road}.", [("send", "Send it")]))  # type: ignore[arg-type]
    return turn.say(f"Sent {told(ask)} in {road}.")


def told(ask: Ask) -> str:
    names = [one.files["telegram:1"] for one in ask.all_enclosed]
    assert ask.enclosed == (ask.all_enclosed[-1] if ask.all_enclosed else None)
    where = "" if ask.taken_at is None else f" at {ask.taken_at.lat},{ask.taken_at.long}"
    return " ".join(names) + where


@pytest.fixture
async def town(database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr("bot.app.ROUTERS", [*ROUTERS, router])
    url = database_url.render_as_string(hide_password=False)
    async with a_town(url, media_dir=tmp_path / "media") as running:
        yield running


async def album(person: Person, *things: Attached | Odd, name: str = "album 1") -> list[str]:
    """Send these at once; returns what was said about each."""
    said = []
    for thing in things:
        before = len(person.screen.messages)
        await person.does(thing, album=name)
        new = list(person.screen.messages.values())[before:]
        said.append("\n".join(str(one.text) for one in new))
    return said


async def test_an_album_with_a_command_below_its_first_picture_is_taken_whole(town: Town) -> None:
    alice = town.stranger("Alice")
    said = await album(alice, below(LAMPS[0], "/lamp"), *map(Attached, LAMPS[1:3]))
    assert said == ["Which road?", "", ""]
    await alice.says("Elm Road")
    assert "lamp-0 lamp-1 lamp-2 in Elm Road." in alice.latest
    await alice.taps("Send it")
    assert "Sent lamp-0 lamp-1 lamp-2 in Elm Road." in alice.latest


async def test_an_album_may_be_the_answer_and_its_words_too(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.says("/lamp")
    assert await album(alice, *map(Attached, LAMPS[:2])) == ["Which road?", ""]
    await alice.says("/cancel")
    await alice.says("/lamp")
    said = await album(alice, Attached(LAMPS[0]), Attached(LAMPS[1], "ignored"), name="album 2")
    assert said == ["Which road?", ""]
    said = await album(alice, Attached(LAMPS[2], "Elm Road"), Attached(LAMPS[3]), name="album 3")
    assert said == ["lamp-0 lamp-1 lamp-2 in Elm Road.", ""], "the last question takes no pictures"


async def test_all_pictures_that_arrive_together_are_in_it(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.says("/lamp")
    things: list[Incoming] = [alice.incoming(Attached(one), album="album 1") for one in LAMPS[:4]]
    await asyncio.gather(*map(town.folkmoot.dispatcher.submit, things))
    await town.quiet()
    await alice.says("Elm Road")
    assert "lamp-0 lamp-1 lamp-2 lamp-3 in" in alice.latest
    assert sum("Which road?" in str(one.text) for one in alice.screen.messages.values()) == 1


async def test_the_same_picture_brought_again_is_in_it_once(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.says("/lamp")
    for key in ("a", "b", "b", "a", "b"):
        await alice.does(Attached(LAMPS[0 if key == "a" else 1]), key=key, album="album 1")
    await alice.says("Elm Road")
    assert "lamp-0 lamp-1 in Elm Road." in alice.latest


async def test_there_are_five_at_most_and_a_sixth_by_itself_is_refused_in_a_sentence(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.says("/lamp")
    assert await album(alice, *map(Attached, LAMPS)) == ["Which road?", *[""] * 7]
    await alice.does(Attached(LAMPS[7]))
    assert f"I have {MOST_ALONG} of them now, and cannot take more.\n\nWhich road?" in alice.latest
    await alice.says("Elm Road")
    assert "lamp-0 lamp-1 lamp-2 lamp-3 lamp-4 in" in alice.latest


async def test_one_after_the_other_by_themselves_are_taken_too(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.does(below(LAMPS[0], "/lamp"))
    await alice.does(Attached(LAMPS[1]))
    await alice.does(Attached(LAMPS[2], "Elm Road"))
    assert "lamp-0 lamp-1 lamp-2 in Elm Road." in alice.latest


async def test_what_cannot_be_taken_is_left_out_without_a_word(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.says("/lamp")
    said = await album(alice, Attached(LAMPS[0]), Attached(HUGE), Odd("album"), Attached(LAMPS[1]))
    assert said == ["Which road?", "", "", ""]
    await alice.says("Elm Road")
    assert "lamp-0 lamp-1 in" in alice.latest


async def test_what_comes_when_the_flow_is_over_or_left_is_as_good_as_seen(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.says("/lamp")
    await album(alice, Attached(LAMPS[0]))
    await alice.says("Elm Road")
    await alice.taps("Send it")
    assert await album(alice, Attached(LAMPS[1])) == [""]
    await alice.says("/lamp")
    assert await album(alice, Attached(LAMPS[2])) == [""]
    assert (await talk_of(town, "Alice") or {})["given"] == {}


async def test_an_album_in_the_middle_of_something_else_is_kept_until_that_is_left(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    said = await album(olga, below(LAMPS[0], "/lamp"), *map(Attached, LAMPS[1:7]))
    assert "We are in the middle of something." in said[0]
    assert said[1:] == [""] * 6
    await olga.taps("Leave it")
    await olga.says("Elm Road")
    assert "lamp-0 lamp-1 lamp-2 lamp-3 lamp-4 in" in olga.latest


async def test_an_album_in_the_middle_changes_nothing_for_who_goes_on(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep it? | Yes | No")
    await album(olga, below(LAMPS[0], "/lamp"), Attached(LAMPS[1]))
    await olga.taps("Go on with it")
    assert "This is how people will see it:" in olga.latest
    assert await album(olga, Attached(LAMPS[2])) == [""]
    await olga.taps("Send")
    assert (await town.newest_poll()).question == "Keep it?"


async def test_where_a_picture_was_taken_is_known_to_the_flow_and_to_nobody_else(town: Town) -> None:
    alice = town.stranger("Alice")
    here, there = Place(51.5, -0.125), Place(52.0, 0.0)
    await alice.does(Attached(LAMPS[0], "/lamp", Command("lamp"), place=here))
    await alice.does(Attached(LAMPS[1]))
    await alice.does(Attached(LAMPS[2], "Elm Road", place=there))
    assert "lamp-2 at 52.0,0.0 in Elm Road." in alice.latest
    assert "51.5" not in alice.text
    await alice.says("/cancel")
    await alice.says("/lamp")
    await alice.does(Attached(LAMPS[0], place=here))
    await alice.says("Elm Road")
    assert "lamp-0 at 51.5,-0.125 in Elm Road." in alice.latest


# --- what takes one only is as it was ------------------------------------------------------------


async def test_an_announcement_takes_no_album_and_says_so_once(town: Town) -> None:
    olga = await town.organiser()
    said = await album(olga, below(LAMPS[0], f"/announce {CLOSED}"), *map(Attached, LAMPS[1:3]))
    assert said[0].startswith("Those were several at once.")
    assert said[1:] == ["", ""]
    assert f"Elm Park tells you:\n\n{CLOSED}" in olga.latest
    said = await album(olga, Attached(LAMPS[3], "A caption"), Attached(LAMPS[4]), name="album 2")
    assert "Those were several at once." in said[0]
    assert said[1] == ""
    assert "A caption" not in olga.text
    (alice,) = await neighbours(town, 1)
    await olga.taps("Send")
    assert alice.sees(CLOSED)
    assert media_of(alice) == []


async def test_where_no_picture_is_asked_for_an_album_is_no_answer_and_that_is_said_once(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    said = await album(olga, *map(Attached, LAMPS[:3]))
    assert "I cannot use that as an answer here." in said[0]
    assert said[1:] == ["", ""]
    await olga.says("/cancel")
    said = await album(olga, *map(Attached, LAMPS[:3]), name="album 2")
    assert "Where is it?" in said[0]
    assert said[1:] == ["", ""]
    await olga.says("/cancel")
    said = await album(olga, Odd("album"), Attached(LAMPS[0]), name="album 3")
    assert said[0].startswith("I can only read words and taps for now.")
    assert said[1] == ""


async def test_two_albums_and_two_people_are_not_taken_for_each_other(town: Town) -> None:
    alice, bob = town.stranger("Alice"), town.stranger("Bob")
    await alice.says("/lamp")
    await bob.says("/lamp")
    await album(alice, Attached(LAMPS[0]), name="album 1")
    await album(bob, Attached(LAMPS[1]), name="album 2")
    await album(bob, Attached(LAMPS[2]), name="album 1")
    await album(alice, Attached(LAMPS[3]), name="album 2")
    for person, lamps in ((alice, "lamp-0 in"), (bob, "lamp-1 in")):
        await person.says("Elm Road")
        assert person.latest.startswith(lamps)


async def test_a_talk_from_before_goes_on_with_its_one_picture(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.says("/lamp")
    await alice.does(Attached(LAMPS[0]))
    async with town.folkmoot.database.writing() as session:
        there = (await session.scalars(select(Address).where(Address.chat == "Alice"))).one()
        assert there.talk is not None
        there.talk = {**there.talk, "given": {"enclosed": there.talk["given"]["enclosed"]}}
    await alice.does(Attached(LAMPS[1], "Elm Road"))
    assert "lamp-0 lamp-1 in Elm Road." in alice.latest
