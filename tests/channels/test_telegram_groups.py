"""Polls in Telegram groups: from the organiser's word to the result, on the fake Bot API, which judges every call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.models import UNSENT, Envelope
from tests.channels.everywhere import Everywhere, everywhere
from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.groups import Group
from tests.fake_telegram.people import Person
from tests.town import PATIENCE


@pytest.fixture
async def town(database_url: URL) -> AsyncIterator[Everywhere]:
    """A town with a Telegram bot, on each database."""
    url = database_url.render_as_string(hide_password=False)
    async with everywhere(url, "telegram polling") as running_town:
        yield running_town


def api(town: Everywhere) -> FakeTelegram:
    assert town.telegram is not None
    return town.telegram


async def connected(town: Everywhere, neighbours: int) -> tuple[Group, Person, list[Person]]:
    """A group with its organiser and people of whom none has ever written to the bot."""
    olga = api(town).user("Olga")
    people = [api(town).user(f"Neighbour {number}") for number in range(neighbours)]
    await olga.sends(f"/start {await town.invitation('organiser')}")
    await olga.waits_for("You are an organiser of Elm Park now.")
    group = api(town).group("Elm Park neighbours", [olga, *people])
    await group.adds_bot(olga)
    await olga.says_in(group, "/connect")
    await group.waits_for("Questions of Elm Park will be asked here too.")
    return group, olga, people


async def asked(olga: Person, group: Group) -> None:
    await olga.sends("/poll Keep the market? | Yes | No")
    await olga.taps("Send")
    await group.waits_for("Elm Park asks. Tap your answer.")


async def everything_arrives(town: Everywhere) -> None:
    """Wait until nothing is on its way."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        async with town.folkmoot.database.reading() as session:
            if await session.scalar(select(Envelope.id).where(Envelope.state.in_(UNSENT)).limit(1)) is None:
                return
        await asyncio.sleep(0.02)
    raise AssertionError("something is still on its way")


async def test_a_group_is_asked_answers_and_hears_the_result(town: Everywhere) -> None:
    group, olga, people = await connected(town, neighbours=12)
    await asked(olga, group)
    await asyncio.gather(*(one.taps("Yes", group=group) for one in people))
    await api(town).settles()
    for one in people:
        assert [toast.text for toast in one.all_toasts] == ["Counted. Thank you."]
        assert one.screen() == []  # we may not write to somebody who has not opened a chat with us
    await everything_arrives(town)
    await town.passes(days=4)
    await group.waits_for("Yes: 12 votes, 100%")
    await everything_arrives(town)
    question, result = group.screen()[-2:]
    assert question.buttons == result.buttons == ()
    assert result.holds("Yes: 12 votes, 100%")
    assert len(api(town).calls_of("editMessageText")) == 2  # the organiser's preview, and the question


async def test_a_group_that_becomes_a_supergroup_keeps_its_question(town: Everywhere) -> None:
    group, olga, people = await connected(town, neighbours=2)
    await asked(olga, group)
    await people[0].taps("Yes", group=group)
    await api(town).settles()
    await everything_arrives(town)
    await group.upgrade()
    await api(town).settles()
    await town.passes(seconds=6)
    await group.waits_for("1 person has taken part.")
    await people[1].taps("No", group=group)
    await api(town).settles()
    await everything_arrives(town)
    await town.passes(seconds=6)
    await group.waits_for("2 people have taken part.")
    assert len(group.screen()) == 1


async def test_a_question_that_somebody_takes_out_of_the_group_does_not_come_back(town: Everywhere) -> None:
    group, olga, people = await connected(town, neighbours=1)
    await asked(olga, group)
    await people[0].taps("Yes", group=group)
    await api(town).settles()
    await everything_arrives(town)
    group.room.posts.pop(group.screen()[-1].message_id)
    for _ in range(2):
        await town.passes(minutes=11)
        await everything_arrives(town)
    assert not group.sees("Keep the market?")


async def test_a_group_that_throws_the_bot_out_is_written_to_no_more(town: Everywhere) -> None:
    group, olga, people = await connected(town, neighbours=2)
    await asked(olga, group)
    await people[0].taps("Yes", group=group)
    await api(town).settles()
    await group.removes_bot(olga)
    await api(town).settles()
    before = calls_to(town, group)
    for _ in range(3):
        await town.passes(seconds=6)
    await olga.sends("/poll New benches? | Yes | No")
    await olga.taps("Send")
    await api(town).until(lambda: sum(seen.holds("Elm Park asks.") for seen in olga.screen()) == 2)
    await everything_arrives(town)
    assert calls_to(town, group) == before


def calls_to(town: Everywhere, group: Group) -> int:
    """How often the bot has written to a group."""
    return sum(str(call.params.get("chat_id")) == str(group.id) for call in api(town).calls)


