"""A report that was joined with another one is taken back where it goes on; also while it is joined or taken apart."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.errors import Refused
from bot.letters.reporting.report_following import Follow
from bot.letters.reporting.report_presses import Withdraw
from bot.models import Concern, Happening, ServiceRequest
from bot.services.answering import casework, twins
from bot.services.reporting import own_reports, report_following, reports
from tests.conversations.test_joining_at_once import _does, at_once, concerned, doing, two
from tests.desk import Desk
from tests.town import Person, Town


async def does(town: Town, who: Person, act: Any, *given: Any, **more: Any) -> None:
    """It is done, and committed."""
    free = asyncio.Event()
    free.set()
    await _does(town, doing(who, act, *given, **more), free)
    await town.quiet()


async def counted(desk: Desk, *reports: ServiceRequest) -> list[tuple[int, int]]:
    """How many people each says it concerns, and by how many rows."""
    return [((await desk.fresh(one)).people, await concerned(desk.town, one)) for one in reports]


async def takes_back(who: Person, made: ServiceRequest) -> None:
    """By its card."""
    await who.says(f"/myreports {made.service_request_id}")
    await who.taps("Take it back")
    await who.taps("Yes, take it back")


async def test_a_joined_report_is_taken_back_where_it_goes_on(town: Town) -> None:
    desk, bob, first, second = await two(town)
    await does(town, desk.alice, own_reports.add, first.id, "It smells.", ())
    await does(town, desk.ann, twins.merge, first.id, second.id)
    await does(town, desk.alice, own_reports.add, first.id, "It smells still.", ())
    assert await counted(desk, first, second) == [(1, 1), (2, 2)]
    await desk.alice.says(f"/myreports {first.service_request_id}")
    assert "[See the report that goes on]" in desk.alice.latest
    await desk.alice.taps("Take it back")
    shall = (
        f"Your report {first.service_request_id} was joined with report {second.service_request_id}. "
        "Shall I take it back, and your part in the other one?"
    )
    assert desk.alice.sees(shall)
    await desk.alice.taps("Yes, take it back")
    assert desk.alice.sees(
        f"You have taken it back. Report {second.service_request_id}, with which it was joined, goes on for the "
        "others, without you."
    )
    assert await counted(desk, first, second) == [(0, 0), (1, 1)]
    gone, stays = await desk.fresh(first), await desk.fresh(second)
    assert (gone.status, gone.resident_id, stays.status) == ("duplicate", None, "received")
    async with town.folkmoot.database.reading() as session:
        added = select(Happening.service_request_id).where(Happening.event == "added").order_by(Happening.id)
        assert (await session.scalars(added)).all() == [first.id, second.id], "as after “me too”, words stay"
    await desk.opens(desk.ann, second)
    await desk.ann.taps("Being looked into")
    assert "Being looked into" not in desk.alice.text
    assert "Being looked into" in bob.text
    await desk.alice.says("/myreports")
    assert desk.alice.sees("You have not reported anything yet.")
    await desk.alice.does_press(Withdraw(report=first.id, sure=1).pack())
    assert desk.alice.sees("This report is not one of yours.")


async def test_two_taps_at_once_take_it_back_once(town: Town) -> None:
    desk, _, first, second = await two(town)
    await does(town, desk.ann, twins.merge, first.id, second.id)
    press = Withdraw(report=first.id, sure=1).pack()
    await asyncio.gather(desk.alice.does_press(press), desk.alice.does_press(press))
    assert await counted(desk, first, second) == [(0, 0), (1, 1)]


async def test_what_concerns_nobody_else_ends(town: Town) -> None:
    desk, bob, first, second = await two(town)
    await does(town, desk.ann, twins.merge, first.id, second.id)
    await takes_back(bob, second)
    await takes_back(desk.alice, first)
    assert desk.alice.sees("Only those in charge still see it")
    assert (await desk.fresh(second)).status == "closed"
    assert await counted(desk, first, second) == [(0, 0), (0, 0)]
    assert all([(await desk.fresh(one)).confidential for one in (first, second)]), "no page shows it any more"


@pytest.mark.parametrize("which", ["the joined one", "the one that goes on", "the other joined one"])
async def test_of_several_that_were_joined_all_of_theirs_end(town: Town, which: str) -> None:
    desk, bob, first, second = await two(town)
    third = await desk.report("once more")
    await does(town, bob, reports.same, third.id)
    for one in (first, third):
        await does(town, desk.ann, twins.merge, one.id, second.id)
    assert await counted(desk, first, second, third) == [(1, 1), (2, 2), (2, 2)]
    of = {"the joined one": first, "the one that goes on": second, "the other joined one": third}[which]
    await takes_back(desk.alice, of)
    assert await counted(desk, first, second, third) == [(0, 0), (1, 1), (1, 1)]


async def test_nobody_comes_back_when_it_is_taken_apart(town: Town) -> None:
    desk, _, first, second = await two(town)
    dora = await town.member("Dora")
    await does(town, dora, reports.same, first.id)
    await does(town, desk.ann, twins.merge, first.id, second.id)
    await takes_back(desk.alice, first)
    await does(town, desk.ann, twins.split, first.id)
    assert await counted(desk, first, second) == [(1, 1), (1, 1)]
    assert "goes on by itself" not in desk.alice.latest
    await takes_back(dora, first)
    assert (await desk.fresh(first)).status == "closed"


async def test_what_everyone_took_back_is_not_taken_apart(town: Town) -> None:
    desk, _, first, second = await two(town)
    await does(town, desk.ann, twins.merge, first.id, second.id)
    await takes_back(desk.alice, first)
    with pytest.raises(Refused, match="nothing to take apart"):
        await does(town, desk.ann, twins.split, first.id)
    assert (await desk.fresh(first)).duplicate_of == second.id


async def test_what_has_ended_where_it_goes_on_is_not_taken_back_but_may_be_back(town: Town) -> None:
    desk, bob, first, second = await two(town)
    await does(town, desk.ann, twins.merge, first.id, second.id)
    await does(town, desk.ann, casework.move, second.id, "fixed")
    await desk.alice.says(f"/myreports {first.service_request_id}")
    assert "Take it back" not in desk.alice.latest
    assert "Add words or a photo" not in desk.alice.latest
    assert "[See the report it was joined with]" in desk.alice.latest
    await desk.alice.does_press(Withdraw(report=first.id, sure=0).pack())
    assert desk.alice.sees("This report has ended.")
    await bob.says(f"/myreports {first.service_request_id}")
    assert "It is back" not in bob.latest, "the first one is not his"
    assert await counted(desk, first, second) == [(1, 1), (2, 2)]
    await desk.alice.says(f"/myreports {first.service_request_id}")
    await desk.alice.taps("It is back")
    await desk.alice.says("It is full again.")
    assert ((await desk.fresh(second)).status, (await desk.fresh(second)).reopened) == ("confirmed", 1)
    await desk.alice.says(f"/myreports {first.service_request_id}")
    assert "[Take it back]" in desk.alice.latest


async def test_whoever_follows_what_was_joined_and_has_ended_can_only_follow_it_no_longer(town: Town) -> None:
    desk, _, first, second = await two(town)
    dora = await town.member("Dora")
    await does(town, dora, report_following.follow, first.id)
    await does(town, desk.ann, twins.merge, first.id, second.id)
    await does(town, desk.ann, casework.move, second.id, "fixed")
    await dora.says(f"/myreports {first.service_request_id}")
    assert "It is back" not in dora.latest
    await dora.taps("Follow it no longer")
    assert await counted(desk, first, second) == [(1, 1), (2, 2)]


async def test_others_cannot_take_it_back(town: Town) -> None:
    desk, bob, first, second = await two(town)
    await does(town, desk.ann, twins.merge, first.id, second.id)
    for sure in (0, 1):
        await bob.does_press(Withdraw(report=first.id, sure=sure).pack())
        assert bob.sees("This report is not one of yours.")
    await bob.says(f"/myreports {first.service_request_id}")
    assert "[See the report that goes on]" in bob.latest
    assert "Take it back" not in bob.latest
    assert await counted(desk, first, second) == [(1, 1), (2, 2)]


async def test_following_a_joined_report_ends_where_it_goes_on(town: Town) -> None:
    desk, _, first, second = await two(town)
    dora = await town.member("Dora")
    await does(town, dora, report_following.follow, first.id)
    await does(town, desk.ann, twins.merge, first.id, second.id)
    assert await counted(desk, first, second) == [(1, 2), (2, 3)]
    await dora.says(f"/myreports {first.service_request_id}")
    await dora.taps("Follow it no longer")
    assert await counted(desk, first, second) == [(1, 1), (2, 2)]
    await desk.alice.does_press(Follow(report=first.id, on=0).pack())
    assert await counted(desk, first, second) == [(1, 1), (2, 2)], "whoever has the problem stays"


@pytest.mark.parametrize("first_is", ["the joining", "the person"])
async def test_whoever_takes_it_back_while_it_is_joined_is_gone_from_both(town: Town, first_is: str) -> None:
    desk, _, first, second = await two(town)
    await does(town, await town.member("Dora"), reports.same, first.id)
    join, back = (
        doing(desk.ann, twins.merge, first.id, second.id),
        doing(desk.alice, own_reports.withdraw, first.id),
    )
    assert await at_once(town, *((join, back) if first_is == "the joining" else (back, join))) is None
    assert await counted(desk, first, second) == [(1, 1), (2, 2)]
    assert (await desk.fresh(first)).duplicate_of == second.id


@pytest.mark.parametrize("first_is", ["the joining", "the person"])
async def test_whoever_takes_it_back_while_it_is_joined_on_is_gone_from_all(
    town: Town, first_is: str
) -> None:
    desk, _, first, second = await two(town)
    third = await desk.report("third", by=await town.member("Cem"))
    await does(town, desk.ann, twins.merge, first.id, second.id)
    join, back = (
        doing(desk.ann, twins.merge, second.id, third.id),
        doing(desk.alice, own_reports.withdraw, first.id),
    )
    assert await at_once(town, *((join, back) if first_is == "the joining" else (back, join))) is None
    assert await counted(desk, first, second, third) == [(0, 0), (1, 1), (2, 2)]
    assert [(await desk.fresh(one)).duplicate_of for one in (first, second)] == [third.id, third.id]


@pytest.mark.parametrize("first_is", ["the taking apart", "the person"])
@pytest.mark.parametrize("which", ["the joined one", "the one that goes on"])
async def test_whoever_takes_it_back_while_it_is_taken_apart_is_gone_from_where_they_said(
    town: Town, first_is: str, which: str
) -> None:
    desk, _, first, second = await two(town)
    await does(town, await town.member("Dora"), reports.same, first.id)
    await does(town, desk.alice, reports.same, second.id)
    town.clock.now += timedelta(minutes=1)  # who came before it was joined stays when it is taken apart
    await does(town, desk.ann, twins.merge, first.id, second.id)
    assert await counted(desk, first, second) == [(2, 2), (3, 3)]
    apart = doing(desk.ann, twins.split, first.id)
    back = doing(desk.alice, own_reports.withdraw, (first if which == "the joined one" else second).id)
    came = await at_once(town, *((apart, back) if first_is == "the taking apart" else (back, apart)))
    assert came is None
    if first_is == "the person":
        assert await counted(desk, first, second) == [(1, 1), (1, 1)]
    elif which == "the joined one":
        assert await counted(desk, first, second) == [(1, 1), (2, 2)]
    else:
        assert await counted(desk, first, second) == [(2, 2), (1, 1)]
    assert (await desk.fresh(first)).duplicate_of is None


async def test_whoever_is_joined_by_two_ways_at_once_is_gone_from_all(town: Town) -> None:
    desk, _, first, second = await two(town)
    third = await desk.report("once more")
    await does(town, desk.ann, twins.merge, first.id, second.id)
    join = doing(desk.ben, twins.merge, third.id, second.id)
    back = doing(desk.alice, own_reports.withdraw, first.id)
    assert await at_once(town, join, back) is None
    assert await counted(desk, first, second, third) == [(0, 0), (1, 1), (0, 0)]
    async with town.folkmoot.database.reading() as session:
        assert len((await session.scalars(select(Concern))).all()) == 1
