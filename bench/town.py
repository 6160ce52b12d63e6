"""A town for Folkmoot to serve: everybody belongs, has taken part before, and has been sent the question."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bench.load import CHOICES, FIRST, PEOPLE, QUESTION
from bot.clock import utc_now
from bot.db import Database, upgrade
from bot.models import Address, Ballot, Consent, Envelope, Membership, Resident, Tally
from bot.services import communities, polls
from bot.services.questions import Draft
from bot.settings import Settings


async def found(settings: Settings) -> int:
    """Make the town in an empty database; returns the poll's number."""
    database = Database(settings.database)
    try:
        await upgrade(database)
        async with database.writing() as session:
            return await _fill(session)
    finally:
        await database.close()


async def _fill(session: AsyncSession) -> int:
    now = utc_now()
    town = await communities.add(
        session, "bench", {"en": "Bench"}, zone="Europe/London", languages=["en"], now=now
    )
    numbers = range(1, PEOPLE + 1)
    people = [
        {"id": n, "language": "en", "interests": [], "created_at": now, "greeted_at": now, "agreed_at": now}
        for n in numbers
    ]
    homes = [
        {
            "channel": "telegram",
            "chat": str(FIRST + n - 1),
            "resident_id": n,
            "preferred": True,
            "created_at": now,
        }
        for n in numbers
    ]
    said = [{"resident_id": n, "wording": "Agreed.", "language": "en", "agreed_at": now} for n in numbers]
    belong = [
        {
            "community_id": town.id,
            "resident_id": n,
            "role": "organiser" if n == 1 else "resident",
            "joined_at": now,
        }
        for n in numbers
    ]
    for table, rows in ((Resident, people), (Address, homes), (Consent, said), (Membership, belong)):
        await session.execute(insert(table), rows)
    sent = await polls.send(
        session,
        town.id,
        Draft(QUESTION, CHOICES),
        closes_at=now + timedelta(days=3),
        results="voted",
        by=await session.get_one(Resident, 1),
        now=now,
    )
    # They have it already: the load is about votes, not about the broadcast before them.
    await session.execute(update(Envelope).values(state="sent", done_at=now, attempts=1))
    return sent.poll.id


async def votes(settings: Settings) -> tuple[list[int], list[int]]:
    """Votes for each choice, counted from the ballots, and as the running tally has them."""
    database = Database(settings.database)
    try:
        async with database.reading() as session:
            ballots = [int(answer) for answer in await session.scalars(select(Ballot.answer))]
            counts = (await session.scalars(select(Tally.counts))).one()
    finally:
        await database.close()
    choices = range(len(CHOICES))
    return [ballots.count(n) for n in choices], [counts.get(str(n), 0) for n in choices]
