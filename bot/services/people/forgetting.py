"""What is left to do after somebody was forgotten, and talks that nobody goes on with."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import retention
from bot.models import Address, Resident, WebSession

AT_ONCE = 200  # addresses
STUBS = timedelta(days=30)
"""So long we remember that there was a talk, without its words, to say that it was put away."""


async def part(session: AsyncSession, *, now: datetime) -> None:
    """Take away the last of those who erased themselves, once the goodbye has had its time."""
    before = now - retention.age("goodbye")
    found = await session.scalars(
        select(Address)
        .where(Address.forgotten_at < before)
        .order_by(Address.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    gone = found.all()
    if not gone:
        return
    chats = [one.chat for one in gone if one.channel == "web"]
    await session.execute(delete(WebSession).where(WebSession.chat.in_(chats)))
    # Their addresses go with them, by the tables' own rules, and the envelopes with those.
    await session.execute(
        delete(Resident)
        .where(Resident.id.in_([one.resident_id for one in gone]))
        .execution_options(synchronize_session=False)
    )


async def drop_talks(
    session: AsyncSession, *, after: int, now: datetime, looked_at: int = 2000
) -> int | None:
    """Among so many addresses after number `after`, forget what was typed in talks that have rested too long. Returns
    the last number that was looked at; None when there are no more."""
    some = select(Address.id).where(Address.id > after).order_by(Address.id).limit(looked_at).subquery()
    last, many = (await session.execute(select(func.max(some.c.id), func.count(some.c.id)))).one()
    if last is None:
        return None
    under_way = (
        select(Address.id, Address.talk)
        .where(Address.id.between(after + 1, last), Address.talk.is_not(None))
        .with_for_update(skip_locked=True)  # whoever is just answering goes on
    )
    for number, talk in (await session.execute(under_way)).all():
        rests = now - datetime.fromisoformat(talk["at"])
        stub = {**talk, "given": {}, "answers": {}, "known": [], "trail": [], "unread": [], "aside": None}
        left = None if rests > retention.age("talk") + STUBS else stub
        if rests > retention.age("talk") and left != talk:
            await session.execute(update(Address).where(Address.id == number).values(talk=left))
    return int(last) if many == looked_at else None
