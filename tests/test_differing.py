"""How those who answered differ from everybody: said where it is plain, kept since the close; of few, nothing."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.models import Address, Membership, Participation, Poll, Resident, Tally
from bot.services.taking_part.cells import NOBODY, Cell, Split, split
from bot.services.taking_part.differing import WORTH_SAYING, differences
from tests.newsroom import Newsroom, voted
from tests.town import Person, Town

NORTH = "North: about 75% of those who answered live there, and about 50% of everybody here."


async def lived(town: Town, poll: Poll, **areas: tuple[int, int]) -> None:
    """So many people live in each part of town, of whom so many answered."""
    now = town.clock()
    async with town.folkmoot.database.writing() as session:
        for area, (people, answered) in areas.items():
            them = [Resident(language="en", interests=[], created_at=now) for _ in range(people)]
            session.add_all(them)
            await session.flush()
            for number, one in enumerate(them):
                session.add(
                    Address(
                        channel="paper",
                        chat=f"{area}{next(town.numbers)}",
                        resident_id=one.id,
                        created_at=now,
                    )
                )
                session.add(
                    Membership(
                        community_id=poll.community_id,
                        resident_id=one.id,
                        role="resident",
                        area=area,
                        joined_at=now,
                    )
                )
                if number < answered:
                    session.add(Participation(poll_id=poll.id, resident_id=one.id, took_part=True))
            (await session.get_one(Tally, poll.id)).took_part += answered


async def closed(town: Town, **areas: tuple[int, int]) -> tuple[Poll, Person]:
    """A poll that these people answered, and Alice, who lives nowhere in particular."""
    await town.community(areas=["North", "South"])
    poll = await town.poll("Keep the market?", "Yes", "No")
    await lived(town, poll, **areas)
    (alice,) = await voted(town, poll, Alice="Yes")
    await town.passes(days=4)
    return poll, alice


async def test_who_answered_more_is_said_with_the_result_and_on_its_page(newsroom: Newsroom) -> None:
    poll, alice = await closed(newsroom.town, North=(40, 30), South=(40, 8))
    assert alice.sees("This is who answered, not the whole town.")
    _, page, _ = await newsroom.gets(f"/p/{poll.code}")
    assert alice.sees(NORTH)
    assert NORTH in page
    _, file, _ = await newsroom.gets(f"/p/{poll.code}.json")
    assert json.loads(file)["differs"] == [{"area": "North", "answered": 0.75, "everybody": 0.5}]


async def test_who_moves_in_later_changes_nothing_that_was_said(newsroom: Newsroom) -> None:
    poll, _ = await closed(newsroom.town, North=(40, 30), South=(40, 8))
    await lived(newsroom.town, poll, North=(0, 0), South=(60, 0))
    _, page, _ = await newsroom.gets(f"/p/{poll.code}")
    assert NORTH in page


async def test_of_a_small_group_nothing_is_said(town: Town) -> None:
    _, alice = await closed(town, North=(40, 4), South=(40, 3))
    assert alice.sees("This is who answered, not the whole town.")
    assert not alice.sees("of those who answered live there")


async def test_who_told_no_part_of_town_goes_with_the_smallest_and_that_is_not_named(town: Town) -> None:
    _, alice = await closed(town, North=(40, 30), South=(40, 8))
    assert alice.sees(NORTH)
    assert not alice.sees("South:"), "South and those without a part could be told apart by subtracting"


async def test_where_only_a_part_was_asked_there_is_nothing_to_compare(town: Town) -> None:
    await town.community(areas=["North", "South"])
    olga = await town.organiser()
    await olga.says("/poll Keep the market? | Yes | No")
    for label in ("Edit", "Who is asked", "Organisers only", "Send"):
        await olga.taps(label)
    poll = await town.newest_poll()
    await lived(town, poll, North=(40, 30), South=(40, 8))
    await olga.taps("Yes")
    await town.passes(days=4)
    assert not olga.sees("of those who answered live there")


CELLS = st.builds(
    lambda people, share: Cell(people, people * share // 100), st.integers(0, 300), st.integers(0, 100)
)


@given(st.dictionaries(st.sampled_from("ABCDEF"), CELLS), CELLS)
def test_only_what_may_be_shown_is_compared_and_only_what_is_plain_is_said(
    groups: dict[str, Cell], rest: Cell
) -> None:
    shown = split(groups, rest)
    said = differences(shown)
    assert {name for name, _, _ in said} <= shown.shown.keys()
    assert len(said) <= 3
    for _, answered, everybody in said:
        assert abs(answered - everybody) >= WORTH_SAYING
        assert 0 <= answered <= 1
        assert 0 <= everybody <= 1


def test_nothing_follows_from_nobody() -> None:
    assert differences(Split({}, None, ())) == []
    assert differences(Split({}, NOBODY, ())) == []
