"""Changing a question that is asked in other places than private chats: what leads to it leads to it still."""

from __future__ import annotations

from bot.letters.polling.elsewhere import VoteThere
from bot.letters.polling.poll_desk import Change
from bot.message import Tap
from bot.models import EVERYONE, GROUP
from tests.conversations.test_asking_in_groups import letters_to_many, letting_members_ask
from tests.conversations.test_changing import NEW, changes
from tests.conversations.test_elsewhere import taps, there
from tests.conversations.test_groups import in_group
from tests.conversations.test_links import a_link, came_by
from tests.conversations.test_polls_in_groups import connected_town
from tests.conversations.test_suggesting import growing, suggests
from tests.town import Town


async def test_a_link_and_its_poster_lead_to_the_changed_question_and_count_for_it(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    code = await a_link(olga, poll, "Library")
    await changes(olga, *NEW)
    after = await town.newest_poll()
    alice = town.stranger("Alice")
    await alice.opens(code)
    assert "[North]" in alice.latest
    await alice.taps("North")
    assert await came_by(town, after, "Alice") == code
    assert await town.result(after) == {"North": 1, "South": 0}


async def test_a_question_of_one_group_stays_in_that_group(town: Town) -> None:
    olga = await connected_town(town, "-42", "-43")
    alice = await town.member("Alice")
    before = await letters_to_many(town)
    await in_group(town, "Olga").says("/poll Where to? | East | West")
    for label in ("How it stands", "Change it", "Edit", "The answers to choose from"):
        await olga.taps(label)
    await olga.says("\n".join(NEW))
    await olga.taps("Send")
    await town.passes(seconds=10)
    assert "[North]" in in_group(town, "Nia").text
    assert not in_group(town, "Nia", "-43").sees("Where to?")
    assert not alice.sees("Where to?")
    assert await letters_to_many(town) == before
    after = await town.newest_poll()
    assert (after.whom, after.by_member) == (GROUP, False)
    assert after.asked_in is not None


async def test_what_was_shown_in_some_chat_becomes_the_changed_question(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    await changes(olga, *NEW)
    nia = there(town, "Nia")
    said = await taps(nia, f"v:{poll.id}:0")
    assert await town.result(await town.newest_poll()) == {"North": 0, "South": 0}
    assert "counted" not in said.lower() or "not counted" in said


async def test_what_a_group_was_asked_is_asked_of_everyone_when_it_is_asked_again(town: Town) -> None:
    olga = await connected_town(town, "-42")
    alice = await town.member("Alice")
    await in_group(town, "Olga").says("/poll Where to? | East | West")
    await in_group(town, "Nia").taps("East")
    await town.passes(days=4)
    for label in ("Ask it again", "Send"):
        await olga.taps(label)
    assert "[East]" in alice.latest
    assert (await town.newest_poll()).whom == EVERYONE


async def test_the_words_of_a_member_are_not_an_organisers_to_change(town: Town) -> None:
    olga = await letting_members_ask(town)
    await in_group(town, "Nia").says("/poll Where to? | East | West")
    poll = await town.newest_poll()
    await olga.does(Tap(Change(poll=poll.id).pack(), query="q"))
    assert olga.sees("Somebody in a group asked this, so the words are theirs. You can close it.")
    assert (await town.newest_poll()).id == poll.id


async def test_an_answer_that_is_let_in_appears_where_the_question_was_shown(town: Town) -> None:
    olga, alice = await town.organiser(), await town.member("Alice")
    poll = await growing(town, olga)
    nia = there(town, "Nia")
    await taps(nia, VoteThere(poll=poll.id, choice=0, language="en").pack())
    await town.passes(seconds=10)
    assert "[A tap]" not in nia.text
    await suggests(alice, poll, "A tap")
    for label in ("Read it", "Let it in"):
        await olga.taps(label)
    await town.passes(seconds=10)
    assert "[A tap]" in nia.text
