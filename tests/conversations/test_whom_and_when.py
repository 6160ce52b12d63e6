"""Who is asked and may answer, and the one reminder of those who have not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.services.polling import once_more
from tests.town import Person, Town


async def lives(person: Person, area: str) -> None:
    await person.says("/me")
    await person.taps("Part of town")
    await person.taps(area)


async def people_of(town: Town, area: str, count: int) -> list[Person]:
    people = [await town.member(f"{area} {number}") for number in range(count)]
    for one in people:
        await lives(one, area)
    return people


async def decides(olga: Person, part: str, way: str) -> None:
    await olga.taps("Edit")
    await olga.taps(part)
    await olga.taps(way)


async def test_a_part_of_town_is_asked_and_nobody_else_counts(town: Town) -> None:
    northerners = await people_of(town, "North", 5)
    (southerner,) = await people_of(town, "South", 1)
    olga = await town.organiser()
    await olga.says("/poll A bench in North? | Yes | No")
    await decides(olga, "Who is asked", "North")
    assert "5 people in Elm Park will get it." in olga.latest
    assert "It is for people in North." in olga.latest
    await olga.taps("Send")
    poll = await town.newest_poll()
    assert "It is for people in North." in northerners[0].latest
    await northerners[0].taps("Yes")
    assert not southerner.sees("A bench in North?")
    await southerner.says("/polls")
    assert not southerner.sees("A bench in North?")
    await southerner.opens(poll.code)
    await southerner.taps("No")
    assert southerner.sees("This question is for people in North only.")
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_who_tells_where_they_live_may_answer_then(town: Town) -> None:
    await people_of(town, "North", 5)
    olga = await town.organiser()
    await olga.says("/poll A bench in North? | Yes | No")
    await decides(olga, "Who is asked", "North")
    await olga.taps("Send")
    poll = await town.newest_poll()
    bob = await town.member("Bob")
    await lives(bob, "North")
    await bob.opens(poll.code)
    await bob.taps("No")
    assert await town.result(poll) == {"Yes": 0, "No": 1}


async def test_a_part_with_fewer_than_five_people_is_not_asked_alone(town: Town) -> None:
    await people_of(town, "North", 4)
    olga = await town.organiser()
    await olga.says("/poll A bench in North? | Yes | No")
    await decides(olga, "Who is asked", "North")
    await olga.taps("Send")
    assert olga.sees("Fewer than 5 people would be asked.")


async def test_what_fewer_than_five_of_a_part_say_is_shown_to_nobody(town: Town) -> None:
    northerners = await people_of(town, "North", 6)
    olga = await town.organiser()
    await olga.says("/poll A bench in North? | Yes | No")
    await decides(olga, "Who is asked", "North")
    await olga.taps("Send")
    for one in northerners[:4]:
        await one.taps("Yes")
    assert "The result is shown once 5 people have answered." in northerners[3].latest
    await olga.taps("How it stands")
    for sees in (olga.latest, northerners[3].latest):
        assert "4 votes" not in sees
    await northerners[4].taps("No")
    assert "Yes: 4 votes, 80%" in northerners[4].latest
    await olga.taps("How it stands")
    assert "Yes: 4 votes, 80%" in olga.latest


async def test_what_stayed_below_five_is_not_shown_after_the_close_either(town: Town) -> None:
    northerners = await people_of(town, "North", 5)
    olga = await town.organiser()
    await olga.says("/poll A bench in North? | Yes | No")
    await decides(olga, "Who is asked", "North")
    await olga.taps("Send")
    for one in northerners[:4]:
        await one.taps("Yes")
    await town.passes(days=4)
    for one in (olga, northerners[0]):
        assert one.sees(
            "Fewer than 5 people answered. People could guess who said what, so the result is not shown."
        )
        assert "4 votes" not in one.latest


async def test_those_who_care_about_something_are_asked(town: Town) -> None:
    people = [await town.member(f"gardener {number}") for number in range(5)]
    for one in people:
        await one.says("/me")
        await one.taps("What I care about")
        await one.taps("Parks")
    other = await town.member("Other")
    olga = await town.organiser()
    await olga.says("/poll An oak or a lime? | Oak | Lime")
    await decides(olga, "Who is asked", "Parks")
    await olga.taps("Send")
    assert people[0].sees("An oak or a lime?")
    assert not other.sees("An oak or a lime?")


async def test_organisers_ask_among_themselves_and_no_group_is_told(town: Town) -> None:
    olga, otto = await town.organiser(), await town.organiser("Otto")
    alice = await town.member("Alice")
    await olga.says("/poll Who chairs? | Olga | Otto")
    await decides(olga, "Who is asked", "Organisers only")
    await olga.taps("Send")
    assert otto.sees("Who chairs?")
    assert not alice.sees("Who chairs?")
    poll = await town.newest_poll()
    await alice.opens(poll.code)
    await alice.taps("Otto")
    assert alice.sees("This question is for organisers only.")


async def test_who_has_not_answered_is_reminded_once_and_nobody_else(town: Town) -> None:
    alice, bob = await town.member("Alice"), await town.member("Bob")
    olga = await town.organiser()
    await olga.says("/poll Keep the market? | Yes | No")
    await decides(olga, "A reminder", "Yes, once")
    assert "Those who have not answered are reminded once, half-way." in olga.latest
    await olga.taps("Send")
    await alice.taps("Yes")
    await alice.says("/cancel")
    await town.passes(hours=46)
    assert not bob.sees("This is still open")
    await town.passes(hours=2)
    assert bob.sees("This is still open, and your answer would help. I will not ask you again.")
    assert not alice.sees("This is still open")
    shown = bob.text
    await town.passes(hours=10)
    assert bob.text == shown


async def test_nobody_is_reminded_unless_it_was_wished(town: Town) -> None:
    bob = await town.member("Bob")
    await town.poll("Keep the market?", "Yes", "No")
    await town.passes(hours=40)
    assert not bob.sees("This is still open")


async def test_a_reminder_that_comes_too_late_is_left_out(town: Town) -> None:
    bob = await town.member("Bob")
    olga = await town.organiser()
    await olga.says("/poll Keep the market? | Yes | No")
    await decides(olga, "A reminder", "Yes, once")
    await olga.taps("Send")
    await town.passes(hours=71, minutes=30)
    assert not bob.sees("This is still open")


@pytest.mark.parametrize(
    ("opened", "closes", "expected"),
    [
        ("2026-11-23T10:00", "2026-11-25T10:00", "2026-11-24T10:00"),
        ("2026-11-23T10:00", "2026-11-24T20:00", "2026-11-24T09:00"),
        ("2026-11-23T10:00", "2026-11-23T20:00", "2026-11-23T15:00"),
        ("2026-11-23T20:00", "2026-11-24T06:00", None),
        ("2026-11-23T10:00", "2026-11-23T11:00", None),
    ],
)
def test_half_way_is_by_day_and_well_before_the_close(opened: str, closes: str, expected: str | None) -> None:
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (opened, closes))
    found = once_more.half_way(begin, end, "Europe/London")
    assert found == (expected and datetime.fromisoformat(expected).replace(tzinfo=UTC))
