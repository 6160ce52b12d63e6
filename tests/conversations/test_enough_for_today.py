"""What one person may do with reports in an hour and in a day: report, join, say that it is back; kindly put off."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import func, select

from bot.letters.reporting.report_presses import Back, Fixed, Same, Withdraw
from bot.message import Place
from bot.models import Concern, Resident, ServiceRequest
from bot.services.answering import casework
from bot.services.reporting import enough, own_reports
from tests.conversations.test_my_reports import by_the_officer
from tests.conversations.test_reporting import how_many
from tests.council import a_body, an_officer
from tests.plans import listening, looking, plan
from tests.reports import HERE, a_report, fresh
from tests.town import Person, Town

MANY_REPORTED = "You have reported a lot today, thank you."
MANY_JOINED = "You are counted for a lot of reports today, thank you."
MANY_BACK = "You have told us of a lot that is back today, thank you."


async def some(town: Town, number: int) -> list[ServiceRequest]:
    """Reports of others, far from each other."""
    return [
        await a_report(town, f"Bin {one}", at=Place(HERE.lat + one / 100, HERE.long)) for one in range(number)
    ]


async def reports_something(who: Person, number: int) -> None:
    """Each a kilometre further."""
    await who.says(f"/report The bin is full, {number}")
    await who.shares_place(HERE.lat + number / 100, HERE.long)
    await who.taps("Bins")
    await who.taps("Send")


async def ended(town: Town, number: int) -> list[ServiceRequest]:
    """Reports that Alice has joined and Bob the officer has fixed since."""
    await an_officer(town, "Bob", (await a_body(town)).waste)
    alice = await town.member("Alice")
    made = await some(town, number)
    for one in made:
        await alice.does_press(Same(report=one.id).pack())
        town.clock.pass_by(timedelta(minutes=10))
        await by_the_officer(town, casework.move, one.id, "fixed", words="Emptied.")
    return made


async def test_whoever_joins_reports_without_end_is_asked_kindly_to_wait(town: Town) -> None:
    await a_body(town)
    made = await some(town, 22)
    alice = await town.member("Alice")
    for one in made[:10]:
        await alice.does_press(Same(report=one.id).pack())
    assert not alice.sees(MANY_JOINED)
    await alice.does_press(Same(report=made[10].id).pack())
    assert alice.sees(MANY_JOINED)
    assert (await fresh(town, made[10])).people == 1
    town.clock.pass_by(timedelta(minutes=61))
    for one in made[10:20]:
        await alice.does_press(Same(report=one.id).pack())
    town.clock.pass_by(timedelta(minutes=61))
    await alice.does_press(Same(report=made[20].id).pack())
    assert (await fresh(town, made[20])).people == 1
    assert (await fresh(town, made[19])).people == 2
    town.clock.pass_by(timedelta(hours=23))
    await alice.does_press(Same(report=made[20].id).pack())
    assert (await fresh(town, made[20])).people == 2


async def test_a_second_tap_on_what_was_joined_needs_no_room_in_the_day(town: Town) -> None:
    await a_body(town)
    made = await some(town, 10)
    alice = await town.member("Alice")
    for one in made:
        await alice.does_press(Same(report=one.id).pack())
    await alice.does_press(Same(report=made[0].id).pack())
    assert alice.sees("You are counted for this one already")


async def test_joining_and_taking_back_in_turns_comes_to_an_end(town: Town) -> None:
    await a_body(town)
    (made,) = await some(town, 1)
    alice = await town.member("Alice")
    for _ in range(11):
        await alice.does_press(Same(report=made.id).pack())
        await alice.does_press(Withdraw(report=made.id, sure=1).pack())
    assert alice.sees(MANY_JOINED)


async def test_a_limit_is_met_in_the_talk_that_leads_to_a_report(town: Town) -> None:
    await a_body(town)
    made = await some(town, 11)
    alice = await town.member("Alice")
    for one in made[1:]:
        await alice.does_press(Same(report=one.id).pack())
    await alice.says("/report Full bin here")
    await alice.shares_place(HERE.lat, HERE.long)
    await alice.taps("Bins")
    await alice.taps("Yes, it is this one")
    assert alice.sees(MANY_JOINED)
    assert (await fresh(town, made[0])).people == 1


async def test_reports_that_were_taken_back_count_all_the_same(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    for number in range(7):
        await reports_something(alice, number)
        newest = await _newest(town)
        await alice.does_press(Withdraw(report=newest, sure=1).pack())
    assert alice.sees(MANY_REPORTED)
    assert await how_many(town) == 6


async def _newest(town: Town) -> int:
    async with town.folkmoot.database.reading() as session:
        return int(await session.scalar(select(func.max(ServiceRequest.id))) or 0)


async def test_whoever_says_without_end_that_it_is_back_is_asked_kindly_to_wait(town: Town) -> None:
    made = await ended(town, 7)
    alice = town.stranger("Alice")
    for one in made[:5]:
        await alice.does_press(Back(report=one.id).pack())
        await alice.says("Full again")
    assert not alice.sees(MANY_BACK)
    await alice.does_press(Back(report=made[5].id).pack())
    assert alice.sees(MANY_BACK)  # before anything is written
    assert (await fresh(town, made[5])).status == "fixed"
    town.clock.pass_by(timedelta(minutes=61))
    await alice.does_press(Back(report=made[5].id).pack())
    await alice.says("Full again")
    assert (await fresh(town, made[5])).status == "confirmed"


async def test_two_talks_at_once_do_not_get_more_of_a_day(town: Town) -> None:
    made = await ended(town, 6)
    alice = town.stranger("Alice")
    await alice.does_press(Back(report=made[5].id).pack())
    async with town.folkmoot.database.writing() as session:
        joined = (
            select(Resident).join(Concern, Concern.resident_id == Resident.id).where(Concern.why == "same")
        )
        by = (await session.scalars(joined)).unique().one()
        for one in made[:5]:
            await own_reports.again(session, one.id, "Full again", (), by=by, now=town.clock())
    await alice.says("Full again")
    assert alice.sees(MANY_BACK)
    assert (await fresh(town, made[5])).status == "fixed"


async def test_whoever_is_asked_whether_it_is_fixed_may_say_no_whatever_they_said_before(town: Town) -> None:
    made = await ended(town, 6)
    alice = town.stranger("Alice")
    await town.passes(days=29)
    for one in made[:5]:
        await alice.does_press(Back(report=one.id).pack())
        await alice.says("Full again")
    await alice.does_press(Back(report=made[5].id).pack())
    assert alice.sees(MANY_BACK)
    await alice.does_press(Fixed(report=made[5].id, answer="no").pack())
    assert (await fresh(town, made[5])).status == "confirmed"


async def test_what_somebody_did_in_a_day_is_found_by_an_index(town: Town) -> None:
    database = town.folkmoot.database
    alice = Resident(id=1, name="Alice", language="en", created_at=town.clock())
    for limit in (enough.REPORTED, enough.JOINED, enough.BACK):
        async with database.reading() as session:
            with listening(database) as asked:
                await enough.not_yet(session, limit, by=alice, now=town.clock())
        (one,) = (each for each in looking(asked) if "happenings" in each.statement)
        how = await plan(database, one.statement, one.given)
        assert "ix_happenings_resident_id" in how, how
        assert re.search(r"\bat ?>", how), how
        assert not re.search("Sort|TEMP B-TREE", how), how
