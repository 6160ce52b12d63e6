"""What was promised with a report and is late: who is reminded, who is asked again, and that nobody is forgotten."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, func, select, update

from bot.models import Address, Envelope, Nudge, Officer, Resident, ServiceRequest
from bot.services.answering import casework
from bot.services.reporting import own_reports, reports
from tests.council import a_director, an_officer
from tests.council.days import a_desk, at_once, looks, mornings, named, reported, untouched
from tests.town import Person, Town

SEEN = "Somebody should have looked at it by Tuesday 24 November."
ANSWER = "An answer was promised by Monday 30 November."
SOLVED = "It should have been solved by Monday 21 December."
AHEAD = "An answer is promised by Monday 30 November."


def how_often(person: Person, words: str) -> int:
    """How often somebody was told that, but for when the report came."""
    shown = [str(one.text) for one in person.screen.messages.values()]
    return sum(one.count(words) for one in shown if "A new report for your team:" not in one)


async def test_the_resident_is_told_the_targets_and_the_team_hears_the_day_after(town: Town) -> None:
    desk = await a_desk(town)
    await mornings(town)
    assert not desk.bob.sees(SEEN)
    await mornings(town)
    assert desk.bob.sees("These reports wait for you or your team:")
    assert how_often(desk.bob, SEEN) == how_often(desk.lena, SEEN) == 1
    assert not desk.dora.sees(SEEN)
    assert not desk.alice.sees("asked again"), "a reminder is nothing that residents have to hear"
    assert [one.public for one in await desk.events("reminded")] == [False]


async def test_whoever_has_taken_it_is_reminded_alone_before_the_answer_is_due(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.take, desk.number)
    await mornings(town, 4)
    assert how_often(desk.bob, AHEAD) == 1
    assert how_often(desk.lena, AHEAD) == 0


async def test_the_lead_and_then_the_director_and_the_councillor_are_asked_and_all_can_see_that(
    town: Town,
) -> None:
    desk = await a_desk(town)
    connie = await a_director(town, "Connie", desk.council, "councillor")
    await desk.does("Bob", casework.take, desk.number)
    await mornings(town, 10)  # until Thursday, three working days after the answer was due
    assert how_often(desk.lena, ANSWER) == 1
    assert desk.lena.sees("These reports of your team are late.")
    assert not desk.dora.sees(ANSWER)
    assert desk.alice.sees("Asked again, because no answer came in time.")
    await mornings(town, 6)  # until Wednesday, the seventh
    assert how_often(desk.dora, ANSWER) == how_often(connie, ANSWER) == 1
    assert desk.dora.sees("You are asked because you speak for North District:")
    public = [(one.details["clock"], one.details["whom"]) for one in await desk.events("asked_again")]
    assert public == [("answer", "lead"), ("answer", "above")]
    await desk.alice.says("/myreports")
    await desk.alice.taps("Bins")
    assert desk.alice.sees("Thursday 3 December: Asked again, because no answer came in time.")


async def test_an_answer_ends_the_ladder_of_answers(town: Town) -> None:
    desk = await a_desk(town)
    await mornings(town, 3)
    await desk.does("Bob", casework.answer, desk.number, "We come on Tuesday.")
    await mornings(town, 14)
    assert not desk.bob.sees(ANSWER)
    assert await desk.events("asked_again") == []


async def test_what_is_never_solved_is_asked_again_for_as_long_as_it_lasts(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.answer, desk.number, "We come on Tuesday.")
    await mornings(town, 120)
    assert [one.details["step"] for one in await desk.events("asked_again")] == [2, 3, 4, 5]
    assert await untouched(town) == []


async def test_after_a_week_in_which_we_were_down_only_the_highest_rung_is_climbed(town: Town) -> None:
    desk = await a_desk(town)
    await mornings(town, 2)
    before = len(desk.lena.screen.messages)
    await at_once(town, days=15)  # an answer was due on Monday: reminder before, after, lead, director
    assert len(desk.lena.screen.messages) == before + 1, "the lead hears of the acknowledgement only, once"
    assert how_often(desk.dora, ANSWER) == 1
    assert len(await desk.events("asked_again")) == 1
    async with town.folkmoot.database.reading() as session:
        passed = {(clock, step) for clock, step in await session.execute(select(Nudge.clock, Nudge.step))}
    assert {("answer", 0), ("answer", 1), ("answer", 2), ("answer", 3)} <= passed
    await mornings(town, 5)
    assert how_often(desk.dora, ANSWER) == 1


async def test_where_nobody_fills_a_post_the_next_one_gets_it_and_at_last_the_organisers(town: Town) -> None:
    olga = await town.organiser()
    desk = await a_desk(town)
    async with town.folkmoot.database.writing() as session:
        await session.execute(delete(Officer).where(Officer.post == "lead"))
    await mornings(town, 4)
    assert how_often(desk.dora, SEEN) == 1, "there is no lead, so the director is asked"
    async with town.folkmoot.database.writing() as session:
        await session.execute(delete(Officer))
    await mornings(town, 5)
    assert olga.sees("These reports are late, and nobody else can be reached who is in charge.")
    assert olga.sees(AHEAD) or olga.sees(ANSWER)
    assert await untouched(town) == []


async def test_whoever_has_blocked_us_fills_no_post(town: Town) -> None:
    desk = await a_desk(town)
    async with town.folkmoot.database.writing() as session:
        await session.execute(update(Address).where(Address.chat == "Lena").values(closed_at=town.clock()))
    await mornings(town, 4)
    assert how_often(desk.dora, SEEN) == 1


async def test_many_reports_make_one_message_a_day(town: Town) -> None:
    desk = await a_desk(town)
    for number in range(29):
        if number % 5 == 0:
            await named(town, f"R{number // 5}")
        await reported(town, f"R{number // 5}", f"Bin number {number}")
    before = len(desk.bob.screen.messages)
    await mornings(town, 2)
    assert len(desk.bob.screen.messages) == before + 1
    assert desk.bob.latest.count("Somebody should have looked at it") == 10
    assert "And 20 more." in desk.bob.latest


async def test_nobody_in_charge_is_reminded_at_night_or_on_a_sunday(town: Town) -> None:
    desk = await a_desk(town)
    before = len(desk.bob.screen.messages)
    for _ in range(24 * 7):
        town.clock.pass_by(timedelta(hours=1))
        if not 9 <= town.clock().hour < 10 or town.clock().weekday() > 4:
            await looks(town)
    assert len(desk.bob.screen.messages) == before
    assert await untouched(town) == []


async def test_the_day_that_is_set_for_the_work_is_what_it_is_reminded_of(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.move, desk.number, "planned", day=date(2027, 2, 1))
    await mornings(town, 60)
    assert not desk.bob.sees(SOLVED)
    await mornings(town, 12)
    assert desk.bob.sees("It should have been solved by Monday 1 February.")
    assert (await desk.report()).expected_datetime.date() == date(2026, 12, 21), "the promise stays as it was"  # type: ignore[union-attr]


async def test_while_the_reporter_is_asked_the_clocks_stand_still_and_they_are_reminded_once(
    town: Town,
) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.ask, desk.number, "Which side of the road?")
    was = (await desk.report()).expected_datetime
    await mornings(town, 6)
    assert not desk.alice.sees("Those in charge still have a question about your report:")
    await mornings(town, 7)
    assert how_often(desk.alice, "Those in charge still have a question about your report:") == 1
    assert desk.alice.text.count("“Which side of the road?”") == 2
    assert (await desk.report()).waiting_since is not None
    await mornings(town, 3)
    after = await desk.report()
    assert after.waiting_since is None
    assert after.expected_datetime > was + timedelta(days=14)  # type: ignore[operator]
    assert how_often(desk.bob, "Whoever reported it has not answered the question") == 1
    await desk.does("Bob", casework.ask, desk.number, "Which house?")
    await mornings(town, 8)
    assert how_often(desk.alice, "Those in charge still have a question about your report:") == 2


async def test_an_answer_to_the_question_lets_the_clocks_go_on_as_much_later(town: Town) -> None:
    desk = await a_desk(town)
    was = (await desk.report()).expected_datetime
    await desk.does("Bob", casework.ask, desk.number, "Which side of the road?")
    town.clock.pass_by(timedelta(days=3))
    await desk.does("Alice", own_reports.reply, desk.number, "The left one", ())
    assert (await desk.report()).expected_datetime == was + timedelta(days=3)  # type: ignore[operator]
    await mornings(town, 12)
    assert not desk.alice.sees("Those in charge still have a question")


async def test_whoever_takes_the_report_back_is_waited_for_no_more(town: Town) -> None:
    desk = await a_desk(town)
    await named(town, "Carol")
    await desk.does("Carol", reports.same, desk.number)
    await desk.does("Bob", casework.ask, desk.number, "Which side of the road?")
    town.clock.pass_by(timedelta(days=2))
    await desk.does("Alice", own_reports.withdraw, desk.number)
    assert (await desk.report()).waiting_since is None


async def test_whoever_erases_themselves_is_waited_for_no_more_and_whoever_asked_hears_it(
    town: Town,
) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.ask, desk.number, "Which side of the road?")
    await looks(town)
    await desk.alice.says("/forgetme")
    await desk.alice.taps("Yes, erase")
    await mornings(town, 1)
    assert (await desk.report()).waiting_since is None
    assert how_often(desk.bob, "has not answered the question") == 1


async def test_organisers_are_reminded_of_what_is_nobodys_after_one_three_and_seven_days(town: Town) -> None:
    olga = await town.organiser()
    await named(town, "Alice")
    await reported(town, "Alice", "A strange smell", None)
    words = "Nobody is known to be in charge of these reports."
    for day, times in ((1, 1), (2, 1), (3, 2), (4, 2), (5, 2), (6, 2), (7, 3), (8, 3)):
        await mornings(town)
        assert how_often(olga, words) == times, day
    await mornings(town, 27)
    assert how_often(olga, words) == 4
    assert await untouched(town) == []


async def test_organisers_hear_of_a_report_that_is_handed_from_desk_to_desk(town: Town) -> None:
    olga = await town.organiser()
    desk = await a_desk(town)
    await an_officer(town, "Sam", desk.council.streets)
    there, back = ("Bob", desk.council.streets), ("Sam", desk.council.waste)
    for name, team in (there, back, there):
        assert not olga.sees("This report was handed over more than twice.")
        await desk.does(name, casework.hand_over, desk.number, team.id, "Not ours")
    assert how_often(olga, "This report was handed over more than twice.") == 1


async def test_opened_again_it_has_a_ladder_of_its_own(town: Town) -> None:
    desk = await a_desk(town)
    for times in (1, 2):
        await desk.does("Bob", casework.move, desk.number, "fixed", words="Emptied")
        await desk.does("Alice", own_reports.again, desk.number, "Full again", ())
        await mornings(town, 14)
        assert len(await desk.events("asked_again")) == times
        assert (await desk.report()).reopened == times


async def test_every_reminder_goes_once_whatever_runs_twice(town: Town) -> None:
    desk = await a_desk(town)
    await mornings(town, 30)
    async with town.folkmoot.database.reading() as session:
        put = await session.scalar(
            select(func.count())
            .select_from(Envelope)
            .join(Address, Address.id == Envelope.address_id)
            .join(Resident, Resident.id == Address.resident_id)
            .where(Resident.name == "Dora")
        )
    shown = len([one for one in desk.dora.screen.messages.values() if "A promise was not kept" in one.text])
    assert shown == len([one for one in await desk.history() if one.details.get("whom") == "above"])
    assert put is not None
    assert put >= shown


async def test_a_reminder_of_a_single_report_can_be_answered_at_once(town: Town) -> None:
    desk = await a_desk(town)
    await mornings(town, 2)
    assert "[Open]\n[Take it] [Answer]\n[Fixed] [The day is set]" in desk.bob.latest
    newest = list(desk.bob.screen.messages.values())[-1]
    assert newest.thread == (await desk.report()).service_request_id, "an e-mail stands with those before it"
    await desk.bob.taps("Answer")
    await desk.bob.says("We come on Tuesday.")
    await desk.bob.taps("Send")
    assert desk.alice.sees("We come on Tuesday.")


async def test_a_reminder_of_what_somebody_took_does_not_offer_to_take_it(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.take, desk.number)
    await mornings(town, 4)
    assert "[Open]\n[Answer]\n" in desk.bob.latest
    await mornings(town, 6)
    assert "[Open]\n[Answer]\n" in desk.lena.latest
    await mornings(town, 6)
    assert desk.dora.latest.endswith("[Open]"), "whoever speaks for the body does not answer for its team"


async def test_an_address_in_a_reminder_is_nothing_to_tap(town: Town) -> None:
    desk = await a_desk(town)
    async with town.folkmoot.database.writing() as session:
        await session.execute(update(ServiceRequest).values(address="https://evil.example/council-login"))
    await mornings(town, 2)
    assert desk.bob.sees("These reports wait for you or your team:")
    assert "https[:]//evil[.]example" in desk.bob.latest
    assert "evil.example" not in desk.bob.latest
