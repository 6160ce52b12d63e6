"""Changing a question that nobody has answered: messages and links follow, and an old button never counts."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from bot.letters.polling.poll_desk import Change, CloseNow
from bot.message import Tap
from bot.models import Participation, Poll, Rewritten, Tally
from tests.town import Person, Town

NEW = ("North", "South")


async def changes(olga: Person, *choices: str) -> None:
    """She rewrites the choices of the newest question that she can."""
    await olga.says("/polls")
    await olga.taps("Where to?")
    await olga.taps("Change it")
    await olga.taps("Edit")
    await olga.taps("The answers to choose from")
    await olga.says("\n".join(choices))
    await olga.taps("Send")


async def test_the_message_changes_where_it_stands_and_the_link_stays_right(town: Town) -> None:
    alice = await town.member("Alice")
    olga = await town.organiser()
    before = await town.poll("Where to?", "East", "West", by=olga)
    had = len(alice.screen.messages)
    await changes(olga, *NEW)
    assert "Changed. 2 people are asked this now." in olga.latest
    assert len(alice.screen.messages) == had
    assert "[North]" in alice.latest
    assert "[East]" not in alice.text
    after = await town.newest_poll()
    assert (after.code, after.id > before.id) == (before.code, True)
    bob = town.stranger("Bob")
    await bob.opens(before.code)
    await bob.taps("South")
    await alice.taps("North")
    assert await town.result(after) == {"North": 1, "South": 1}


async def test_a_tap_on_an_old_button_shows_the_new_question_and_counts_for_nothing(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    name, payload = alice.button("East")
    await changes(olga, *NEW)
    await alice.presses(payload, on=name)
    assert alice.sees("This question was just changed, so that was not counted.")
    assert "[North]" in alice.latest
    assert await town.result(await town.newest_poll()) == {"North": 0, "South": 0}
    await alice.taps("North")
    assert await town.result(await town.newest_poll()) == {"North": 1, "South": 0}


async def test_everything_can_be_changed_and_all_else_stays(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll several 2: Where to? | A | B | C | quorum 5 | closes Friday 18:00")
    for label in ("Edit", "Who sees the result, and when", "When the poll has closed", "Send"):
        await olga.taps(label)
    before = await town.newest_poll()
    await olga.taps("How it stands")
    await olga.taps("Change it")
    assert "▫️ A\n▫️ B\n▫️ C" in olga.latest
    assert "Tap up to 2 answers." in olga.latest
    assert "It counts if 5 people answer." in olga.latest
    assert "People see the result when the poll has closed." in olga.latest
    assert "It closes Friday 27 November, 18:00." in olga.latest
    await olga.taps("Edit")
    await olga.taps("The question")
    await olga.says("Where shall we go?")
    await olga.taps("Send")
    after = await town.newest_poll()
    assert after.question == "Where shall we go?"
    for same in ("kind", "choices", "options", "results", "quorum", "closes_at", "listed", "named", "whom"):
        assert getattr(after, same) == getattr(before, same), same


async def test_once_somebody_has_answered_it_stays_as_it_is(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("East")
    await olga.taps("How it stands")
    assert "[Close it now]" in olga.latest
    assert "Change it" not in olga.latest
    await olga.presses(Change(poll=poll.id).pack(), on=olga.button("Close it now")[0])
    assert olga.sees("Somebody has answered already, so the question stays as they read it.")
    assert await town.result(poll) == {"East": 1, "West": 0}


async def test_an_answer_that_comes_while_it_is_rewritten_wins(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await olga.taps("How it stands")
    await olga.taps("Change it")
    await alice.taps("East")
    await olga.taps("Send")
    assert olga.sees("Somebody has answered already, so the question stays as they read it.")
    assert await town.result(poll) == {"East": 1, "West": 0}


async def test_whoever_takes_the_only_answer_back_by_leaving_makes_room_for_a_change(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    alice = await town.member("Alice")
    await alice.opens(poll.code)
    await alice.taps("East")
    await alice.says("/forgetme")
    await alice.taps("Yes, erase it")
    await changes(olga, *NEW)
    assert await town.result(await town.newest_poll()) == {"North": 0, "South": 0}


async def test_it_changes_twice_and_the_oldest_button_leads_to_the_newest_question(town: Town) -> None:
    alice = await town.member("Alice")
    olga = await town.organiser()
    first = await town.poll("Where to?", "East", "West", by=olga)
    name, payload = alice.button("East")
    had = len(alice.screen.messages)
    await changes(olga, *NEW)
    await changes(olga, "Up", "Down")
    assert len(alice.screen.messages) == had
    assert "[Up]" in alice.latest
    await alice.presses(payload, on=name)
    assert alice.sees("so that was not counted")
    async with town.folkmoot.database.reading() as session:
        assert [one.id for one in await session.scalars(select(Poll))] == [first.id + 2]
        assert len((await session.scalars(select(Rewritten))).all()) == 2
    assert await town.result(await town.newest_poll()) == {"Up": 0, "Down": 0}


async def test_a_double_tap_on_send_changes_it_once(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    await olga.taps("How it stands")
    await olga.taps("Change it")
    name, payload = olga.button("Send")
    await asyncio.gather(
        *(
            town.folkmoot.dispatcher.submit(olga.incoming(Tap(payload, query=f"q{n}"), message=name))
            for n in "ab"
        )
    )
    await town.quiet()
    assert (await town.newest_poll()).id == poll.id + 1


async def test_the_second_of_two_who_change_it_is_told(town: Town) -> None:
    olga, otto = await town.organiser(), await town.organiser("Otto")
    await town.poll("Where to?", "East", "West", by=olga)
    for one in (olga, otto):
        await one.says("/polls")
        await one.taps("Where to?")
        await one.taps("Change it")
    await olga.taps("Send")
    await otto.taps("Send")
    assert otto.sees("This question has been changed in the meantime.")


async def test_only_its_own_organisers_can_change_it(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    alice, far = await town.member("Alice"), await town.organiser("Fay", "far-away")
    for one in (alice, far):
        name = next(iter(one.screen.messages))
        await one.presses(Change(poll=poll.id).pack(), on=name)
        assert one.sees("Only organisers of this community can do that.")
        await one.presses(Change(poll=10**12).pack(), on=name)
        assert one.sees("I do not know this poll.")


async def test_an_old_button_that_closes_it_is_told_to_look_first(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    await changes(olga, *NEW)
    await olga.presses(CloseNow(poll=poll.id, sure=1).pack(), on=next(iter(olga.screen.messages)))
    assert olga.sees("This question has been changed in the meantime.")
    assert (await town.newest_poll()).closed_at is None


async def test_words_for_the_old_question_count_for_nothing(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("text: Where to?", by=olga)
    alice = await town.member("Alice")
    await alice.opens(poll.code)
    await alice.taps("Write my answer")
    await olga.taps("How it stands")
    await olga.taps("Change it")
    await olga.taps("Edit")
    await olga.taps("The question")
    await olga.says("Where from?")
    await olga.taps("Send")
    await alice.says("To the sea")
    assert alice.sees("so that was not counted")
    assert "Where from?" in alice.latest
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(Tally.took_part))).all() == [0]


async def test_whoever_it_is_not_for_any_more_does_not_read_the_new_one(town: Town) -> None:
    alice = await town.member("Alice")
    olga = await town.organiser()
    there = Person(town, "Olga", group="the square")
    await there.says("/connect")
    poll = await town.poll("Where to?", "East", "West", by=olga)
    name, payload = alice.button("East")
    await olga.taps("How it stands")
    await olga.taps("Change it")
    for label in ("Edit", "Who is asked", "Organisers only", "Edit", "The question"):
        await olga.taps(label)
    await olga.says("A matter among us?")
    await olga.taps("Send")
    await town.passes(seconds=10)
    assert "This question was changed, and is for others now." in alice.latest
    assert "This question was changed, and is for others now." in there.text
    await alice.presses(payload, on=name)
    assert alice.sees("This question is for organisers only.")
    for one in (alice, there):
        assert "A matter among us?" not in one.text
    assert (await town.newest_poll()).code == poll.code


async def test_in_a_group_it_is_drawn_again_and_an_old_tap_is_told(town: Town) -> None:
    olga = await town.organiser()
    there = Person(town, "Olga", group="the square")
    await there.says("/connect")
    poll = await town.poll("Where to?", "East", "West", by=olga)
    name, payload = there.button("East")
    had = len(there.screen.messages)
    await changes(olga, *NEW)
    nia = Person(town, "Nia", group="the square")
    await nia.presses(payload, on=name)
    assert any("so that was not counted" in toast for toast in nia.screen.toasts)
    await town.passes(seconds=10)
    assert "[North]" in there.text
    assert "[East]" not in there.text
    assert len(there.screen.messages) == had
    await nia.taps("South")
    assert await town.result(await town.newest_poll()) == {"North": 0, "South": 1}
    assert poll.id != (await town.newest_poll()).id


async def test_a_question_that_becomes_everyones_goes_to_the_group_too(town: Town) -> None:
    olga = await town.organiser()
    there = Person(town, "Olga", group="the square")
    await there.says("/connect")
    await olga.says("/poll Where to? | East | West")
    for label in ("Edit", "Who is asked", "Organisers only", "Send"):
        await olga.taps(label)
    alice = await town.member("Alice")
    assert not there.sees("Where to?")
    await olga.taps("How it stands")
    await olga.taps("Change it")
    for label in ("Edit", "Who is asked", "Everyone in Elm Park", "Send"):
        await olga.taps(label)
    assert "[East]" in there.text
    assert "[East]" in alice.latest


async def test_who_came_by_a_link_stays_asked(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    await town.stranger("Alice").opens(poll.code)
    await changes(olga, *NEW)
    async with town.folkmoot.database.reading() as session:
        parts = (await session.scalars(select(Participation))).all()
        tally = (await session.scalars(select(Tally))).one()
    assert tally.asked == len(parts) == 2
    assert {part.source for part in parts} == {None, poll.code}
    assert {part.poll_id for part in parts} == {(await town.newest_poll()).id}
