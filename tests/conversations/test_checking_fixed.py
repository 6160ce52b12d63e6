"""Is it fixed? Asked once, answered with one tap: yes confirms, the first no opens it again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.letters.reporting.report_presses import Fixed
from bot.message import Attached, Media
from bot.models import ServiceRequest
from bot.services.answering import casework, desk_routing, twins
from bot.services.following_up import checking_fixed
from bot.services.reporting import own_reports, reports
from tests.council import newest
from tests.council.days import Desk, a_desk, at_once, looks, mornings, named, reported, untouched
from tests.town import Town

QUESTION = "Is it?"
SILENCE = "We have heard nothing new of this report for a while. Is it fixed?"


async def fixed_and_four_weeks_later(town: Town) -> Desk:
    """Carol has the same problem, Bob says that it is fixed, and four weeks go by."""
    desk = await a_desk(town)
    await named(town, "Carol")
    await desk.does("Carol", reports.same, desk.number)
    await desk.does("Bob", casework.move, desk.number, "fixed", words="Emptied")
    await at_once(town, 29)
    return desk


async def test_those_who_have_the_problem_are_asked_once_four_weeks_after_it_was_fixed(town: Town) -> None:
    desk = await a_desk(town)
    carol = await named(town, "Carol")
    await desk.does("Carol", reports.same, desk.number)
    await desk.does("Bob", casework.move, desk.number, "fixed", words="Emptied")
    await at_once(town, 28)
    assert not desk.alice.sees(QUESTION)
    await at_once(town)
    assert desk.alice.sees("On Monday 23 November we heard that this is fixed. Is it?")
    await mornings(town, 5)
    assert desk.alice.text.count(QUESTION) == carol.text.count(QUESTION) == 1
    assert not desk.bob.sees(QUESTION)


async def test_nobody_is_asked_at_night(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.move, desk.number, "fixed", words="Emptied")
    town.clock.pass_by(timedelta(days=28, hours=11))
    await looks(town)
    assert not desk.alice.sees(QUESTION)
    town.clock.pass_by(timedelta(hours=12))
    await looks(town)
    assert desk.alice.sees(QUESTION)


async def test_yes_confirms_it_and_nothing_more_comes(town: Town) -> None:
    desk = await fixed_and_four_weeks_later(town)
    await desk.alice.taps("Yes, it is fixed")
    assert desk.alice.sees("Thank you. I have written down that it is fixed.")
    made = await desk.report()
    assert (made.status, made.found_fixed) == ("fixed", True)
    await mornings(town, 10)
    assert not desk.alice.sees(QUESTION)


async def test_no_opens_it_again_at_the_same_desk_with_a_photo_of_what_is_to_be_seen(town: Town) -> None:
    desk = await fixed_and_four_weeks_later(town)
    await desk.alice.taps("No")
    assert desk.alice.sees("Thank you. It is open again, at the same desk")
    made = await desk.report()
    assert (made.status, made.reopened, made.team_id) == ("confirmed", 1, desk.council.waste.id)
    assert desk.bob.sees("This report was opened again, because it is not fixed:")
    await desk.alice.does(Attached(Media("photo", {"paper": "p1"}), "Still full"))
    assert desk.alice.sees("Thank you. It is with the report now.")
    added = await desk.events("added")
    assert [one.words for one in added] == ["Still full"]
    await looks(town)
    assert await untouched(town) == []


async def test_whoever_says_no_and_goes_away_has_said_no(town: Town) -> None:
    desk = await fixed_and_four_weeks_later(town)
    await desk.alice.taps("No")
    await desk.alice.taps("Nothing to add")
    assert desk.alice.sees("Thank you.")
    assert (await desk.report()).reopened == 1
    assert await desk.events("added") == []


async def test_the_first_no_opens_it_and_each_yes_is_kept(town: Town) -> None:
    desk = await fixed_and_four_weeks_later(town)
    carol = town.stranger("Carol")
    await carol.taps("Yes, it is fixed")
    await desk.alice.taps("No")
    made = await desk.report()
    assert (made.status, made.found_fixed, made.reopened) == ("confirmed", False, 1)
    async with town.folkmoot.database.reading() as session:
        assert await checking_fixed.counts(session, made) == {"yes": 1, "no": 1, "unknown": 0}
    await carol.does_press(Fixed(report=desk.number, answer="no").pack())
    assert (await desk.report()).reopened == 1, "opened once"
    assert carol.sees("It stays open, and I go on asking those in charge.")


async def test_what_was_not_fixed_when_somebody_looked_stays_counted_as_that(town: Town) -> None:
    desk = await fixed_and_four_weeks_later(town)
    await desk.alice.taps("No")
    await desk.alice.taps("Nothing to add")
    await desk.does("Bob", casework.move, desk.number, "fixed", words="Emptied again")
    await at_once(town, 29)
    await desk.alice.taps("Yes, it is fixed")
    made = await desk.report()
    assert (made.status, made.found_fixed) == ("fixed", False)


async def test_a_no_of_what_is_open_still_counts_until_somebody_says_yes(town: Town) -> None:
    desk = await a_desk(town)
    carol = await named(town, "Carol")
    await desk.does("Carol", reports.same, desk.number)
    await desk.does("Bob", casework.answer, desk.number, "We come on Tuesday.")
    await mornings(town, 58)
    await desk.alice.taps("No")
    assert (await desk.report()).found_fixed is False
    await carol.taps("Yes, it is fixed")
    made = await desk.report()
    assert (made.status, made.found_fixed) == ("fixed", True)


async def test_a_yes_to_an_old_question_does_not_end_what_was_opened_again(town: Town) -> None:
    desk = await fixed_and_four_weeks_later(town)
    carol = town.stranger("Carol")
    await desk.alice.taps("No")
    await carol.does_press(Fixed(report=desk.number, answer="yes").pack())
    assert (await desk.report()).status == "confirmed"


async def test_a_double_tap_and_a_forged_button_change_nothing(town: Town) -> None:
    desk = await fixed_and_four_weeks_later(town)
    press = Fixed(report=desk.number, answer="yes").pack()
    await desk.alice.does_press(press)
    await desk.alice.does_press(press)
    assert len([one for one in await desk.events("checked") if one.details.get("answer")]) == 1
    mallory = await named(town, "Mallory")
    await mallory.does_press(Fixed(report=desk.number, answer="no").pack())
    assert mallory.sees("This report is not one of yours.")
    await desk.alice.does_press(Fixed(report=desk.number, answer="maybe").pack())
    assert desk.alice.sees("I do not know this button.")
    await desk.alice.does_press(Fixed(report=999, answer="no").pack())
    assert (await desk.report()).status == "fixed"


async def test_whoever_was_not_asked_cannot_end_a_report_with_the_button(town: Town) -> None:
    desk = await a_desk(town)
    await desk.alice.does_press(Fixed(report=desk.number, answer="yes").pack())
    assert desk.alice.sees("Nobody has asked this of you.")
    assert (await desk.report()).status == "received"


async def test_those_who_do_not_know_say_so_and_nothing_follows(town: Town) -> None:
    desk = await fixed_and_four_weeks_later(town)
    await desk.alice.taps("I do not know")
    made = await desk.report()
    assert (made.status, made.found_fixed) == ("fixed", None)


async def test_of_an_open_one_without_news_it_is_asked_and_a_yes_ends_it(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.answer, desk.number, "We come on Tuesday.")
    await mornings(town, 55)  # solved by 21 December, four weeks later is 18 January
    assert not desk.alice.sees(SILENCE)
    await mornings(town, 3)
    assert desk.alice.text.count(SILENCE) == 1
    await mornings(town, 40)
    assert desk.alice.text.count(SILENCE) == 1
    await desk.alice.taps("Yes, it is fixed")
    made = await desk.report()
    assert (made.status, made.found_fixed, made.check_at, made.review_at) == ("fixed", True, None, None)


async def test_news_puts_the_question_off(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.answer, desk.number, "We come on Tuesday.")
    await mornings(town, 50)
    await desk.does("Bob", casework.answer, desk.number, "It will be a little later.")
    await mornings(town, 20)
    assert not desk.alice.sees(SILENCE)
    await mornings(town, 10)
    assert desk.alice.text.count(SILENCE) == 1


async def test_whoever_took_the_report_back_is_not_asked(town: Town) -> None:
    desk = await a_desk(town)
    carol = await named(town, "Carol")
    await desk.does("Carol", reports.same, desk.number)
    await desk.does("Alice", own_reports.withdraw, desk.number)
    await desk.does("Bob", casework.move, desk.number, "fixed", words="Emptied")
    await at_once(town, 30)
    assert carol.sees(QUESTION)
    assert not desk.alice.sees(QUESTION)


async def test_a_no_after_half_a_year_is_another_problem(town: Town) -> None:
    desk = await fixed_and_four_weeks_later(town)
    town.clock.pass_by(timedelta(days=190))
    await desk.alice.taps("No")
    assert desk.alice.sees("That was a long time ago.")
    assert (await desk.report()).status == "fixed", "what ended stays ended"


@pytest.mark.parametrize("how", ["sent back and to another team", "joined and taken apart"])
async def test_it_is_asked_once_also_where_it_went_round_afterwards(town: Town, how: str) -> None:
    desk = await a_desk(town)
    await town.organiser()
    async with town.folkmoot.database.writing() as session:
        await newest(session, "Olga")
    for days in (60, 1):
        await at_once(town, days)
    assert desk.alice.text.count(SILENCE) == 1
    if how == "joined and taken apart":
        await named(town, "Carol")
        other = await reported(town, "Carol")
        await desk.does("Bob", twins.merge, desk.number, other)
        await desk.does("Bob", twins.split, desk.number)
    else:
        await desk.does("Bob", casework.send_back, desk.number, "Not ours")
        await desk.does("Olga", desk_routing.send_to, desk.number, desk.council.streets.id)
    for days in (30, 30, 30, 1):
        await at_once(town, days)
    assert desk.alice.text.count(SILENCE) == 1, "it says that it asks only once"
    assert (await desk.report()).resolved_at is None


async def test_an_answer_about_one_that_was_joined_meanwhile_says_how_it_stands_where_it_goes_on(
    town: Town,
) -> None:
    desk = await a_desk(town)
    await named(town, "Zoe")
    await mornings(town, 60)
    assert desk.alice.sees(SILENCE)
    asked = list(desk.alice.screen.messages)[-1]
    other = await reported(town, "Zoe", "Another bin")
    await desk.does("Bob", twins.merge, desk.number, other)
    await desk.alice.presses(Fixed(report=desk.number, answer="yes").pack(), on=asked)
    assert desk.alice.sees("Thank you. I have written that down."), "nothing is fixed by it"
    await desk.alice.presses(Fixed(report=desk.number, answer="no").pack(), on=asked)
    assert desk.alice.sees("Thank you. It stays open, and I go on asking those in charge.")


async def test_of_what_nobody_is_in_charge_of_it_is_asked_once_too(town: Town) -> None:
    desk = await a_desk(town)
    await town.organiser()
    async with town.folkmoot.database.writing() as session:
        await newest(session, "Olga")
    number = await reported(town, "Alice", "Another one", service=None)
    await at_once(town, 28)
    assert not desk.alice.sees(SILENCE)
    await at_once(town)
    assert desk.alice.text.count(SILENCE) == 1
    await desk.does("Olga", desk_routing.send_to, number, desk.council.waste.id)
    async with town.folkmoot.database.reading() as session:
        made = await session.get_one(ServiceRequest, number)
    assert made.expected_datetime is not None
    assert made.check_at is None, "it was asked already"


async def test_what_was_asked_once_is_not_asked_again_when_a_promise_comes_with_another(town: Town) -> None:
    desk = await a_desk(town)
    number = await reported(town, "Alice", "Another one", service=None)
    await at_once(town, 29)
    await at_once(town)
    assert desk.alice.text.count(SILENCE) == 1
    await desk.does("Bob", twins.merge, desk.number, number)
    async with town.folkmoot.database.reading() as session:
        made = await session.get_one(ServiceRequest, number)
    assert made.expected_datetime is not None
    assert made.check_at is None, "it was asked already"


async def test_nobody_is_asked_before_the_day_that_is_set_for_the_work(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.move, desk.number, "action_scheduled", day=date(2027, 2, 1))
    await at_once(town, 68)
    assert not desk.alice.sees(SILENCE)
    await at_once(town, 32)
    assert desk.alice.text.count(SILENCE) == 1
