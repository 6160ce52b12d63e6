"""Organisers are reminded of what they owe: kindly, by day, each time once, and until it is settled."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.message import Blocked
from bot.models import Membership
from tests.promises import PROMISED, TELL, an_answered_poll, answers, at, promised, reminds
from tests.town import Town


async def test_a_missing_outcome_is_reminded_of_after_7_14_and_28_days_each_once_and_then_no_more(
    town: Town,
) -> None:
    olga = await town.organiser()
    await an_answered_poll(town, olga)
    reminded = []
    for day in range(1, 45):
        before = olga.text.count(TELL)
        town.clock.pass_by(timedelta(days=1))
        await reminds(town)
        await reminds(town)
        if olga.text.count(TELL) > before:
            reminded.append((day, olga.text.count(TELL) - before))
    assert reminded == [(7, 1), (14, 1), (28, 1)]


async def test_the_reminder_says_since_when_people_wait_and_leads_on(town: Town) -> None:
    olga = await town.organiser()
    (alice,) = await an_answered_poll(town, olga)
    await at(town, 2026, 12, 24, 12)
    assert "No outcome yet, promised for 10 December 2026. That was 14 days ago." in olga.latest
    await answers(olga, "It stays.", "the council")
    assert "It stays." in alice.latest
    await at(town, 2027, 1, 2, 12)
    assert not olga.sees(TELL)  # the one there was has become the answer


async def test_nobody_is_reminded_at_night_where_they_live(town: Town) -> None:
    olga = await town.organiser()
    await an_answered_poll(town, olga)  # closed at ten in the morning
    await at(town, 2026, 12, 3, 18, 30)
    await at(town, 2026, 12, 4, 8, 59)
    assert not olga.sees(TELL)
    await at(town, 2026, 12, 4, 9)
    assert olga.sees(TELL)


async def test_nobody_is_reminded_of_a_question_that_nobody_answered(town: Town) -> None:
    olga = await town.organiser()
    await town.poll("Keep the market?", "Yes", "No", by=olga)
    await town.passes(days=3)
    await town.passes(days=8)
    assert not olga.sees(TELL)


async def test_a_reminder_that_was_missed_is_up_to_a_week_late_and_never_comes_with_another(
    town: Town,
) -> None:
    olga = await town.organiser()
    await an_answered_poll(town, olga)
    await at(town, 2026, 12, 15, 12)  # we were down on the 7th and the 14th day
    assert olga.text.count(TELL) == 1
    await at(town, 2027, 1, 7, 12)  # and more than a week after the 28th
    assert olga.text.count(TELL) == 1


async def test_when_the_day_has_passed_the_organiser_is_asked_at_once_and_after_7_14_and_28_days(
    town: Town,
) -> None:
    olga = await town.organiser()
    await promised(town, olga)
    asked = []
    for day in range(-3, 44):  # after 30 November
        before = olga.text.count(PROMISED)
        town.clock.pass_by(timedelta(days=1))
        await reminds(town)
        if olga.text.count(PROMISED) > before:
            asked.append(day)
    assert asked == [6, 13, 20, 34]
    assert "Promised for 5 December 2026. That was 29 days ago." in olga.latest


async def test_when_whoever_asked_has_gone_all_organisers_are_reminded(town: Town) -> None:
    olga = await town.organiser()
    await an_answered_poll(town, olga)
    otto, oda = await town.organiser("Otto"), await town.organiser("Oda")
    async with town.folkmoot.database.writing() as session:
        asked_by = (await town.newest_poll()).asked_by
        belongs = (await session.scalars(select(Membership).where(Membership.resident_id == asked_by))).one()
        belongs.role = "resident"
    await town.passes(days=8)
    assert otto.sees(TELL)
    assert oda.sees(TELL)
    assert not olga.sees(TELL)


async def test_when_whoever_asked_cannot_be_reached_the_others_are_reminded(town: Town) -> None:
    olga = await town.organiser()
    await an_answered_poll(town, olga)
    otto = await town.organiser("Otto")
    await olga.does(Blocked())
    await town.passes(days=8)
    assert otto.sees(TELL)
