"""A town for Folkmoot to serve: everybody belongs, has taken part before, and has been sent the question."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bench import filling
from bench.load import CHOICES, FIRST, QUESTION
from bot import outbox
from bot.clock import utc_now
from bot.db import Database, upgrade
from bot.message import Message
from bot.models import Address, Ballot, Consent, Envelope, Membership, Poll, Resident, Tally
from bot.services.community import communities
from bot.services.polling import asking
from bot.services.polling.questions import Draft
from bot.settings import Settings


async def found(settings: Settings, size: filling.Size) -> tuple[int, tuple[int, ...]]:
    """Make the town in an empty database; returns the poll's number and the votes for each choice."""
    database = Database(settings.database)
    now = utc_now()
    try:
        await upgrade(database)
        async with database.writing() as session:
            poll = await _ask(session)
    finally:
        await database.close()
    votes_so_far = await filling.fill(
        settings.database, size, community=poll.community_id, poll=poll.id, now=now
    )
    return poll.id, votes_so_far


async def _ask(session: AsyncSession) -> Poll:
    """Resident 1, an organiser, asks while nobody else is there yet; so the outbox stays small."""
    now = utc_now()
    town = await communities.add(
        session, "bench", {"en": "Bench"}, zone="Europe/London", languages=["en"], now=now
    )
    session.add(Resident(id=1, language="en", interests=[], created_at=now, greeted_at=now, agreed_at=now))
    await session.flush()
    session.add_all(
        [
            Address(channel="telegram", chat=str(FIRST), resident_id=1, preferred=True, created_at=now),
            Consent(resident_id=1, wording="Agreed.", language="en", agreed_at=now),
            Membership(community_id=town.id, resident_id=1, role="organiser", joined_at=now),
        ]
    )
    await session.flush()
    sent = await asking.send(
        session,
        town.id,
        Draft(QUESTION, CHOICES),
        closes_at=now + timedelta(days=3),
        by=await session.get_one(Resident, 1),
        now=now,
    )
    # They have it already: the load is about votes, not about the broadcast before them.
    await session.execute(update(Envelope).values(state="sent", done_at=now, attempts=1))
    return sent.poll


async def broadcast(settings: Settings, subject: str) -> int:
    """Put a letter to everybody into the outbox; returns how many will get it."""
    database = Database(settings.database)
    try:
        async with database.writing() as session:
            return await outbox.put_to_many(
                session,
                select(Membership.resident_id),
                {"en": Message(Markup("The market moves to the green on Saturday."))},
                otherwise="en",
                subject=subject,
                now=utc_now(),
            )
    finally:
        await database.close()


async def votes(settings: Settings) -> tuple[list[int], list[int]]:
    """Votes for each choice, counted from the ballots, and as the running tally has them."""
    database = Database(settings.database)
    try:
        async with database.reading() as session:
            rows = await session.execute(select(Ballot.answer, func.count()).group_by(Ballot.answer))
            ballots = {int(answer): count for answer, count in rows}
            counts = (await session.scalars(select(Tally.counts))).one()
    finally:
        await database.close()
    choices = range(len(CHOICES))
    return [ballots.get(n, 0) for n in choices], [counts.get(str(n), 0) for n in choices]