async def test_only_an_administrator_of_the_group_connects_it(town: Everywhere) -> None:
    olga, gwen = api(town).user("Olga"), api(town).user("Gwen")
    await olga.sends(f"/start {await town.invitation('organiser')}")
    await olga.waits_for("You are an organiser of Elm Park now.")
    group = api(town).group("Gwen's street", [gwen, olga])
    await olga.says_in(group, "/connect")
    await group.waits_for("Only somebody who looks after this group")
    group.room.members[olga.id] = "administrator"
    await olga.says_in(group, "/connect@folkmoot_test_bot")
    await group.waits_for("Questions of Elm Park will be asked here too.")


async def test_a_group_is_connected_later_where_telegram_does_not_tell_who_looks_after_it(
    town: Everywhere,
) -> None:
    olga = api(town).user("Olga")
    await olga.sends(f"/start {await town.invitation('organiser')}")
    await olga.waits_for("You are an organiser of Elm Park now.")
    group = api(town).group("Elm Park neighbours", [olga])
    for trouble in ("500", "reset"):
        api(town).fail("getChatAdministrators", trouble)
        await olga.says_in(group, "/connect")
        await group.waits_for("I could not find out just now")
        group.room.posts.clear()
    await olga.says_in(group, "/connect")
    await group.waits_for("Questions of Elm Park will be asked here too.")
    assert len(api(town).calls_of("getChatAdministrators")) >= 2


async def test_a_question_is_asked_in_the_group_itself(town: Everywhere) -> None:
    group, olga, people = await connected(town, neighbours=3)
    await olga.says_in(group, "/poll@folkmoot_test_bot Which colour? | Blue | Green")
    await group.waits_for("Elm Park asks. Tap your answer.")
    await olga.waits_for("It is asked in the group chat now, and nowhere else.")
    for one in people:
        await one.taps("Blue", group=group)
    await api(town).settles()
    await everything_arrives(town)
    await town.passes(seconds=6)
    await group.waits_for("3 people have taken part.")
    await olga.says_in(group, "/poll Which colour?")
    await group.waits_for("Its answers are missing.")
    assert group.screen()[-1].links[-1].startswith("https://t.me/folkmoot_test_bot?start=")
    await olga.says_in(group, "/poll@another_bot And which shape? | Round | Square")
    await people[0].says_in(group, "/poll And which shape? | Round | Square")
    await group.waits_for("Only organisers of Elm Park can ask a question here.")
    assert not group.sees("Round")


async def test_a_question_asked_in_a_group_goes_on_in_the_supergroup(town: Everywhere) -> None:
    group, olga, people = await connected(town, neighbours=2)
    await olga.says_in(group, "/poll Which colour? | Blue | Green")
    await group.waits_for("Elm Park asks. Tap your answer.")
    await people[0].taps("Blue", group=group)
    await group.upgrade()  # the vote may still be on its way
    await api(town).settles()
    await everything_arrives(town)
    await town.passes(seconds=6)
    await group.waits_for("1 person has taken part.")
    await people[1].taps("Green", group=group)
    await api(town).settles()
    await everything_arrives(town)
    await town.passes(days=4)
    await group.waits_for("Blue: 1 vote, 50%")
    await olga.says_in(group, "/poll And which shape? | Round | Square")
    await group.waits_for("And which shape?")


async def test_neighbours_ask_where_they_may_and_an_organiser_brings_it_to_everyone(town: Everywhere) -> None:
    group, olga, people = await connected(town, neighbours=2)
    member = api(town).user("Member")
    await member.sends("/start elm-park")
    await member.taps("Join Elm Park")
    await olga.sends("/groups")
    await olga.taps("Let everybody ask there")
    await olga.waits_for("Everybody in these groups can ask a question there")
    await people[0].says_in(group, "/poll " + "x" * 4000)
    await group.waits_for("Write it like this")
    await people[0].says_in(group, "/poll Which colour? | Blue | Green")
    await group.waits_for("Somebody in Elm Park asks.")
    await people[0].says_in(group, "/poll And which shape? | Round | Square")
    await group.waits_for("A question of yours is open here already.")
    await people[1].taps("Green", group=group)
    await olga.sends("/groups")
    await olga.taps("Which colour?")
    await olga.taps("Ask everyone in Elm Park too")
    await olga.waits_for("people in Elm Park will get it.")
    await olga.taps("Send")
    await member.waits_for("Elm Park asks.")
    await member.taps("Blue")
    await api(town).settles()
    assert await town.result(await town.newest_poll()) == {"Blue": 1, "Green": 1}
    await everything_arrives(town)
    await town.passes(seconds=6)
    await group.waits_for("2 people have taken part.")
