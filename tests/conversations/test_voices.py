"""Whose voices are heard: told to organisers in plain words, counted over people, and never about single ones."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from bot.models import Membership, Participation, Poll, Resident, Tally
from tests.town import Town


async def settle(town: Town, number: int, *, area: str | None, language: str = "en") -> list[int]:
    """So many people of a part of town, without a chat."""
    community = await town.community()
    async with town.folkmoot.database.writing() as session:
        people = [Resident(language=language, interests=[], created_at=town.clock()) for _ in range(number)]
        session.add_all(people)
        await session.flush()
        session.add_all(
            Membership(community_id=community.id, resident_id=one.id, area=area, joined_at=town.clock())
            for one in people
        )
        return [one.id for one in people]


async def a_closed_poll(town: Town, voters: list[int], *, days_ago: int) -> None:
    """A poll that closed so long ago, and that these people answered."""
    community = await town.community()
    closed: datetime = town.clock() - timedelta(days=days_ago)
    async with town.folkmoot.database.writing() as session:
        number = len((await session.scalars(select(Poll.id))).all())
        poll = Poll(
            code=f"p-{number}",
            community_id=community.id,
            question="Keep it?",
            choices=["Yes", "No"],
            opened_at=closed,
            closes_at=closed,
            closed_at=closed,
        )
        session.add(poll)
        await session.flush()
        session.add(Tally(poll_id=poll.id, counts={}, asked=len(voters), took_part=len(voters)))
        if voters:
            rows = [{"poll_id": poll.id, "resident_id": one, "took_part": True} for one in voters]
            await session.execute(insert(Participation), rows)


async def test_an_organiser_hears_how_many_took_part_and_how_evenly(town: Town) -> None:
    olga = await town.organiser()
    people = await settle(town, 19, area=None)
    town.clock.pass_by(timedelta(days=200))
    for voters in (people[:12], people[:4], people[:4]):
        await a_closed_poll(town, voters, days_ago=10)
    await a_closed_poll(town, people[:6], days_ago=100)
    await a_closed_poll(town, people, days_ago=185)
    await olga.says("/voices")
    assert "3 questions closed in the last 90 days." in olga.latest
    assert "12 of 20 people took part at least once: 60%." in olga.latest
    assert "In the 90 days before that it was 6 of 20 people." in olga.latest
    # 8 people once and 4 three times: 18 of 20 answers by the ten most active; 20² / 44; Gini by the list.
    assert "The ten most active people gave 90% of all answers." in olga.latest
    assert "It is as if 9 people had answered, all equally often (effective voices)." in olga.latest
    assert "Gini: 0.56." in olga.latest
    assert "Before that: the ten most active 100%, effective voices 6, Gini 0.7." in olga.latest
    assert "▇▇▇▇▇▇" in olga.latest
    assert "I only know people who have joined here." in olga.latest


async def test_groups_are_rounded_and_small_ones_are_with_others(town: Town) -> None:
    olga = await town.organiser()
    north, south = await settle(town, 41, area="North"), await settle(town, 62, area="South", language="cy")
    alone = await settle(town, 3, area="The lighthouse", language="pl")
    await a_closed_poll(town, north[:21] + south[:7] + alone[:1], days_ago=0)
    await olga.says("/voices")
    shown = re.findall(r"(.+): about (\d+) of (\d+) people", olga.latest)
    others = ("All others together", "10", "65")  # 66 people, of whom 8 took part
    assert shown == [("North", "20", "40"), others, ("English", "20", "40"), others]
    assert "lighthouse" not in olga.latest
    assert "polski" not in olga.latest


async def test_a_part_of_town_that_nobody_reached_is_hinted_at_without_a_number(town: Town) -> None:
    await town.community(areas=("North", "South", "East", "West"))
    olga = await town.organiser()
    voters: list[int] = []
    for area, took_part in (("North", 30), ("South", 20), ("West", 6), ("East", 2)):
        voters += (await settle(town, 50, area=area))[:took_part]
    await a_closed_poll(town, voters, days_ago=3)
    await olga.says("/voices")
    assert "Few people from East have taken part." in olga.latest
    assert "East: about" not in olga.latest
    assert "West: about" not in olga.latest
    assert "All others together: about 10 of 100 people" in olga.latest


async def test_where_too_few_took_part_nothing_more_is_said(town: Town) -> None:
    olga = await town.organiser()
    await a_closed_poll(town, (await settle(town, 30, area="North"))[:4], days_ago=3)
    await olga.says("/voices")
    assert "4 of 31 people took part at least once" in olga.latest
    assert "Fewer than 5 people took part." in olga.latest
    assert "Gini" not in olga.latest
    assert ": about" not in olga.latest


async def test_open_polls_are_not_counted_so_that_no_single_answer_is_seen(town: Town) -> None:
    olga = await town.organiser()
    await town.poll("Keep the market?", "Yes", "No", by=olga)
    await olga.taps("Yes")
    await olga.says("/voices")
    assert "No question has closed in the last 90 days" in olga.latest


async def test_only_organisers_hear_it(town: Town) -> None:
    alice = await town.member("Alice")
    await alice.says("/voices")
    assert "Only organisers can see that." in alice.latest


async def test_it_is_said_in_urdu_from_right_to_left(town: Town) -> None:
    olga = await town.organiser(language="ur")
    await a_closed_poll(town, (await settle(town, 30, area="North"))[:20], days_ago=3)
    await olga.says("/voices")
    assert "\u200f▇" in olga.latest
    assert "مؤثر آوازیں" in olga.latest
