"""Boards: what many look at is edited with the newest state, never once a vote, and the last state always comes."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot.errors import RetryLater, Undeliverable
from bot.message import Parcel, Tap
from bot.models import Envelope
from bot.services.announcing import boards
from tests.conversations.test_groups import in_group
from tests.conversations.test_polls_in_groups import connected_town, edits, everybody_taps
from tests.town import Town, a_town


async def test_what_two_hundred_people_do_in_one_moment_is_shown_by_few_edits(town: Town) -> None:
    await connected_town(town, "-42")
    poll = await town.poll("Keep the market?", "Yes", "No")
    await everybody_taps(town, poll, 100)
    await town.passes(seconds=6)
    await everybody_taps(town, poll, 100, begin=100)
    await town.tick()  # too soon after the last edit
    assert "100 people have taken part." in in_group(town).latest
    await town.passes(seconds=6)
    assert await town.result(poll) == {"Yes": 200, "No": 0}
    assert "200 people have taken part." in in_group(town).latest
    assert len(edits(town)) == 2
    async with town.folkmoot.database.reading() as session:
        put = select(func.count()).select_from(Envelope).where(Envelope.once_key.like("board:_:%"))
        assert await session.scalar(put) == 2


async def test_nothing_is_edited_while_nothing_changes(town: Town) -> None:
    await connected_town(town, "-42")
    poll = await town.poll("Keep the market?", "Yes", "No")
    for choice in (0, 1, 0):
        await in_group(town, "Alice").does(Tap(f"v:{poll.id}:{choice}", query="q"))
        await town.passes(seconds=6)
    assert len(edits(town)) == 1


async def test_edits_do_not_pile_up_before_a_slow_wire_and_the_newest_state_comes(town: Town) -> None:
    await connected_town(town, "-42")
    poll = await town.poll("Keep the market?", "Yes", "No")
    opened = asyncio.Event()

    async def slow(parcel: Parcel) -> None:
        if parcel.action == "edit":
            await opened.wait()

    town.paper.fail = slow
    for round_ in range(5):
        await everybody_taps(town, poll, 3, begin=3 * round_)
        town.clock.pass_by(boards.GAP)
        for entry in town.folkmoot.jobs.entries:
            await town.folkmoot.jobs.run(entry)
    opened.set()
    await town.quiet()
    await town.passes(seconds=6)
    assert len(edits(town)) == 2
    assert "15 people have taken part." in in_group(town).latest


@pytest.mark.parametrize(
    "failure", [RetryLater("silence", after=0.0, maybe_arrived=True), Undeliverable("400")]
)
async def test_an_edit_that_failed_comes_later(town: Town, failure: Exception) -> None:
    await connected_town(town, "-42")
    poll = await town.poll("Keep the market?", "Yes", "No")
    failures = [failure]

    async def fail(parcel: Parcel) -> None:
        if parcel.action == "edit" and failures:
            raise failures.pop()

    town.paper.fail = fail
    await everybody_taps(town, poll, 3)
    await town.passes(seconds=6)
    await town.passes(seconds=6)
    await town.passes(minutes=11)
    assert "3 people have taken part." in in_group(town).latest


async def test_a_message_that_can_never_be_changed_is_left_in_peace(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "ENOUGH", 2)
    await connected_town(town, "-42")
    poll = await town.poll("Keep the market?", "Yes", "No", closes="in 5 days")
    tries = []

    async def fail(parcel: Parcel) -> None:
        if parcel.action == "edit":
            tries.append(parcel)
            raise Undeliverable("400")

    town.paper.fail = fail
    await everybody_taps(town, poll, 1)
    for _ in range(6):
        await town.passes(hours=2)
    assert len(tries) == 2


async def test_a_restart_in_between_loses_nothing(database_url: URL) -> None:
    url = database_url.render_as_string(hide_password=False)
    async with a_town(url) as before:
        await connected_town(before, "-42")
        poll = await before.poll("Keep the market?", "Yes", "No")
        await everybody_taps(before, poll, 30)
        number = before.paper.delivered[-1].target
    async with a_town(url, before) as after:
        await after.passes(seconds=6)
        assert "30 people have taken part." in in_group(after).latest
        assert len(edits(after)) == 1, number


async def test_two_clocks_that_tick_at_once_put_one_edit(town: Town) -> None:
    await connected_town(town, "-42", "-43")
    poll = await town.poll("Keep the market?", "Yes", "No")
    jobs = town.folkmoot.jobs
    show = next(entry for entry in jobs.entries if entry.name == "show boards")
    for number in range(3):
        await everybody_taps(town, poll, 1, begin=number)
        await town.quiet()
        town.clock.pass_by(boards.GAP)
        await asyncio.gather(jobs.run(show), jobs.run(show))
        await town.quiet()
        for group in ("-42", "-43"):
            assert len(edits(town, group)) == number + 1
