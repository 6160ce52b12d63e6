"""Inline mode in Telegram: looked for, shown, tapped and kept up to date, on the fake Bot API, which judges it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.engine import URL

from bot.channels.telegram.kinds import ALLOWED
from tests.channels.everywhere import Everywhere, everywhere
from tests.channels.test_telegram_groups import api, asked, connected, everything_arrives
from tests.fake_telegram.people import Person


@pytest.fixture(params=["telegram polling", "telegram webhook"])
async def town(database_url: URL, request: pytest.FixtureRequest) -> AsyncIterator[Everywhere]:
    """A town with a Telegram bot, by each way in, on each database."""
    url = database_url.render_as_string(hide_password=False)
    async with everywhere(url, request.param) as running_town:
        yield running_town


async def organiser_who_asked(town: Everywhere, question: str = "Keep the market?") -> Person:
    olga = api(town).user("Olga")
    await olga.sends(f"/start {await town.invitation('organiser')}")
    await olga.waits_for("You are an organiser of Elm Park now.")
    await olga.sends(f"/poll {question} | Yes | No")
    await olga.taps("Send")
    await olga.waits_for("Sent. It is on its way")
    return olga


async def test_a_question_is_shown_in_another_chat_answered_there_and_closed(town: Everywhere) -> None:
    olga, there = await organiser_who_asked(town), api(town).elsewhere
    search = await there.looks(olga, "MARKET")
    assert search.titles == ["Keep the market?"]
    assert search.answer is not None
    assert (search.answer["is_personal"], search.answer["cache_time"] <= 10) == (True, True)
    name = await there.shows(olga, search, "Keep the market?")
    assert there.sees(name).holds("Elm Park asks. Tap your answer.")
    people = [api(town).user(f"Passer-by {number}") for number in range(5)]
    await asyncio.gather(*(there.taps(one, name, "Yes") for one in people))
    await api(town).settles()
    for one in people:
        assert one.toasts == ["Counted. Thank you."]
        assert one.screen() == []
    await everything_arrives(town)
    await town.passes(seconds=6)
    await there.waits_for(name, "5 people have taken part.")
    await there.taps(people[0], name, "No")
    await api(town).settles()
    await everything_arrives(town)
    await town.passes(days=4)
    await there.waits_for(name, "Yes: 4 votes, 80%")
    assert there.sees(name).buttons == ()
    poll = await town.newest_poll()
    await there.presses(people[1], name, f"vi:{poll.id}:0:en")
    await people[1].waits_for_toast("This poll has closed.")
    assert await town.result(poll) == {"Yes": 4, "No": 1}


async def test_the_bot_that_is_told_follows_what_was_shown_from_the_beginning(town: Everywhere) -> None:
    olga, there = await organiser_who_asked(town), api(town).elsewhere
    name = await there.shows(olga, await there.looks(olga, ""), "Keep the market?", feedback=True)
    await olga.taps("Yes")
    await api(town).settles()
    await everything_arrives(town)
    await town.passes(seconds=6)
    await there.waits_for(name, "1 person has taken part.")


async def test_whoever_is_in_no_community_comes_in_by_the_button(town: Everywhere) -> None:
    await organiser_who_asked(town)
    bob = api(town).user("Bob", language_code="pl")
    search = await api(town).elsewhere.looks(bob, "market")
    assert search.titles == []
    assert search.answer is not None
    assert search.answer["button"]["text"] == "Dołącz do społeczności"
    await bob.opens(api(town).link(search.answer["button"]["start_parameter"]))
    await bob.waits_for("Do której społeczności należysz?")


async def test_one_person_in_a_group_and_elsewhere_counts_once(town: Everywhere) -> None:
    group, olga, people = await connected(town, neighbours=1)
    await asked(olga, group)
    there = api(town).elsewhere
    name = await there.shows(olga, await there.looks(olga, "market"), "Keep the market?")
    await asyncio.gather(people[0].taps("Yes", group=group), there.taps(people[0], name, "No"))
    await api(town).settles()
    assert sum((await town.result(await town.newest_poll())).values()) == 1


async def test_forged_taps_there_are_answered_and_change_nothing(town: Everywhere) -> None:
    olga, there = await organiser_who_asked(town), api(town).elsewhere
    name = await there.shows(olga, await there.looks(olga, ""), "Keep the market?")
    bob, poll = api(town).user("Bob"), await town.newest_poll()
    for payload in ("vi:99:0:en", f"vi:{poll.id}:7:en", "z:1", "k:1:a:b", "x" * 64):
        await there.presses(bob, name, payload)
        await api(town).settles()
    assert len(bob.toasts) == 5
    await town.passes(seconds=6)
    assert there.sees(name).holds("Elm Park asks.")
    assert all(call.params["chat_id"] != bob.id for call in api(town).calls_of("sendMessage"))
    assert await town.result(poll) == {"Yes": 0, "No": 0}


async def test_a_message_that_is_gone_is_left_in_peace_and_the_vote_counts(town: Everywhere) -> None:
    olga, there = await organiser_who_asked(town), api(town).elsewhere
    name = await there.shows(olga, await there.looks(olga, ""), "Keep the market?")
    bob = api(town).user("Bob")
    await there.taps(bob, name, "Yes")
    await api(town).settles()
    del api(town).world.inline[name]
    await town.passes(seconds=6)
    await everything_arrives(town)
    assert await town.result(await town.newest_poll()) == {"Yes": 1, "No": 0}


async def test_who_types_on_gets_the_answer_to_the_last_letters(town: Everywhere) -> None:
    olga, there = await organiser_who_asked(town), api(town).elsewhere
    for words in ("m", "ma", "mar"):
        there.types(olga, words)
    search = await there.looks(olga, "nothing of that name")
    assert search.titles == []


async def test_an_answer_that_comes_too_late_or_not_at_all_harms_nothing(town: Everywhere) -> None:
    olga, there = await organiser_who_asked(town), api(town).elsewhere
    for trouble in ("500", "400", "reset"):
        fault = api(town).fail("answerInlineQuery", trouble)
        there.types(olga, "market")
        await api(town).until(lambda fault=fault: fault.hits)  # type: ignore[misc]
    assert (await there.looks(olga, "market")).titles == ["Keep the market?"]


async def test_telegram_is_asked_for_what_inline_mode_needs(town: Everywhere) -> None:
    assert {"inline_query", "chosen_inline_result"} <= set(ALLOWED)
    assert set(ALLOWED) == set(api(town).queue.wanted)
