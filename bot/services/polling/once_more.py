"""The one reminder of a poll: half-way, by day, to those who were asked and have not answered."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.letters.polling import polls as letters
from bot.models import Community, Participation, Poll, Standing, Tally
from bot.services import roll

MORNING, EVENING = time(9), time(20)  # in the community's zone
WORTH = timedelta(hours=1)  # before the close; later it would only annoy


def half_way(opened: datetime, closes: datetime, zone: str) -> datetime | None:
    """The middle of a poll's time, moved into the day; None where there is no such moment well before the close."""
    here = (opened + (closes - opened) / 2).astimezone(ZoneInfo(zone))
    if here.time() < MORNING:
        here = datetime.combine(here.date(), MORNING, here.tzinfo)
    elif here.time() > EVENING:
        here = datetime.combine(here.date() + timedelta(days=1), MORNING, here.tzinfo)
    moment = here.astimezone(UTC)
    return moment if opened < moment < closes - WORTH else None


async def remind_due(session: AsyncSession, *, now: datetime, most: int = 20) -> int:
    """Put the reminders whose time has come; one that comes too late for the close is left out. Returns how many polls
    that were."""
    due = await session.scalars(select(Poll.id).where(Poll.remind_at <= now).order_by(Poll.id).limit(most))
    polls = due.all()
    for poll_id in polls:
        poll, tally = await roll.locked(session, poll_id)
        poll.remind_at = None
        if poll.closed_at is None and now < poll.closes_at - WORTH:
            await _remind(session, poll, tally, now=now)
    return len(polls)


async def _remind(session: AsyncSession, poll: Poll, tally: Tally, *, now: datetime) -> None:
    community = await session.get_one(Community, poll.community_id)
    standing = Standing(poll, community, None, None, tally.asked, tally.took_part)
    silent = select(Participation.resident_id).where(
        Participation.poll_id == poll.id, Participation.took_part.is_(False)
    )
    await outbox.put_to_many(
        session,
        silent,
        {code: letters.reminder(standing, i18n.tongue(code)) for code in i18n.available()},
        otherwise=i18n.SOURCE,
        subject=f"reminder:{poll.id}",
        now=now,
        expires_at=poll.closes_at,
    )
