"""Asking a question: in one line or step by step, previewed, sent to every member, closed, and followed up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.models import Deed, Envelope, Poll
from tests.town import Town


async def test_one_line_a_preview_and_send(town: Town) -> None:
    alice = await town.member("Alice")
    olga = await town.organiser()
    await olga.says("/poll Shall we keep the market on Saturday? | Yes | No | Sundays too")
    assert olga.sees("This is how people will see it:")
    assert olga.sees("2 people in Elm Park will get it.")
    assert olga.sees("It closes Thursday 26 November, 10:00.")
    assert "[Send] [Edit]" in olga.latest
    await olga.taps("Send")
    assert olga.sees("Sent. It is on its way to 2 people.")
    assert olga.sees("paper:elm-park/")
    assert "[Sundays too]" in alice.latest


async def test_one_choice_a_line_reads_the_same(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep the market?\nYes\nNo")
    assert "▫️ Yes\n▫️ No" in olga.latest


async def test_step_by_step(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    assert "What would you like to ask?" in olga.latest
    await olga.says("Keep the market?")
    await olga.says("Yes\nNo\nSundays too")
    assert "When does it close?" in olga.latest
    await olga.taps("in 7 days")
    assert olga.sees("It closes Monday 30 November, 10:00.")
    await olga.taps("Send")
    assert olga.sees("Sent.")


async def test_back_edit_and_cancel(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    await olga.says("Keep the markt?")
    await olga.taps("Back")
    assert "What would you like to ask?" in olga.latest
    await olga.says("Keep the market?")
    await olga.taps("Yes / No")
    await olga.taps("in 1 day")
    await olga.taps("Edit")
    await olga.taps("The question")
    await olga.says("Keep the Saturday market?")
    assert "Keep the Saturday market?" in olga.latest
    assert "▫️ Yes" in olga.latest
    await olga.taps("Cancel")
    assert olga.sees("Nothing was sent.")
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(Poll))).all() == []


async def test_a_double_tap_on_send_sends_once(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep the market? | Yes | No")
    name, payload = olga.button("Send")
    await olga.taps("Send")
    from bot.message import Tap

    await olga.does(Tap(payload, query="q"), message=name)
    async with town.folkmoot.database.reading() as session:
        assert len((await session.scalars(select(Poll))).all()) == 1


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("/poll Keep it? | Yes", "A poll needs 2 to 10 choices."),
        ("/poll Keep it? | Yes | yes", "is there twice"),
        ("/poll Keep it? | " + " | ".join("abcdefghijk"), "A poll needs 2 to 10 choices."),
        ("/poll Keep it? | Yes | " + "x" * 101, "too long"),
        ("/poll " + "x" * 301 + " | Yes | No", "The question has 301 letters."),
        ("/poll Keep it? | Yes | No | closes some day", "could not read that as a time"),
        ("/poll Keep it? | Yes | No | closes in 200 days", "90 days at most"),
    ],
)
async def test_what_cannot_be_asked_is_explained_and_asked_again(
    town: Town, line: str, complaint: str
) -> None:
    olga = await town.organiser()
    await olga.says(line)
    assert complaint in olga.latest
    assert "Cancel" in olga.latest


async def test_the_rest_of_a_wrong_line_is_not_lost(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep it? | Yes | closes tomorrow 9:00")
    await olga.says("Yes\nNo")
    assert olga.sees("It closes Tuesday 24 November, 09:00.")


@pytest.mark.parametrize(
    ("said", "closes"),
    [
        ("closes Friday 18:00", "Friday 27 November, 18:00"),
        ("closes: Friday", "Friday 27 November, 18:00"),
        ("closes in 2 days", "Wednesday 25 November, 10:00"),
    ],
)
async def test_closing_times_in_words(town: Town, said: str, closes: str) -> None:
    olga = await town.organiser()
    await olga.says(f"/poll Keep it? | Yes | No | {said}")
    assert closes in olga.latest


async def test_tomorrow_stays_the_same_day_when_the_night_passes(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep it? | Yes | No | closes tomorrow 23:00")
    town.clock.pass_by(timedelta(hours=20))
    await olga.taps("Send")
    async with town.folkmoot.database.reading() as session:
        poll = (await session.scalars(select(Poll))).one()
    assert poll.closes_at == datetime.fromisoformat("2026-11-24T23:00:00+00:00")


async def test_who_is_no_organiser_is_told_who_can_ask(town: Town) -> None:
    alice = await town.member("Alice")
    await alice.says("/poll Keep it? | Yes | No")
    assert "Only organisers can ask a question." in alice.latest


async def test_who_organises_several_communities_is_asked_which(town: Town) -> None:
    olga = await town.organiser()
    await olga.opens(await town.invitation("organiser", "far-away"))
    await olga.says("/poll Keep it? | Yes | No")
    assert "For which community?" in olga.latest
    await olga.taps("Far Away")
    assert "Far Away will get it" in olga.latest


async def test_losing_the_role_before_send_sends_nothing(town: Town) -> None:
    olga = await town.organiser()
    await town.organiser("Otto")
    await olga.says("/poll Keep it? | Yes | No")
    name, payload = olga.button("Send")
    await olga.says("/me")
    await olga.taps("Leave it")
    await olga.taps("Leave Elm Park")
    await olga.taps("Yes, leave")
    from bot.message import Tap

    await olga.does(Tap(payload, query="q"), message=name)
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(Poll))).all() == []


async def test_the_clock_closes_and_tells_everyone_who_voted_once(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice, bob = town.stranger("Alice"), town.stranger("Bob")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    await bob.opens(poll.code)
    await town.passes(days=3, seconds=1)
    await town.tick()
    assert alice.text.count("has closed. This is how it came out.") == 1
    assert "Yes: 1 vote, 100%" in alice.latest
    assert "1 of 3 people asked took part." in alice.latest
    assert not bob.sees("This is how it came out.")


async def test_a_poll_whose_time_passed_while_we_were_down_closes_late_and_once(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    await town.passes(days=30)
    await town.tick()
    assert alice.text.count("This is how it came out.") == 1


async def test_closing_by_hand_asks_twice_and_destroys_the_key(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await olga.taps("Yes")
    await olga.taps("How it stands")
    await olga.taps("Close it now")
    assert olga.sees("If you close it now")
    await olga.taps("Yes, close it")
    async with town.folkmoot.database.reading() as session:
        closed = await session.get_one(Poll, poll.id)
        deeds = (await session.scalars(select(Deed.act).order_by(Deed.id))).all()
    assert closed.closed_at is not None
    assert closed.key is None
    assert deeds[-2:] == ["poll.send", "poll.close"]


async def test_what_happens_next_reaches_everyone_who_voted_and_the_organiser_hears_how_many(
    town: Town,
) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    await town.passes(days=4)
    await olga.taps("Tell them")
    await olga.says("The council keeps it until <b>May</b>.")
    await olga.taps("Leave it out")
    await olga.taps("There is nothing more to do")
    await olga.taps("Send")
    assert "Sent to 1 person." in olga.latest
    assert "This is what happens next." in alice.latest
    assert "The council keeps it until <b>May</b>." in alice.text
    await olga.opens(poll.code)
    assert "What happens next:" in olga.latest


async def test_a_members_poll_letter_that_is_unsent_at_the_close_is_not_sent_any_more(town: Town) -> None:
    await town.member("Alice")
    olga = await town.organiser()

    async def away(parcel: object) -> None:
        from bot.errors import RetryLater

        if "Keep the market?" in str(getattr(parcel, "message", "")) and getattr(parcel, "lane", 0) == 2:
            raise RetryLater("away", after=3600)

    town.paper.fail = away
    await olga.says("/poll Keep the market? | Yes | No")
    _, payload = olga.button("Send")
    from bot.message import Tap

    await town.folkmoot.dispatcher.submit(olga.incoming(Tap(payload, query="q")))
    async with town.folkmoot.database.writing() as session:
        from bot.services.polling import closing

        town.clock.pass_by(timedelta(days=4))
        await closing.close_due(session, now=town.clock())
    await town.quiet()
    async with town.folkmoot.database.reading() as session:
        letters = (await session.scalars(select(Envelope.state).where(Envelope.lane == 2))).all()
    assert letters
    assert set(letters) <= {"cancelled", "expired"}


async def test_a_poll_that_waits_for_its_outcome_is_found_again(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await olga.taps("Yes")
    await olga.says("/cancel")
    await town.passes(days=4)
    await olga.says("/polls")
    assert "people wait to hear what happens next" in olga.latest
    await olga.taps("Keep the market?")
    await olga.says("It stays.")
    await olga.taps("Leave it out")
    await olga.taps("There is nothing more to do")
    await olga.taps("Send")
    await olga.says("/polls")
    assert "No questions are open just now." in olga.latest
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_hostile_words_stay_words(town: Town) -> None:
    poll = await town.poll("<script>alert(1)</script> & {n} %s?", "<b>Yes</b>", "{choice}")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    assert "<script>alert(1)</script> & {n} %s?" in alice.text.replace("&lt;", "<").replace(
        "&gt;", ">"
    ).replace("&amp;", "&")
    assert all("<script" not in str(message.text) for message in alice.screen.messages.values())
    await alice.taps("{choice}")
    assert await town.result(poll) == {"<b>Yes</b>": 0, "{choice}": 1}
