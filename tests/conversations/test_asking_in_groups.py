"""Questions asked in a group chat: by whom, how, of whom, and how they come to everyone."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from bot.message import Command, Incoming, MovedTo, Tap
from bot.models import EVERYONE, GROUP, Community, Envelope, Participation, Poll
from tests.conversations.test_groups import in_group
from tests.conversations.test_polls_in_groups import connected_town, everybody_taps
from tests.town import Person, Town


async def letting_members_ask(town: Town, *groups: str) -> Person:
    """An organiser in private, in whose groups everybody may ask."""
    olga = await connected_town(town, *(groups or ("-42",)))
    await olga.says("/groups")
    await olga.taps("Let everybody ask there")
    return olga


async def polls_of(town: Town) -> list[Poll]:
    async with town.folkmoot.database.reading() as session:
        return list(await session.scalars(select(Poll).order_by(Poll.id)))


async def letters_to_many(town: Town) -> int:
    async with town.folkmoot.database.reading() as session:
        put = select(func.count()).select_from(Envelope).where(Envelope.mailing_id.is_not(None))
        return int(await session.scalar(put) or 0)


async def test_an_organiser_asks_in_the_group_and_only_the_group_hears(town: Town) -> None:
    olga = await connected_town(town, "-42", "-43")
    bob = await town.member("Bob")
    before = await letters_to_many(town)
    await in_group(town, "Olga").says("/poll Which colour? | Blue | Green | closes in 2 days")
    alice = in_group(town, "Alice")
    assert "Which colour?" in alice.latest
    assert "Elm Park asks. Tap your answer." in alice.latest
    assert not in_group(town, group="-43").sees("Which colour?")
    assert not bob.sees("Which colour?")
    assert await letters_to_many(town) == before
    assert "It is asked in the group chat now, and nowhere else." in olga.latest
    await alice.taps("Blue")
    poll = await town.newest_poll()
    assert (poll.whom, poll.by_member) == (GROUP, False)
    await bob.opens(poll.code)
    assert "It is asked in a group chat." in bob.latest
    await bob.taps("Green")
    bob_there = in_group(town, "Bob")
    await bob_there.taps("Green")
    assert await town.result(poll) == {"Blue": 1, "Green": 1}
    await town.passes(seconds=6)
    assert "2 people have taken part." in alice.latest


async def test_everyone_is_asked_when_the_organiser_says_so(town: Town) -> None:
    olga = await connected_town(town, "-42", "-43")
    bob, carol = await town.member("Bob"), await town.member("Carol")
    await in_group(town, "Olga").says("/poll Which colour? | Blue | Green")
    poll = await town.newest_poll()
    await in_group(town, "Bob").taps("Blue")
    await olga.taps("Ask everyone in Elm Park too")
    assert "2 people in Elm Park will get it." in olga.latest
    await olga.taps("Send")
    assert "Sent. It is on its way to 2 people." in olga.text
    assert "Elm Park asks." in carol.latest
    assert not bob.sees("Which colour?")  # who has answered is not asked again
    assert "Which colour?" in in_group(town, group="-43").latest
    assert in_group(town).text.count("Which colour?") == 1
    await carol.taps("Blue")
    await in_group(town, "Carol", "-43").taps("Green")
    assert await town.result(poll) == {"Blue": 1, "Green": 1}
    poll = await town.newest_poll()
    assert poll.whom == EVERYONE
    for act in (f"pe:{poll.id}:0", f"pe:{poll.id}:1"):
        await olga.does(Tap(act, query="q"))
        assert olga.screen.toasts[-1] == "Everyone is asked already."
    await town.passes(days=4)
    await town.passes(seconds=6)
    for group in ("-42", "-43"):
        assert "Blue: 1 vote, 50%" in in_group(town, group=group).latest
    assert bob.sees("Blue: 1 vote, 50%")


async def test_what_comes_of_it_is_told_to_those_who_took_part_and_to_the_group(town: Town) -> None:
    olga = await connected_town(town, "-42")
    bob, carol = await town.member("Bob"), await town.member("Carol")
    await in_group(town, "Olga").says("/poll Which colour? | Blue | Green")
    await in_group(town, "Bob").taps("Blue")
    await town.passes(days=4)
    await town.passes(seconds=6)
    assert "Blue: 1 vote, 100%" in in_group(town).latest
    assert bob.sees("Blue: 1 vote, 100%")
    await olga.taps("Tell them")
    await olga.says("Blue it is")
    await olga.taps("Leave it out")
    await olga.taps("There is nothing more to do")
    await olga.taps("Send")
    await town.passes(seconds=6)
    assert "Blue it is" in in_group(town).latest
    assert bob.sees("Blue it is")
    assert not carol.sees("colour")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/poll", "Write it like this"),
        ("/poll | |", "Write it like this"),
        ("/poll Which colour?", "Its answers are missing."),
        ("/poll Which colour? | Blue", "Write it like this"),
        ("/poll Which colour? | Blue | blue", "is there twice"),
        (f"/poll {'x' * 301} | Blue | Green", "The question has 301 letters."),
        (f"/poll Which? | {'y' * 4000} | Green", "Write it like this"),
        ("/poll Which colour? | Blue | Green | closes some day", "I could not read that as a time."),
        ("/poll scale 9-1: How was it?", "Write it like this"),
        ("/poll dates: When? | some day | 3 Dec 19:00", "Write it like this"),
    ],
)
async def test_whoever_writes_it_in_another_way_is_told_how(town: Town, line: str, why: str) -> None:
    await connected_town(town, "-42")
    olga = in_group(town, "Olga")
    await olga.says(line)
    assert why in olga.latest
    assert "/poll Shall we keep the market on Saturday? | Yes | No" in olga.latest
    assert "Step by step it goes in private" in olga.latest
    assert "[Open a chat with me]" in olga.latest
    assert await polls_of(town) == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("/poll Which colour?\nBlue\nGreen", "one"),
        ("/poll several 2: Which? | Blue | Green | Red", "several"),
        ("/poll scale 1-5: How was the fair?", "scale"),
        ("/poll dates: When? | 1 Dec 19:00 | 3 Dec 19:00", "dates"),
        ("/poll count 12: Who helps?", "count"),
        ("/poll rank: What first? | Hall | Bridge | Park", "ranking"),
        ("/poll text: What is missing?", "text"),
        ("/poll skala 1-5: Jak było?", "scale"),
    ],
)
async def test_every_kind_can_be_asked_in_one_line(town: Town, line: str, kind: str) -> None:
    await connected_town(town, "-42")
    await in_group(town, "Olga").says(line)
    assert [(poll.kind, poll.whom) for poll in await polls_of(town)] == [(kind, GROUP)]
    shown = list(in_group(town).screen.messages.values())[-1]
    assert shown.rows


async def test_a_group_of_several_communities_is_told_to_name_one(town: Town) -> None:
    await connected_town(town, "-42")
    await town.organiser("Ota", slug="oak-hill")
    ota = in_group(town, "Ota")
    await ota.says("/connect")
    await ota.says("/poll Cut the oak? | Yes | No")
    assert "Begin with the short name of the one you mean: elm-park, oak-hill." in ota.latest
    await ota.says("/poll elm-park Cut the oak? | Yes | No")
    assert "Only organisers of Elm Park can ask a question here." in ota.latest
    await ota.says("/poll Oak-Hill several 2: What shall we plant? | Oak | Ash | Elm")
    assert "Oak Hill asks." in ota.latest
    async with town.folkmoot.database.reading() as session:
        asked = await session.execute(select(Community.slug, Poll.question).join(Poll))
        assert [tuple(row) for row in asked] == [("oak-hill", "What shall we plant?")]


async def test_a_group_that_is_not_connected_asks_nothing(town: Town) -> None:
    await town.organiser("Olga")
    olga = in_group(town, "Olga")
    await olga.says("/poll Which colour? | Blue | Green")
    assert "This group is not connected to a community yet." in olga.latest


async def test_whoever_writes_as_the_group_asks_nothing(town: Town) -> None:
    await letting_members_ask(town)
    nobody = Incoming(
        "paper", "a1", "-42", "-42", Command("poll", "Which? | A | B"), "en", group=True, administers=True
    )
    await town.folkmoot.dispatcher.submit(nobody)
    await town.quiet()
    assert "I cannot see who you are while you write as the group." in in_group(town).latest
    assert await polls_of(town) == []


async def test_a_question_goes_with_its_group_when_that_becomes_another_in_the_middle(town: Town) -> None:
    await letting_members_ask(town)
    await in_group(town, "Alice").says("/poll Which colour? | Blue | Green")
    poll = await town.newest_poll()
    before, after = in_group(town, "Bob"), in_group(town, "Carol", "-100")
    await after.says("/help")  # its new name is heard before the news
    moves = [
        before.incoming(MovedTo("-100")),
        in_group(town, "Dot").incoming(Tap(f"v:{poll.id}:0", query="d")),
    ]
    await asyncio.gather(*map(town.folkmoot.dispatcher.submit, moves))
    await everybody_taps(town, poll, 2, group="-100")
    await town.passes(seconds=6)
    assert "3 people have taken part." in after.text
    await in_group(town, "Alice", "-100").says("/poll And which shape? | Round | Square")
    assert "A question of yours is open here already." in after.latest
    await town.passes(days=4)
    await town.passes(seconds=6)
    assert "Blue: 3 votes, 100%" in after.latest
    assert await town.result(poll) == {"Blue": 3, "Green": 0}


async def test_a_group_is_left_from_afar(town: Town) -> None:
    olga = await connected_town(town, "-42")
    await in_group(town, "Olga").says("/poll Which colour? | Blue | Green")
    await olga.says("/groups")
    assert "Group 1: since" in olga.latest
    await olga.taps("Leave group 1")
    await olga.taps("Yes, leave")
    assert "There is none yet." in olga.text
    assert "Questions of Elm Park are not asked here any more." in in_group(town).latest
    await town.passes(seconds=6)
    assert "This question is not asked here any more." in in_group(town).text
    await olga.does(Tap("gx:1:1:1", query="q"))
    assert olga.screen.toasts[-1] == "That group is not connected any more."


async def test_only_organisers_see_the_groups(town: Town) -> None:
    alice = await town.member("Alice")
    await alice.says("/groups")
    assert "Only organisers can see that." in alice.latest


async def test_a_question_in_a_group_counts_those_as_asked_who_came(town: Town) -> None:
    await connected_town(town, "-42")
    await in_group(town, "Olga").says("/poll Which colour? | Blue | Green")
    for name in ("Alice", "Bob"):
        await in_group(town, name).taps("Blue")
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Participation)) == 2
