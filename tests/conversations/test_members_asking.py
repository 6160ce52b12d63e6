"""Questions that somebody asks in a group who is no organiser: where they may, how many, and for how long."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from bot.message import Command, Tap
from bot.models import GROUP, Membership, Reminder, Tick
from tests.conversations.test_asking_in_groups import letting_members_ask, polls_of
from tests.conversations.test_groups import in_group
from tests.conversations.test_polls_in_groups import connected_town
from tests.town import Town


async def test_nobody_but_an_organiser_has_everyone_asked(town: Town) -> None:
    await letting_members_ask(town)
    alice = in_group(town, "Alice")
    await alice.says("/poll Which colour? | Blue | Green")
    poll = await town.newest_poll()
    me = town.stranger("Alice")
    for act in (f"pe:{poll.id}:0", f"pe:{poll.id}:1", f"pc:{poll.id}:1", "gm:1:0", "gx:1:1:1"):
        await me.does(Tap(act, query="q"))
        assert "Only organisers of this community can do that." in me.screen.toasts[-1], act
    assert (await town.newest_poll()).whom == GROUP


async def test_members_may_ask_where_the_community_lets_them_one_question_at_a_time(town: Town) -> None:
    olga = await connected_town(town, "-42", "-43")
    alice, bob = in_group(town, "Alice"), in_group(town, "Bob")
    await alice.says("/poll Which colour? | Blue | Green")
    assert "Only organisers of Elm Park can ask a question here." in alice.latest
    await olga.says("/groups")
    assert "Only organisers can ask questions there." in olga.latest
    await olga.taps("Let everybody ask there")
    assert "Everybody in these groups can ask a question there, one at a time." in olga.latest
    await alice.says("/poll Which colour? | Blue | Green")
    assert "Somebody in Elm Park asks." in alice.latest
    await alice.says("/poll And which shape? | Round | Square")
    assert "A question of yours is open here already." in alice.latest
    await in_group(town, "Alice", "-43").says("/poll And which shape? | Round | Square")
    await bob.says("/poll Who brings cake? | Me | You")
    asked = await polls_of(town)
    assert [poll.question for poll in asked] == ["Which colour?", "And which shape?", "Who brings cake?"]
    assert {poll.by_member for poll in asked} == {True}
    await olga.says("/groups")
    await olga.taps("Which colour?")
    await olga.taps("Close it now")
    await olga.taps("Yes, close it")
    await alice.says("/poll Which size? | Small | Big")
    assert "Which size?" in alice.latest
    await olga.taps("Let only organisers ask there")
    await bob.says("/poll Who brings tea? | Me | You")
    assert "Only organisers of Elm Park can ask a question here." in bob.latest


async def test_a_second_question_in_the_same_moment_is_not_asked(town: Town) -> None:
    await letting_members_ask(town)
    alice = in_group(town, "Alice")
    both = [alice.incoming(Command("poll", f"{what}? | Yes | No")) for what in ("First", "Second")]
    receipts = await asyncio.gather(*map(town.folkmoot.dispatcher.submit, both))
    assert [one.outcome for one in receipts] == ["done", "refused"]
    assert len(await polls_of(town)) == 1


async def test_a_members_question_stays_open_for_a_week_at_most_and_promises_nothing(town: Town) -> None:
    olga = await letting_members_ask(town)
    alice = in_group(town, "Alice")
    await alice.says("/poll Which colour? | Blue | Green | closes in 8 days")
    assert "can stay open for 7 days at most" in alice.latest
    await alice.says("/poll Which colour? | Blue | Green | closes in 7 days")
    await in_group(town, "Bob").taps("Blue")
    said = olga.text
    await town.passes(days=8)
    await town.passes(seconds=6)
    assert "Blue: 1 vote, 100%" in alice.latest
    assert "No outcome yet" not in alice.text
    for _ in range(5):
        await town.passes(days=7)
        async with town.folkmoot.database.reading() as session:
            assert (await session.get_one(Tick, "remind of promises")).at == town.clock()
    assert olga.text == said  # organisers owe nothing for it
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Reminder)) == 0
    await olga.says("/promises")
    assert "Which colour?" not in olga.latest


async def test_whoever_asks_in_a_group_belongs_to_its_community(town: Town) -> None:
    await letting_members_ask(town)
    await in_group(town, "Alice").says("/poll Which colour? | Blue | Green")
    await town.passes(days=2)  # strangers are forgotten after a day
    poll = await town.newest_poll()
    async with town.folkmoot.database.reading() as session:
        belongs = await session.get(Membership, (poll.community_id, poll.asked_by))
        assert belongs is not None
        assert belongs.role == "resident"
