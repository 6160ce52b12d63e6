"""Links that say where people came from: made by organisers, counted where somebody takes part, never moved later."""

from __future__ import annotations

import re

from sqlalchemy import select

from bot.message import Tap
from bot.models import Address, Link, Membership, Participation, Poll
from tests.town import Person, Town


async def desk(organiser: Person, poll: Poll) -> None:
    """The links of a poll, from its desk."""
    await organiser.does(Tap(f"p:{poll.id}", query="q"))
    await organiser.taps("Links and posters")


async def a_link(organiser: Person, poll: Poll, called: str) -> str:
    """The code of a new link."""
    await desk(organiser, poll)
    await organiser.taps("A new link")
    await organiser.says(called)
    async with organiser.town.folkmoot.database.reading() as session:
        newest = await session.scalar(select(Link.code).order_by(Link.id.desc()).limit(1))
        assert newest is not None
        return newest


async def came_by(town: Town, poll: Poll, name: str) -> str | None:
    async with town.folkmoot.database.reading() as session:
        part = await session.scalar(
            select(Participation)
            .join(Address, Address.resident_id == Participation.resident_id)
            .where(Address.chat == name, Participation.poll_id == poll.id)
        )
        return None if part is None else part.source


async def votes(town: Town, code: str, *names: str) -> None:
    for name in names:
        person = town.stranger(name)
        await person.opens(code)
        await person.taps("Yes")


async def test_a_link_has_a_name_and_counts_those_who_came_by_it(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await desk(olga, poll)
    assert "A link of its own for each place says where people come from" in olga.latest
    await olga.taps("A new link")
    await olga.taps("Library")
    assert olga.sees("Here is the link “Library”.")
    code = re.search(r"paper:elm-park/([a-z2-9]{8})\b", olga.latest)
    assert code is not None
    assert "No number yet" in olga.latest
    await votes(town, code[1], *"ABCDE")
    await votes(town, poll.code, *"FGHIJ")
    await town.tick()
    await desk(olga, poll)
    assert "Library\nAt least 5 people took part." in olga.latest


async def test_a_handful_is_not_told(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    code = await a_link(olga, poll, "Saturday stall")
    await votes(town, code, *"ABCD")
    await votes(town, poll.code, *"EFGHIJKL")
    await town.tick()
    await desk(olga, poll)
    assert "Saturday stall\nNo number yet" in olga.latest
    assert "At least" not in olga.latest


async def test_whoever_has_taken_part_stays_with_the_link_they_came_by(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    library, school = await a_link(olga, poll, "the library"), await a_link(olga, poll, "the school")
    alice = town.stranger("Alice")
    await alice.opens(library)
    await alice.taps("Yes")
    await alice.opens(school)
    await alice.taps("No")
    assert await came_by(town, poll, "Alice") == library
    assert await town.result(poll) == {"Yes": 0, "No": 1}


async def test_the_last_link_before_taking_part_counts_also_for_those_who_got_a_letter(town: Town) -> None:
    olga, alice = await town.organiser(), await town.member("Alice")
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    assert alice.sees("Keep the market?")
    library, school = await a_link(olga, poll, "the library"), await a_link(olga, poll, "the school")
    await alice.opens(library)
    await alice.opens(school.upper())  # as somebody may type it from a poster
    assert await came_by(town, poll, "Alice") == school
    await alice.taps("Yes")
    assert await came_by(town, poll, "Alice") == school


async def test_a_link_to_the_community_is_counted_for_whoever_joins_by_it(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/links")
    await olga.taps("Joining Elm Park")
    await olga.taps("A new link")
    await olga.taps("School")
    async with town.folkmoot.database.reading() as session:
        link = (await session.scalars(select(Link))).one()
    for name in "ABCDEFGHIJ":
        person = town.stranger(name)
        await person.opens(link.code)
        assert "Welcome to Elm Park." in person.latest
        await person.taps("Join Elm Park")
        assert person.sees("You are in Elm Park now.")
        await person.says("/cancel")
    async with town.folkmoot.database.reading() as session:
        sources = (await session.scalars(select(Membership.source))).all()
    assert sorted(map(str, sources)) == sorted([*[link.code] * 10, "None"])
    await town.tick()
    await olga.says("/links")
    await olga.taps("Joining Elm Park")
    assert "At least 10 people joined." not in olga.latest  # the organiser alone is left over
    for name in "KLMNO":
        await town.member(name)
    await town.tick()
    await olga.says("/links")
    await olga.taps("Joining Elm Park")
    assert "School\nAt least 10 people joined." in olga.latest


async def test_a_name_is_cleaned_and_short_and_comes_once(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await desk(olga, poll)
    await olga.taps("A new link")
    await olga.says("x" * 31)
    assert "Please use 1 to 30 letters." in olga.latest
    await olga.says("\u202e \u200f")
    assert "Please use 1 to 30 letters." in olga.latest
    await olga.says("  <b>Stall\u202e &\n  cake</b> ")
    assert await a_link(olga, poll, "<B>stall & CAKE</b>")
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(Link.name))).all() == ["<b>Stall & cake</b>"]
    raw = str(list(olga.screen.messages.values())[-1].text)
    assert "&lt;b&gt;Stall &amp; cake&lt;/b&gt;" in raw


async def test_a_forged_code_is_no_link(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    code = await a_link(olga, poll, "the library")
    alice = town.stranger("Alice")
    await alice.opens("zzzzzzzz")
    assert alice.sees("I do not know this link.")
    await alice.does(Tap("jl:zzzzzzzz", query="q"))
    assert alice.sees("I do not know this community.")
    await alice.does(Tap("jl:" + "z" * 60, query="q"))
    assert await came_by(town, poll, "Alice") is None
    assert code


async def test_only_organisers_of_the_community_see_or_make_links(town: Town) -> None:
    olga, alice = await town.organiser(), await town.member("Alice")
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    harriet = await town.organiser("Harriet", "harbour")
    for person in (alice, harriet):
        for press in ("lk", "ln", "pt"):
            before = len(person.screen.messages)
            await person.does(Tap(f"{press}:1:{poll.id}", query="q"))
            assert person.screen.toasts[-1] == "Only organisers of this community can do that."
            assert len(person.screen.messages) == before
    await harriet.does(Tap(f"lk:2:{poll.id}", query="q"))
    assert harriet.screen.toasts[-1] == "I do not know this poll."
    await alice.says("/links")
    assert alice.latest == "Only organisers can make links and posters."


async def test_a_question_that_is_not_for_everyone_has_no_links(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Who buys the cake? | Olga | Otto")
    await olga.taps("Edit")
    await olga.taps("Who is asked")
    await olga.taps("Organisers only")
    await olga.taps("Send")
    poll = await town.newest_poll()
    await olga.does(Tap(f"p:{poll.id}", query="q"))
    assert "Links and posters" not in olga.latest
    await olga.does(Tap(f"lk:1:{poll.id}", query="q"))
    assert olga.screen.toasts[-1].startswith("This question is not for everyone")


async def test_a_closed_question_gets_no_new_link_and_the_old_one_shows_the_result(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    code = await a_link(olga, poll, "the library")
    await desk(olga, poll)
    await olga.taps("A new link")
    await olga.does(Tap(f"pc:{poll.id}:1", query="q"))
    await olga.taps("School")
    assert "This poll has closed already." in olga.text + str(olga.screen.toasts)
    alice = town.stranger("Alice")
    await alice.opens(code)
    assert alice.sees("The poll in Elm Park has closed.")
    async with town.folkmoot.database.reading() as session:
        assert len((await session.scalars(select(Link))).all()) == 1
