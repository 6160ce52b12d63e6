"""Asking once more: from how it came out, from a list, and with questions that are ready-made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import i18n
from bot.letters.polling import series as letters
from bot.letters.polling.poll_desk import Again, Earlier
from bot.models import Poll
from bot.services.polling import series
from bot.services.polling.questions import LONGEST_LIFE
from tests.town import MONDAY, Person, Town


async def closed(town: Town, olga: Person, line: str, *answers: str) -> Poll:
    """A question that was asked, answered and has closed; Olga sees how it came out last."""
    await olga.says(line)
    await olga.taps("Send")
    poll = await town.newest_poll()
    for number, label in enumerate(answers):
        person = town.stranger(f"Voter {number}")
        await person.opens(poll.code)
        await person.taps(label)
    await town.passes(days=4)
    return poll


async def test_it_is_prepared_as_it_was_and_belongs_to_the_same_series(town: Town) -> None:
    olga = await town.organiser()
    line = "/poll scale 1-5: How was it? | dull | splendid | quorum 2"
    first = await closed(town, olga, line, "3", "5")
    await olga.taps("Ask it again")
    assert "This is how people will see it:" in olga.latest
    assert "How was it?" in olga.latest
    assert "1 means “dull”, 5 means “splendid”" in olga.latest
    assert "It counts if 2 people answer." in olga.latest
    assert "It closes Monday 30 November, 10:00." in olga.latest  # three days, as before
    await olga.taps("Send")
    second = await town.newest_poll()
    assert second.series == first.id
    assert second.code != first.code
    assert (second.options, second.results, second.quorum) == (first.options, first.results, first.quorum)


async def test_all_of_it_can_be_changed_before_it_goes(town: Town) -> None:
    olga = await town.organiser()
    await closed(town, olga, "/poll several 2: What is needed? | Benches | Lamps | Trees", "Lamps")
    await olga.taps("Ask it again")
    await olga.taps("Edit")
    await olga.taps("The answers to choose from")
    await olga.says("Benches\nlamps\nA tap")
    await olga.taps("Edit")
    await olga.taps("When it closes")
    await olga.taps("in 7 days")
    assert "▫️ Benches\n▫️ lamps\n▫️ A tap" in olga.latest
    assert "Tap up to 2 answers." in olga.latest
    await olga.taps("Send")
    assert (await town.newest_poll()).options == {"most": 2}


async def test_the_desk_tells_how_it_came_out_each_time_and_matches_choices_by_their_text(town: Town) -> None:
    olga = await town.organiser()
    await closed(town, olga, "/poll What first? | The road | The park", "The park", "The park")
    await olga.taps("Ask it again")
    await olga.taps("Edit")
    await olga.taps("The answers to choose from")
    await olga.says("the  PARK\nThe hall")
    await olga.taps("Send")
    second = await town.newest_poll()
    for name, label in (("Dan", "the PARK"), ("Eve", "The hall")):
        person = town.stranger(name)
        await person.opens(second.code)
        await person.taps(label)
    await town.passes(days=4)
    await olga.says("/polls")
    await olga.opens(second.code)
    await olga.says("/again")
    assert olga.latest.count("What first?") == 1  # of a series only the last
    async with town.folkmoot.database.reading() as session:
        found = await series.of(session, second, organiser=True)
    assert [one.took_part for one in found] == [2, 2]
    asked = letters.compared(found, i18n.tongue("en"))
    assert asked is not None
    assert list(asked.labels.values()) == ["the PARK", "The hall", "The road"]
    assert [one.figures["the park"].said for one in asked.askings] == ["100%", "50%"]
    said = str(letters.in_words(asked, i18n.tongue("en")))
    assert "27 November 2026: 2 people took part · The road: 0% · The park: 100%" in said


async def test_a_question_that_is_open_or_withdrawn_or_elsewhere_is_not_asked_again(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    name = next(iter(olga.screen.messages))
    await olga.presses(Again(poll=poll.id).pack(), on=name)
    assert olga.sees("This poll is still open.")
    await olga.taps("How it stands")
    await olga.taps("Change it")
    await olga.taps("Send")
    await olga.presses(Again(poll=poll.id).pack(), on=name)
    assert olga.sees("This question has been changed in the meantime.")
    await olga.presses(Again(poll=10**12).pack(), on=name)
    assert olga.sees("I do not know this poll.")
    await town.passes(days=4)
    newest = await town.newest_poll()
    for one in (await town.organiser("Fay", "far-away"), await town.member("Alice")):
        await one.presses(Again(poll=newest.id).pack(), on=next(iter(one.screen.messages)))
        assert one.sees("Only organisers of this community can do that.")


async def test_dates_that_have_passed_are_asked_anew(town: Town) -> None:
    olga = await town.organiser()
    await closed(town, olga, "/poll dates: When? | 25 November 19:00 | 26 November 19:00 | closes tomorrow")
    await olga.taps("Ask it again")
    assert "Which dates?" in olga.latest
    await olga.says("1 December 19:00\n3 December 19:00")
    assert "▫️ Tuesday 1 December, 19:00" in olga.latest


async def test_the_list_has_pages_and_shows_only_ones_own_communities(town: Town) -> None:
    olga, fay = await town.organiser(), await town.organiser("Fay", "far-away")
    await closed(town, fay, "/poll Theirs? | Yes | No")
    await olga.says("/again")
    assert "Nothing was asked before." in olga.latest
    for number in range(10):
        await olga.says(f"/poll Question {number}? | Yes | No | closes in 2 days")
        await olga.taps("Send")
    await town.passes(days=4)
    await olga.says("/again")
    assert "[Question 9?]" in olga.latest
    assert "[Question 1?]" not in olga.latest
    assert "The newest" not in olga.latest
    await olga.taps("Earlier ones")
    page = next(m for m in olga.screen.messages.values() if "Tap one to ask it again" in m.text)
    labels = [button.label for row in page.rows for button in row]
    assert labels == ["Question 1?", "Question 0?", "The newest"]
    await olga.taps("The newest")
    await olga.taps("Question 5?")
    assert "This is how people will see it:" in olga.latest
    assert "Question 5?" in olga.latest
    await olga.presses(Earlier(before=1).pack(), on="1")
    assert olga.sees("There is nothing before that.")
    alice = await town.member("Alice")
    await alice.says("/again")
    assert "Only organisers can ask a question again." in alice.latest
    await alice.presses(Earlier(before=10**9).pack(), on=next(iter(alice.screen.messages)))
    assert alice.sees("Only organisers can ask a question again.")


async def test_the_result_of_a_part_is_not_shown_beside_one_of_everyone(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Among us? | Yes | No")
    for label in ("Edit", "Who is asked", "Organisers only", "Send", "Yes"):
        await olga.taps(label)
    first = await town.newest_poll()
    await town.passes(days=4)
    await olga.taps("Ask it again")
    for label in ("Edit", "Who is asked", "Everyone in Elm Park", "Send"):
        await olga.taps(label)
    second = await town.newest_poll()
    await town.passes(days=4)
    async with town.folkmoot.database.reading() as session:
        assert [one.poll.id for one in await series.of(session, second)] == [second.id]
        both = await series.of(session, second, organiser=True)
        assert [one.poll.id for one in both] == [first.id, second.id]


@pytest.mark.parametrize(
    ("tap", "then", "shown"),
    [
        ("When shall we meet?", ("1 Dec 19:00\n3 Dec 19:00",), "▫️ Tuesday 1 December, 19:00"),
        ("How safe do you feel in our streets after dark?", (), "1 means “not safe at all”"),
        ("What should be done first?", ("Road\nPark",), "Tap them in your order"),
        ("Who can help on the day?", ("12",), "It goes ahead when 12 people are in."),
        ("How did you like the meeting?", (), "5 means “very much”"),
    ],
)
async def test_what_is_ready_made_needs_little_more(
    town: Town, tap: str, then: tuple[str, ...], shown: str
) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    await olga.taps(tap)
    for said in then:
        await olga.says(said)
    await olga.taps("in 3 days")
    assert shown in olga.latest
    await olga.taps("Edit")
    await olga.taps("The question")
    assert "My own question" not in olga.latest
    await olga.says("In my own words?")
    assert "In my own words?" in olga.latest
    assert shown in olga.latest
    await olga.taps("Send")
    assert (await town.newest_poll()).question == "In my own words?"


async def test_ones_own_question_is_asked_for(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    await olga.taps("My own question")
    assert "Please write your question." in olga.latest
    await olga.says("Keep the market?")
    assert "Which answers can people choose?" in olga.latest


async def test_a_ready_made_one_can_be_answered_in_another_way_after_all(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    await olga.taps("What should be done first?")
    await olga.says("Road\nPark")
    await olga.taps("in 3 days")
    for label in ("Edit", "How people answer", "Choose several answers", "Up to 2"):
        await olga.taps(label)
    await olga.says("Road\nPark\nHall")
    assert "What should be done first?" in olga.latest
    assert "Tap up to 2 answers." in olga.latest
    for label in ("Edit", "The answers to choose from"):
        await olga.taps(label)
    await olga.says("Road\nHall\nBridge")
    assert "▫️ Bridge" in olga.latest


async def test_they_are_there_in_every_language(town: Town) -> None:
    ola = await town.organiser("Ola", language="pl")
    await ola.says("/poll")
    await ola.taps("Jak bezpiecznie czujesz się na naszych ulicach po zmroku?")
    await ola.taps("za 3 dni")
    assert "5 oznacza „bardzo bezpiecznie”" in ola.latest


@given(st.integers(-60, 200 * 24 * 60), st.integers(0, 400))
def test_it_is_open_as_long_as_before_and_never_too_long(minutes: int, later: int) -> None:
    poll = Poll(opened_at=MONDAY, closes_at=MONDAY + timedelta(minutes=minutes))
    now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=later)
    closes = series.as_long(poll, "Europe/London", now=now)
    assert now < closes <= now + LONGEST_LIFE
    if minutes >= 24 * 60:
        assert abs((closes - now) - min(poll.closes_at - MONDAY, LONGEST_LIFE)) <= timedelta(hours=14)
