"""A vote and a change of the same question at the same moment: one comes second, and finds out."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.errors import Refused
from bot.letters.polling.polls import Vote
from bot.message import Tap
from bot.models import Poll, Resident, Rules
from bot.services.polling import polls, rewriting
from bot.services.polling.questions import Draft
from tests.town import MONDAY, Town

NEW = ("North", "South")


async def _prepared(town: Town) -> tuple[Database, Poll, Resident, Resident]:
    """A question, whoever asked it, and a resident who may answer; two sessions can fight over it."""
    await town.member("Alice")
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    async with town.folkmoot.database.reading() as session:
        people = (await session.scalars(select(Resident).order_by(Resident.id))).all()
        by = await session.get_one(Resident, poll.asked_by)
        return town.folkmoot.database, poll, by, next(one for one in people if one.id != by.id)


async def _rewrites(database: Database, poll: Poll, by: Resident, go: asyncio.Event) -> None:
    async with database.writing() as session:
        organiser = await session.get_one(Resident, by.id)
        await rewriting.rewrite(
            session,
            poll.id,
            Draft("Where to?", NEW),
            Rules(),
            closes_at=MONDAY + timedelta(days=3),
            by=organiser,
            now=MONDAY,
        )
        await go.wait()


async def _answers(database: Database, poll: Poll, by: Resident, go: asyncio.Event) -> None:
    async with database.writing() as session:
        await polls.cast(session, poll.id, 0, by=await session.get_one(Resident, by.id), now=MONDAY)
        await go.wait()


@pytest.mark.parametrize("first", ["the vote", "the change"])
async def test_of_a_vote_and_a_change_at_once_the_second_finds_out(town: Town, first: str) -> None:
    database, poll, olga, alice = await _prepared(town)
    go, free = asyncio.Event(), asyncio.Event()
    free.set()
    vote, change = (_answers, database, poll, alice), (_rewrites, database, poll, olga)
    leads, follows = (vote, change) if first == "the vote" else (change, vote)
    ahead = asyncio.create_task(leads[0](*leads[1:], go))
    await asyncio.sleep(0.3)
    behind = asyncio.create_task(follows[0](*follows[1:], free))
    await asyncio.sleep(0.3)
    assert not behind.done()
    go.set()
    await ahead
    with pytest.raises(Refused):
        await behind
    newest = await town.newest_poll()
    votes = await town.result(newest)
    assert votes == ({"East": 1, "West": 0} if first == "the vote" else {"North": 0, "South": 0})


async def test_in_one_session_a_vote_after_the_change_finds_the_poll_gone(town: Town) -> None:
    database, poll, olga, alice = await _prepared(town)
    async with database.writing() as session:
        voter = await session.get_one(Resident, alice.id)
        await polls.look_ahead(session, [(poll.id, voter)])
        await rewriting.rewrite(
            session,
            poll.id,
            Draft("Where to?", NEW),
            closes_at=MONDAY + timedelta(days=3),
            by=await session.get_one(Resident, olga.id),
            now=MONDAY,
        )
        with pytest.raises(Refused):
            await polls.cast(session, poll.id, 0, by=voter, now=MONDAY)
    assert await town.result(await town.newest_poll()) == {"North": 0, "South": 0}


async def test_votes_and_a_change_in_one_batch_are_never_mixed_up(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Where to?", "East", "West", by=olga)
    people = [town.stranger(name) for name in ("Alice", "Bob", "Cem")]
    for one in people:
        await one.opens(poll.code)
    await olga.taps("How it stands")
    await olga.taps("Change it")
    name, payload = olga.button("Send")
    taps = [one.incoming(Tap(Vote(poll=poll.id, choice=0).pack(), query="q"), message="1") for one in people]
    sent = olga.incoming(Tap(payload, query="q"), message=name)
    await asyncio.gather(*(town.folkmoot.dispatcher.submit(one) for one in (sent, *taps)))
    await town.quiet()
    newest = await town.newest_poll()
    assert sum((await town.result(newest)).values()) == (0 if newest.id != poll.id else 3)
