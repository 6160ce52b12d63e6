"""Words and pictures that residents add: whoever looks after the report hears of them, and nobody is flooded."""

from __future__ import annotations

import pytest

from bot.models import Resident, ServiceRequest
from bot.services.reporting import own_reports
from tests.desk import Desk, a_desk, another_team, resident
from tests.town import Person, Town

MORE = "There is more to a report that nobody looks after yet:"
YOURS = "There is more to a report that you look after:"


async def adds(town: Town, person: Person, made: ServiceRequest, words: str = "It smells.") -> None:
    """Somebody adds a few words."""
    who = await resident(town, person)
    async with town.folkmoot.database.writing() as session:
        by = await session.get_one(Resident, who.id)
        await own_reports.add(session, made.id, words, (), by=by, now=town.clock())
    await town.quiet()


async def an_old_one(town: Town) -> tuple[Desk, ServiceRequest]:
    """A report that its team has had for two hours."""
    desk = await a_desk(town)
    made = await desk.report()
    await town.passes(hours=2)
    return desk, made


async def test_where_nobody_has_taken_it_the_team_hears_what_is_added(town: Town) -> None:
    desk, made = await an_old_one(town)
    await adds(town, desk.alice, made)
    for officer in (desk.ann, desk.ben):
        assert officer.text.count(MORE) == 1
    await desk.ann.taps("Open")
    assert desk.ann.sees("“It smells.”")


async def test_whoever_has_taken_it_hears_it_alone(town: Town) -> None:
    desk, made = await an_old_one(town)
    await desk.ann.taps("Take it")
    await adds(town, desk.alice, made)
    assert desk.ann.text.count(YOURS) == 1
    assert YOURS not in desk.ben.text
    assert MORE not in desk.ann.text + desk.ben.text


@pytest.mark.parametrize("mine", [True, False])
async def test_what_comes_within_an_hour_is_one_letter(town: Town, mine: bool) -> None:
    desk, made = await an_old_one(town)
    if mine:
        await desk.ann.taps("Take it")
    head = YOURS if mine else MORE
    for number in range(4):
        await adds(town, desk.alice, made, f"Word {number}")
        await town.passes(minutes=10)
    assert desk.ann.text.count(head) == 1
    await town.passes(minutes=30)
    assert desk.ann.text.count(head) == 2
    await town.passes(hours=3)
    assert desk.ann.text.count(head) == 2
    await adds(town, desk.alice, made, "Word 5")
    assert desk.ann.text.count(head) == 3


async def test_what_is_added_right_after_it_came_waits_for_the_end_of_the_hour(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await adds(town, desk.alice, made)
    await town.passes(minutes=50)
    assert not desk.ben.sees(MORE)
    await town.passes(minutes=15)
    assert desk.ben.text.count(MORE) == 1


async def test_what_waits_is_not_told_any_more_once_somebody_has_taken_it(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await adds(town, desk.alice, made)
    await desk.ann.taps("Take it")
    await town.passes(hours=2)
    assert MORE not in desk.ann.text + desk.ben.text


async def test_a_team_that_got_it_from_another_begins_its_own_hour(town: Town) -> None:
    desk, made = await an_old_one(town)
    _, cara = await another_team(town, desk.council)
    for words in ("It smells.", "Really."):
        await adds(town, desk.alice, made, words)
    await desk.opens(desk.ann, made)
    await desk.ann.taps("Hand over")
    await desk.ann.taps("North District …")
    await desk.ann.taps("Streets")
    await desk.ann.says("Theirs.")
    await adds(town, desk.alice, made)
    assert not cara.sees(MORE)
    await town.passes(minutes=70)
    assert cara.text.count(MORE) == 1
    assert desk.ben.text.count(MORE) == 1


@pytest.mark.parametrize("kind", [None, "streetlights"])
async def test_where_nobody_is_in_charge_or_works_the_organisers_hear_it(
    town: Town, kind: str | None
) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    made = await desk.report(kind=kind)
    await town.passes(hours=2)
    await adds(town, desk.alice, made)
    assert olga.text.count(MORE) == 1
    assert MORE not in desk.ann.text
