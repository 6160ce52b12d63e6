"""Who took part, told to organisers: by day, by link, by part of town; and nothing of fewer than five people."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.message import Tap
from bot.models import Address, Membership, Poll, Reckoning, Turnout
from bot.services.taking_part import turnout
from tests.conversations.test_links import a_link, votes
from tests.town import Person, Town


async def asks_who(organiser: Person, poll: Poll) -> str:
    await organiser.does(Tap(f"tp:{poll.id}", query="q"))
    return organiser.latest


async def lives(town: Town, area: str, *names: str) -> None:
    """These people have told where they live."""
    async with town.folkmoot.database.writing() as session:
        here = select(Address.resident_id).where(Address.chat.in_(names))
        for one in await session.scalars(select(Membership).where(Membership.resident_id.in_(here))):
            one.area = area


async def a_day_of(town: Town, poll: Poll, *names: str) -> None:
    """These vote today, and the day ends."""
    await votes(town, poll.code, *names)
    await town.passes(hours=24)


def people(first: str, last: str) -> Sequence[str]:
    return [f"{first}{number}" for number in range(int(last))]


async def test_days_are_told_in_steps_of_five_people_and_the_newest_is_held_back(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga, closes="in 9 days")
    await a_day_of(town, poll, *people("a", "6"))
    await a_day_of(town, poll, *people("b", "2"))
    await a_day_of(town, poll, *people("c", "4"))
    await a_day_of(town, poll, "d")
    said = await asks_who(olga, poll)
    assert "23 November 2026: 6 people" in said
    assert "24 November" not in said
    assert "13 of 14 people asked took part." in said
    await town.passes(days=6)
    said = await asks_who(olga, poll)
    assert "23 November 2026: 6 people\n▇▇▇▇▇" in said
    assert "24 November 2026 to 3 December 2026: 7 people" in said


async def test_a_day_is_the_communitys_own_day_and_is_written_down_once(town: Town) -> None:
    await town.community(zone="Pacific/Auckland")  # thirteen hours ahead: it is 23:00 there
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await votes(town, poll.code, "Alice")
    await town.passes(minutes=30)
    assert await days(town) == []
    await town.passes(minutes=40)
    await town.tick()
    assert await days(town) == [("2026-11-23", 1)]


async def days(town: Town) -> list[tuple[str, int]]:
    async with town.folkmoot.database.reading() as session:
        rows = await session.scalars(select(Turnout).order_by(Turnout.day))
        return [(one.day.isoformat(), one.took_part) for one in rows]


async def test_the_close_is_the_last_day_and_the_last_look(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    library = await a_link(olga, poll, "the library")
    await votes(town, library, *people("a", "5"))
    await votes(town, poll.code, *people("b", "4"))
    await town.tick()
    assert "By link" not in await asks_who(olga, poll)
    await votes(town, poll.code, "z")
    await olga.does(Tap(f"pc:{poll.id}:1", query="q"))
    assert await days(town) == [("2026-11-23", 10)]
    said = await asks_who(olga, poll)
    assert "the library: at least 5 people" in said
    assert "By the question's own link: at least 5 people" in said
    assert olga.sees("How people came here\nthe library: at least 5 people")
    await votes_no_more(town, olga, poll)


async def votes_no_more(town: Town, olga: Person, poll: Poll) -> None:
    """Somebody who leaves later changes nothing that was told."""
    before = await asks_who(olga, poll)
    for name in ("a0", "a1", "b0"):
        gone = town.stranger(name)
        await gone.does(Tap("z:1", query="q"))
    await town.tick()
    after = await asks_who(olga, poll)
    assert before.split("By link")[1] == after.split("By link")[1]


async def test_parts_of_town_and_new_voices_are_told_when_they_are_enough(town: Town) -> None:
    olga = await town.organiser()
    old = await town.poll("Paint the hall?", "Yes", "No", by=olga)
    await votes(town, old.code, *people("n", "6"))
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await votes(town, poll.code, *people("n", "6"), *people("s", "5"), *people("e", "6"))
    await lives(town, "North", *people("n", "6"))
    await lives(town, "South", *people("s", "5"))
    await lives(town, "The lighthouse", *people("e", "6"))
    await town.tick()
    said = await asks_who(olga, poll)
    assert "By part of town\nNorth: at least 6 people\n▇▇▇▇\nSouth: at least 5 people" in said
    assert "lighthouse" not in said
    assert "At least 11 people took part in Elm Park for the first time." in said


async def test_a_small_part_of_town_hides_the_next_one_with_it(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await votes(town, poll.code, *people("n", "8"), *people("s", "2"))
    await lives(town, "North", *people("n", "8"))
    await lives(town, "South", *people("s", "2"))
    await olga.does(Tap(f"pc:{poll.id}:1", query="q"))
    assert "By part of town" not in await asks_who(olga, poll)


async def test_how_many_were_reached_is_about_right_or_not_told(town: Town) -> None:
    olga = await town.organiser()
    for name in people("m", "12"):
        await town.member(name)
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    assert "Our message reached all or nearly all of them." in await asks_who(olga, poll)


async def test_a_poll_that_few_answered_tells_nothing_more(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await votes(town, poll.code, "Alice", "Bob")
    await town.passes(days=4)
    said = await asks_who(olga, poll)
    assert "2 of 3 people asked took part." in said
    assert "By " not in said
    assert "for the first time" not in said
    assert "Nothing is said of fewer than 5 people" in said


async def test_only_organisers_of_the_community_hear_it(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    for person in (await town.member("Alice"), await town.organiser("Harriet", "harbour")):
        await person.does(Tap(f"tp:{poll.id}", query="q"))
        assert person.screen.toasts[-1] == "Only organisers of this community can do that."
        await person.does(Tap("tp:999", query="q"))
        assert person.screen.toasts[-1] == "I do not know this poll."


async def test_it_is_said_in_urdu_from_right_to_left(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    olga = await town.organiser("Omar", language="ur")
    await votes(town, poll.code, *people("a", "10"))
    await town.tick()
    said = await asks_who(olga, poll)
    assert "\u200f▇" in said


async def test_whoever_looks_after_every_single_vote_finds_nobody(town: Town) -> None:
    """An attacker on the desk: after each vote all that is told is noted, and everything is subtracted."""
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    codes = [await a_link(olga, poll, name) for name in ("the library", "the school")]
    looks: list[dict[str, int]] = []
    for number in range(36):
        code = codes[0] if number % 4 else codes[1] if number % 8 else poll.code
        await votes(town, code, f"v{number}")
        await town.tick()
        looks.append(await told(town, poll))
    await olga.does(Tap(f"pc:{poll.id}:1", query="q"))
    looks.append(await told(town, poll))
    assert looks[-1], "it tells something at the end"
    for number, later in enumerate(looks):
        for earlier in looks[:number]:
            for name in later:
                grown = later[name] - earlier.get(name, 0)
                assert grown == 0 or grown >= 5
    async with town.folkmoot.database.reading() as session:
        kept = await session.get_one(Reckoning, f"poll:{poll.id}")
        assert kept.final


async def told(town: Town, poll: Poll) -> dict[str, int]:
    async with town.folkmoot.database.reading() as session:
        ways = await turnout.told(session, f"poll:{poll.id}")
        return dict(ways.get(turnout.SOURCES, {}))
