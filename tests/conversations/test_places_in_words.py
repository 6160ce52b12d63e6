"""Places that stand in what somebody wrote: they are one tap away when it is asked where, and never taken unasked."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from bot.models import NamedPlace
from tests.conversations.test_reporting import newest
from tests.council import a_body
from tests.reports import HERE, surroundings
from tests.town import Person, Town

ASKED = "Where is it?"


@pytest.fixture
async def alice(town: Town) -> Person:
    """A resident of a town whose streets have names."""
    await a_body(town)
    await surroundings(town)
    return await town.member("Alice")


async def place(town: Town, name: str) -> NamedPlace:
    async with town.folkmoot.database.reading() as session:
        return (await session.scalars(select(NamedPlace).where(NamedPlace.name == name))).one()


async def test_a_street_in_the_words_is_one_tap(town: Town, alice: Person) -> None:
    await alice.says("/report The bin on Elm Road, by the bus stop, is full")
    assert ASKED in alice.latest
    assert "[Elm Road]" in alice.latest
    assert "Mill Lane" not in alice.latest
    await alice.taps("Elm Road")
    await alice.taps("Bins")
    assert "Elm Road" in alice.latest
    await alice.taps("Send")
    made, road = await newest(town), await place(town, "Elm Road")
    assert (made.address, made.lat, made.long) == ("Elm Road", road.lat, road.long)


async def test_two_streets_in_the_words_are_both_offered_and_another_place_can_be_written(
    town: Town, alice: Person
) -> None:
    await alice.says("/report")
    await alice.says("Holes everywhere from Elm Road to Mill Lane")
    assert "[Elm Road]" in alice.latest
    assert "[Mill Lane]" in alice.latest
    await alice.says("Behind the school")
    await alice.taps("Bins")
    await alice.taps("Send")
    assert (await newest(town)).address == "Behind the school"


async def test_a_street_of_that_name_in_another_town_is_not_offered(town: Town, alice: Person) -> None:
    async with town.folkmoot.database.writing() as session:
        road = (await session.scalars(select(NamedPlace).where(NamedPlace.name == "Elm Road"))).one()
        road.lat = HERE.lat + 1
    await alice.says("/report The bin on Elm Road is full")
    assert ASKED in alice.latest
    assert "[Elm Road]" not in alice.latest


async def test_a_street_that_is_gone_from_the_list_meanwhile_is_asked_for_again(
    town: Town, alice: Person
) -> None:
    await alice.says("/report The bin on Elm Road is full")
    async with town.folkmoot.database.writing() as session:
        await session.execute(delete(NamedPlace).where(NamedPlace.name == "Elm Road"))
    await alice.taps("Elm Road")
    assert ASKED in alice.latest
    assert "[Elm Road]" not in alice.latest
    await alice.shares_place(HERE.lat, HERE.long)
    await alice.taps("Bins")
    await alice.taps("Send")
    assert (await newest(town)).lat == HERE.lat
