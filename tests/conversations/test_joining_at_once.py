"""Two reports are joined at the same moment as something else happens to one of them: one comes second, and nobody and
no word is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.models import Concern, Happening, Resident, ServiceRequest
from bot.services.answering import casework, twins
from bot.services.following_up import checking_fixed
from bot.services.reporting import own_reports, report_following, reports
from tests.council import days
from tests.desk import Desk, a_desk, resident
from tests.town import Person, Town

Act = Callable[..., Awaitable[Any]]
Doing = tuple[Person, Act, tuple[Any, ...], dict[str, Any]]


def doing(person: Person, act: Act, *given: Any, **more: Any) -> Doing:
    """What somebody does in a transaction of their own."""
    return person, act, given, more


async def _does(town: Town, it: Doing, go: asyncio.Event) -> None:
    person, act, given, more = it
    who = await resident(town, person)
    async with town.folkmoot.database.writing() as session:
        by = await session.get_one(Resident, who.id)
        await act(session, *given, by=by, now=town.clock(), **more)
        await go.wait()


async def at_once(town: Town, first: Doing, second: Doing) -> BaseException | None:
    """The first is done and not committed yet when the second begins; returns what became of the second."""
    go, free = asyncio.Event(), asyncio.Event()
    free.set()
    ahead = asyncio.create_task(_does(town, first, go))
    await asyncio.sleep(0.3)
    behind = asyncio.create_task(_does(town, second, free))
    await asyncio.sleep(0.3)
    assert not behind.done()
    go.set()
    _, came = await asyncio.gather(ahead, behind, return_exceptions=True)
    assert ahead.exception() is None
    await town.quiet()
    return came


async def wants_the_end(session: AsyncSession, number: int, *, by: Resident, now: datetime) -> None:
    """Hear no more than how it ends."""
    await own_reports.want(session, number, "end", by=by, now=now)


async def two(town: Town) -> tuple[Desk, Person, ServiceRequest, ServiceRequest]:
    """Alice's report and Bob's of the same bin."""
    desk = await a_desk(town)
    bob = await town.member("Bob")
    return desk, bob, await desk.report("first"), await desk.report("second", by=bob)


async def concerned(town: Town, made: ServiceRequest) -> int:
    """How many people it concerns, by their rows."""
    async with town.folkmoot.database.reading() as session:
        rows = select(func.count()).select_from(Concern).where(Concern.service_request_id == made.id)
        return int(await session.scalar(rows) or 0)


async def test_two_who_join_them_crosswise_join_them_once(town: Town) -> None:
    desk, bob, first, second = await two(town)
    came = await at_once(
        town,
        doing(desk.ann, twins.merge, first.id, second.id),
        doing(desk.ben, twins.merge, second.id, first.id),
    )
    assert isinstance(came, Refused)
    gone, stays = await desk.fresh(first), await desk.fresh(second)
    assert (gone.duplicate_of, stays.duplicate_of) == (second.id, None)
    assert (stays.people, await concerned(town, second)) == (2, 2)
    assert desk.alice.text.count("was joined with another one") == 1
    assert "was joined with another one" not in bob.text


async def test_two_who_join_crosswise_in_one_batch_join_once(town: Town) -> None:
    desk, _, first, second = await two(town)
    for officer, made, other in ((desk.ann, first, second), (desk.ben, second, first)):
        await desk.opens(officer, made)
        await officer.taps("More …")
        await officer.taps("Join with another")
        await officer.says(other.service_request_id)
    await asyncio.gather(desk.ann.taps("Join them"), desk.ben.taps("Join them"))
    twinned = [(await desk.fresh(one)).duplicate_of for one in (first, second)]
    assert sorted(twinned, key=bool) in ([None, first.id], [None, second.id])
    told = [one.text.count("was joined with another one") for one in (desk.alice, town.stranger("Bob"))]
    assert sorted(told) == [0, 1]


@pytest.mark.parametrize("order", ["down", "up"])
async def test_a_chain_that_is_joined_at_once_ends_at_one(town: Town, order: str) -> None:
    desk, _, first, second = await two(town)
    third = await desk.report("third", by=await town.member("Cem"))
    links = [
        doing(desk.ann, twins.merge, first.id, second.id),
        doing(desk.ben, twins.merge, second.id, third.id),
    ]
    came = await at_once(town, *(links if order == "down" else reversed(links)))
    after = [(await desk.fresh(one)).duplicate_of for one in (first, second, third)]
    if order == "down":
        assert came is None
        assert after == [third.id, third.id, None]
        assert (await desk.fresh(third)).people == 3
    else:
        assert isinstance(came, Refused)
        assert after == [None, third.id, None]


@pytest.mark.parametrize("first_is", ["the joining", "the person"])
@pytest.mark.parametrize("act", [report_following.follow, reports.same])
async def test_whoever_comes_to_it_while_it_is_joined_goes_along(town: Town, first_is: str, act: Act) -> None:
    desk, _, first, second = await two(town)
    dora = await town.member("Dora")
    join, comes = doing(desk.ann, twins.merge, first.id, second.id), doing(dora, act, first.id)
    came = await at_once(town, *((join, comes) if first_is == "the joining" else (comes, join)))
    assert came is None
    now = await desk.fresh(second)
    assert now.people == (3 if act is reports.same else 2)
    assert await concerned(town, second) == 3
    await desk.opens(desk.ann, second)
    await desk.ann.taps("Being looked into")
    assert dora.text.count("Being looked into") == 1
    assert dora.text.count("was joined with another one") == (first_is == "the person")


@pytest.mark.parametrize("first_is", ["the joining", "the words"])
async def test_what_is_added_while_it_is_joined_stands_with_the_one_that_goes_on(
    town: Town, first_is: str
) -> None:
    desk, _, first, second = await two(town)
    join = doing(desk.ann, twins.merge, first.id, second.id)
    adds = doing(desk.alice, own_reports.add, first.id, "It smells.", ())
    came = await at_once(town, *((join, adds) if first_is == "the joining" else (adds, join)))
    assert came is None
    async with town.folkmoot.database.reading() as session:
        where = await session.scalar(
            select(Happening.service_request_id).where(Happening.words == "It smells.")
        )
    assert where == (second.id if first_is == "the joining" else first.id)


async def test_what_somebody_wants_to_hear_holds_where_it_goes_on(town: Town) -> None:
    desk, _, first, second = await two(town)
    join = doing(desk.ann, twins.merge, first.id, second.id)
    assert await at_once(town, join, doing(desk.alice, wants_the_end, first.id)) is None
    await desk.opens(desk.ann, second)
    await desk.ann.taps("Being looked into")
    assert "Being looked into" not in desk.alice.text


@pytest.mark.parametrize("which", ["the one that goes", "the one that stays"])
@pytest.mark.parametrize("first_is", ["the joining", "the closing"])
async def test_of_joining_and_closing_at_once_the_second_finds_out(
    town: Town, first_is: str, which: str
) -> None:
    desk, _, first, second = await two(town)
    goes = which == "the one that goes"
    join = doing(desk.ann, twins.merge, first.id, second.id)
    shut = doing(desk.ben, casework.move, (first if goes else second).id, "unable_to_fix", words="No room.")
    came = await at_once(town, *((join, shut) if first_is == "the joining" else (shut, join)))
    gone, stays = await desk.fresh(first), await desk.fresh(second)
    if first_is == "the joining":
        assert (came is None) == (not goes)
        assert (gone.status, stays.status) == ("duplicate", "confirmed" if goes else "unable_to_fix") or (
            gone.status,
            stays.status,
        ) == ("duplicate", "received")
        assert desk.alice.text.count("No room.") == (not goes)
    else:
        assert isinstance(came, Refused)
        assert [gone.duplicate_of, stays.duplicate_of] == [None, None]
        assert desk.alice.text.count("No room.") == goes
    assert desk.alice.text.count("was joined with another one") == (first_is == "the joining")


async def test_whoever_takes_theirs_back_while_it_is_joined_is_not_counted_twice(town: Town) -> None:
    desk, _, first, second = await two(town)
    back = doing(desk.alice, own_reports.withdraw, first.id)
    came = await at_once(town, back, doing(desk.ann, twins.merge, first.id, second.id))
    assert isinstance(came, Refused)
    assert ((await desk.fresh(second)).people, await concerned(town, second)) == (1, 1)


async def test_nobody_waits_in_a_ring_when_one_is_joined_on_and_another_taken_apart(town: Town) -> None:
    desk, _, first, second = await two(town)
    third = await desk.report("third", by=await town.member("Cem"))
    free, held = asyncio.Event(), asyncio.Event()
    free.set()
    await _does(town, doing(desk.ann, twins.merge, first.id, second.id), free)
    held_up = asyncio.create_task(_does(town, doing(desk.ann, casework.note, third.id, "A look."), held))
    await asyncio.sleep(0.3)
    further = asyncio.create_task(_does(town, doing(desk.ann, twins.merge, second.id, third.id), free))
    await asyncio.sleep(0.3)
    apart = asyncio.create_task(_does(town, doing(desk.ben, twins.split, first.id), free))
    await asyncio.sleep(0.3)
    held.set()
    await asyncio.gather(held_up, further, apart)
    await town.quiet()
    after = [(await desk.fresh(one)).duplicate_of for one in (first, second, third)]
    assert after == [None, third.id, None]
    assert (await desk.fresh(third)).people == await concerned(town, third) == 2


async def test_nobody_waits_in_a_ring_when_theirs_is_joined_to_an_earlier_one_just_then(town: Town) -> None:
    desk, _, first, second = await two(town)
    dora = await town.member("Dora")
    free, held = asyncio.Event(), asyncio.Event()
    free.set()
    rest = []
    for it, go in (
        (doing(desk.ann, casework.note, second.id, "A look."), held),
        (doing(desk.ann, twins.merge, second.id, first.id), free),
        (doing(dora, reports.same, second.id), free),
        (doing(desk.ben, twins.merge, first.id, second.id), free),
    ):
        rest.append(asyncio.create_task(_does(town, it, go)))
        await asyncio.sleep(0.3)
    held.set()
    noted, joined, comes, crosswise = await asyncio.gather(*rest, return_exceptions=True)
    assert (noted, joined, comes) == (None, None, None)
    assert isinstance(crosswise, Refused)
    await town.quiet()
    assert [(await desk.fresh(one)).duplicate_of for one in (first, second)] == [None, first.id]
    assert (await desk.fresh(first)).people == await concerned(town, first) == 3


async def test_nobody_waits_in_a_ring_when_it_is_not_fixed_where_it_goes_on(town: Town) -> None:
    desk, bob, first, second = await two(town)
    await days.at_once(town, 60)
    free, held = asyncio.Event(), asyncio.Event()
    free.set()
    await _does(town, doing(desk.ann, twins.merge, second.id, first.id), free)
    await _does(town, doing(desk.ann, casework.move, first.id, "fixed"), free)
    rest = []
    for it, go in (
        (doing(desk.ann, casework.note, first.id, "A look."), held),
        (doing(desk.ben, twins.split, second.id), free),
        (doing(bob, checking_fixed.answer, second.id, "no"), free),
    ):
        rest.append(asyncio.create_task(_does(town, it, go)))
        await asyncio.sleep(0.3)
    held.set()
    assert await asyncio.gather(*rest, return_exceptions=True) == [None, None, None]
    await town.quiet()
    assert (await desk.fresh(second)).duplicate_of is None


async def test_whoever_chose_what_to_hear_keeps_that_when_it_is_joined_on(town: Town) -> None:
    desk, _, first, second = await two(town)
    third = await desk.report("third", by=await town.member("Cem"))
    free = asyncio.Event()
    free.set()
    await _does(town, doing(desk.ann, twins.merge, first.id, second.id), free)
    await _does(town, doing(desk.alice, wants_the_end, first.id), free)
    await _does(town, doing(desk.ann, twins.merge, second.id, third.id), free)
    await town.quiet()
    assert [await concerned(town, one) for one in (first, second, third)] == [1, 1, 3]
    await desk.opens(desk.ann, third)
    await desk.ann.taps("Being looked into")
    assert "Being looked into" not in desk.alice.text
    await _does(town, doing(desk.ann, twins.split, first.id), free)
    await town.quiet()
    assert [(await desk.fresh(one)).people for one in (first, second, third)] == [1, 1, 2]
