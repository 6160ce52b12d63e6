"""Residents are never told a day that is over as if it were to come: they hear that it has passed, and what is next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.models import Body, ServiceRequest
from bot.services.answering import casework, twins
from tests.council.days import mornings
from tests.desk import Desk, a_desk, another_team, resident
from tests.town import Person, Town

ANSWER_LATE = "You should have had an answer by now; the day for it has passed."
SOLVED_LATE = "The day by which it should be solved has passed."
WE_ASK = "We keep asking those in charge, and then those above them."
ORGANISERS = "The organisers are finding out who is in charge. You hear when they know."


async def hands_over(desk: Desk, made: ServiceRequest) -> None:
    """Ann gives it to Streets."""
    await desk.opens(desk.ann, made)
    await desk.ann.taps("Hand over")
    await desk.ann.taps("North District …")
    await desk.ann.taps("Streets")
    await desk.ann.says("It is theirs.")


async def sends_back(desk: Desk, made: ServiceRequest) -> None:
    """Ann has the organisers find out whose it is."""
    await desk.opens(desk.ann, made)
    await desk.ann.taps("More …")
    await desk.ann.taps("Not my team's")
    await desk.ann.says("Not ours.")


def the_news(person: Person, head: str) -> str:
    """The newest letter that begins so."""
    return [str(one.text.striptags()) for one in person.screen.messages.values() if head in one.text][-1]


async def test_what_is_handed_over_in_time_is_promised_as_before(town: Town) -> None:
    desk = await a_desk(town)
    await another_team(town, desk.council)
    made = await desk.report()
    await hands_over(desk, made)
    news = the_news(desk.alice, "This report was handed over")
    assert "You get an answer by Monday 30 November. It should be solved by" in news
    assert "passed" not in news


async def test_whoever_hears_of_it_after_the_day_for_an_answer_hears_that_it_has_passed(town: Town) -> None:
    desk = await a_desk(town)
    await another_team(town, desk.council)
    made = await desk.report()
    await town.passes(days=10)
    await hands_over(desk, made)
    news = the_news(desk.alice, "This report was handed over")
    solved = "It should be solved by Monday 21 December."
    assert " ".join((ANSWER_LATE, solved, WE_ASK)) in news
    assert "30 November" not in news
    await desk.alice.says(f"/myreports {made.service_request_id}")
    assert " ".join((ANSWER_LATE, solved, WE_ASK)) in desk.alice.latest


async def test_of_what_nobody_is_in_charge_of_the_organisers_are_what_comes_next(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await town.passes(days=40)
    await sends_back(desk, made)
    news = the_news(desk.alice, "says it is not theirs")
    assert " ".join((ANSWER_LATE, SOLVED_LATE, ORGANISERS)) in news
    assert "November" not in news
    assert "December" not in news


async def test_once_answered_only_the_solving_is_late(town: Town) -> None:
    desk = await a_desk(town)
    await another_team(town, desk.council)
    made = await desk.report()
    await desk.opens(desk.ann, made)
    await desk.ann.taps("Being looked into")
    await town.passes(days=40)
    await hands_over(desk, made)
    news = the_news(desk.alice, "This report was handed over")
    assert f"{SOLVED_LATE} {WE_ASK}" in news
    assert "should have had" not in news


async def test_news_that_waits_an_hour_tells_of_no_day_that_is_over_when_it_comes(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    async with town.folkmoot.database.writing() as session:
        its = await session.get_one(ServiceRequest, made.id)
        its.expected_datetime = town.clock() + timedelta(minutes=30)
    await desk.opens(desk.ann, made)
    await desk.ann.taps("Being looked into")
    assert "It should be solved by" in desk.alice.latest
    await desk.ann.taps("Answer")
    await desk.ann.says("We come soon.")
    await desk.ann.taps("Send")
    assert "We come soon." not in desk.alice.text
    await town.passes(hours=1, minutes=1)
    news = the_news(desk.alice, "We come soon.")
    assert f"{SOLVED_LATE} {WE_ASK}" in news
    assert "It should be solved by" not in news


async def test_whoever_looks_at_a_late_report_reads_when_we_ask_again_and_then_we_do(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await town.passes(days=40)
    await desk.alice.says(f"/myreports {made.service_request_id}")
    assert f"{WE_ASK} We ask again on Monday 4 January." in desk.alice.latest
    town.clock.now = datetime(2027, 1, 3, 9, tzinfo=UTC)
    await town.tick()
    assert "asked again" not in desk.alice.text
    town.clock.now = datetime(2027, 1, 4, 9, tzinfo=UTC)
    await town.tick()
    assert "asked again" in desk.alice.text


async def test_while_the_reporter_is_asked_no_day_is_told_for_it_moves(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.opens(desk.ann, made)
    await desk.ann.taps("Ask back")
    await desk.ann.says("Which bin?")
    await desk.alice.says(f"/myreports {made.service_request_id}")
    assert "The days stand still while whoever reported it is asked something." in desk.alice.latest
    assert "It should be solved by" not in desk.alice.latest


async def test_a_day_for_the_work_that_is_over_is_told_to_those_in_charge_only(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    async with town.folkmoot.database.writing() as session:
        its = await session.get_one(ServiceRequest, made.id)
        its.status, its.planned_for = "planned", date(2026, 11, 24)
    await desk.alice.says("/myreports")
    assert "24 November" in desk.alice.latest
    await town.passes(days=2)
    for words in ("/myreports", f"/myreports {made.service_request_id}"):
        await desk.alice.says(words)
        assert "Planned. The day for it has passed." in desk.alice.latest
    await desk.opens(desk.ann, made)
    assert "24 November" in desk.ann.latest


@pytest.mark.parametrize("days", [0, 10])
async def test_the_letter_to_the_new_team_says_was_when_it_was(town: Town, days: int) -> None:
    desk = await a_desk(town)
    _, cara = await another_team(town, desk.council)
    made = await desk.report()
    await town.passes(days=days)
    await hands_over(desk, made)
    said = "was" if days else "is"
    assert f"An answer {said} promised by Monday 30 November." in cara.text


async def test_the_day_after_a_day_of_work_whoever_has_it_is_asked_how_it_went_each_time(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    asked = "The work was to be done by {}. Please tell everyone how it went, or set another day."
    for number, before in ((1, 7), (8, 5)):
        day = f"Tuesday {number} December"
        who = await resident(town, desk.ann)
        async with town.folkmoot.database.writing() as session:
            by = await session.get_one(type(who), who.id)
            when = date(2026, 12, number)
            await casework.move(session, made.id, "action_scheduled", by=by, now=town.clock(), day=when)
        await mornings(town, before)
        assert not desk.ann.sees(asked.format(day))
        await mornings(town, 2)
        assert desk.ann.text.count(asked.format(day)) == 1
        assert not desk.ben.sees("Please tell everyone how it went")
    assert "asked again" not in desk.alice.text


async def test_days_that_stood_still_end_on_a_working_day(town: Town) -> None:
    desk = await a_desk(town)
    async with town.folkmoot.database.writing() as session:
        (await session.get_one(Body, desk.council.body.id)).calendar = "GB-ENG"
    made = await desk.report()
    await desk.opens(desk.ann, made)
    await desk.ann.taps("Ask back")
    await desk.ann.says("Which side of the road?")
    await town.passes(days=4, hours=9)  # would be the night to the 26th of December
    await desk.alice.taps("Answer the question")
    await desk.alice.says("The left one.")
    assert (await desk.fresh(made)).expected_datetime == datetime(2026, 12, 29, 17, tzinfo=UTC)


async def test_what_was_promised_with_the_one_that_is_joined_is_promised_with_the_one_that_goes_on(
    town: Town,
) -> None:
    desk = await a_desk(town)
    first = await desk.report("first")
    await town.passes(days=4)
    second, nobodys = await desk.report("second"), await desk.report("third", kind=None)
    for number, other in ((first, second), (second, nobodys)):
        who = await resident(town, desk.ann)
        async with town.folkmoot.database.writing() as session:
            by = await session.get_one(type(who), who.id)
            await twins.merge(session, number.id, other.id, by=by, now=town.clock())
        now = await desk.fresh(other)
        for name in ("acknowledge_by", "answer_by", "expected_datetime", "check_at"):
            assert getattr(now, name) == getattr(first, name), name
    await town.quiet()
    day = "It should be solved by Monday 21 December."
    assert day in desk.alice.latest
    await desk.alice.says(f"/myreports {nobodys.service_request_id}")
    assert day in desk.alice.latest
