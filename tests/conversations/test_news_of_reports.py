"""How much news of reports somebody gets: what comes within an hour goes together, and a week has its limit."""

from __future__ import annotations

from datetime import date, timedelta

from bot.letters.reporting.report_following import Follow
from bot.services.answering import casework
from bot.services.reporting.report_news import NEWS_A_WEEK
from tests.council.days import a_desk, looks, named, reported
from tests.town import Person, Town

NEWS = "There is an answer to this report:"
LAST = "I keep the rest in /myreports"


def letters(person: Person) -> int:
    return len(person.screen.messages)


async def test_what_comes_within_an_hour_goes_as_one_letter_with_all_of_it(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.answer, desk.number, "We come soon.")
    assert desk.alice.sees("“We come soon.”")
    before = letters(desk.alice)
    town.clock.pass_by(timedelta(minutes=10))
    await desk.does("Bob", casework.answer, desk.number, "It is a big bin.")
    town.clock.pass_by(timedelta(minutes=10))
    await desk.does("Bob", casework.move, desk.number, "planned", day=date(2026, 12, 1))
    await desk.does("Bob", casework.answer, desk.number, "Please move your car.")
    await looks(town)
    assert letters(desk.alice) == before
    town.clock.pass_by(timedelta(minutes=41))
    await looks(town)
    assert letters(desk.alice) == before + 1
    assert "“It is a big bin.”" in desk.alice.latest
    assert "Planned" in desk.alice.latest
    assert "The day for it: 1 December 2026." in desk.alice.latest
    assert "“Please move your car.”" in desk.alice.latest
    town.clock.pass_by(timedelta(hours=3))
    await looks(town)
    assert letters(desk.alice) == before + 1


async def test_what_waited_first_is_in_the_letter_too_however_much_comes_after_it(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.answer, desk.number, "We come soon.")
    for words in ("It is a big bin.", "It is a very big bin.", "We bring two of us."):
        town.clock.pass_by(timedelta(minutes=10))
        await desk.does("Bob", casework.answer, desk.number, words)
    town.clock.pass_by(timedelta(minutes=41))
    await looks(town)
    for words in ("It is a big bin.", "It is a very big bin.", "We bring two of us."):
        assert f"“{words}”" in desk.alice.latest
    assert "We come soon." not in desk.alice.latest
    await desk.does("Bob", casework.answer, desk.number, "We are there.")
    town.clock.pass_by(timedelta(minutes=61))
    await looks(town)
    assert "“We are there.”" in desk.alice.latest
    assert "big bin" not in desk.alice.latest


async def test_that_somebody_has_taken_it_keeps_no_answer_back(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.take, desk.number)
    assert desk.alice.sees("Somebody is looking after it.")
    await desk.does("Bob", casework.answer, desk.number, "We come soon.")
    assert desk.alice.sees("“We come soon.”")


async def test_an_ending_waits_for_nothing_and_takes_along_what_waited(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.answer, desk.number, "We come soon.")
    before = letters(desk.alice)
    await desk.does("Bob", casework.answer, desk.number, "We are there.")
    await desk.does("Bob", casework.move, desk.number, "fixed", words="Done")
    assert letters(desk.alice) == before + 1
    assert "“We are there.”" in desk.alice.latest
    assert "“Done”" in desk.alice.latest
    town.clock.pass_by(timedelta(hours=2))
    await looks(town)
    assert letters(desk.alice) == before + 1


async def test_a_question_waits_for_nothing_and_what_waits_still_comes(town: Town) -> None:
    desk = await a_desk(town)
    await desk.does("Bob", casework.answer, desk.number, "We come soon.")
    await desk.does("Bob", casework.answer, desk.number, "We are on the way.")
    await desk.does("Bob", casework.ask, desk.number, "Which side?")
    assert desk.alice.sees("“Which side?”")
    assert not desk.alice.sees("“We are on the way.”")
    town.clock.pass_by(timedelta(hours=1, minutes=1))
    await looks(town)
    assert desk.alice.text.count("“We are on the way.”") == 1


async def test_in_a_week_nobody_gets_more_news_than_so_much_but_every_ending(town: Town) -> None:
    desk = await a_desk(town)
    zoe = await named(town, "Zoe")
    numbers = [desk.number, await reported(town, "Zoe", "Another bin")]
    for turn in range(NEWS_A_WEEK + 3):
        town.clock.pass_by(timedelta(hours=2))
        await desk.does("Bob", casework.answer, numbers[0], f"Answer {turn}.")
        await looks(town)
    assert desk.alice.text.count(NEWS) == NEWS_A_WEEK
    assert desk.alice.text.count(LAST) == 1
    assert LAST in list(desk.alice.screen.messages.values())[-1].text
    await desk.does("Bob", casework.answer, numbers[1], "For Zoe.")
    assert zoe.sees("For Zoe.")
    await desk.does("Bob", casework.move, numbers[0], "fixed", words="Done")
    assert desk.alice.sees("“Done”")
    town.clock.pass_by(timedelta(days=8))
    await desk.does("Bob", casework.move, numbers[0], "confirmed", words="Not yet")
    assert desk.alice.sees("“Not yet”")


async def test_whoever_wants_only_the_end_meanwhile_does_not_get_what_still_waits(town: Town) -> None:
    desk = await a_desk(town)
    carol = await town.member("Carol")
    await carol.does_press(Follow(report=desk.number, on=1).pack())
    for words in ("We come soon.", "It is a big bin."):
        await desk.does("Bob", casework.answer, desk.number, words)
    assert carol.sees("“We come soon.”")
    await desk.alice.taps("Tell me only how it ends")
    await carol.does_press(Follow(report=desk.number, on=0).pack())
    before = letters(desk.alice), letters(carol)
    town.clock.pass_by(timedelta(minutes=61))
    await looks(town)
    assert (letters(desk.alice), letters(carol)) == before
    await desk.does("Bob", casework.move, desk.number, "fixed", words="It is done.")
    assert desk.alice.sees("It is done.")
    assert not carol.sees("It is done.")
