"""Reminders of what is owed: of an outcome 7, 14 and 28 days after the close, of a promise when its day has passed and
7, 14 and 28 days later.

What is due is a query: nothing waits for its time anywhere, so a restart loses nothing. Each reminder leaves a row
and comes once. Late policy: a reminder whose day was missed is sent up to a week late; after that it is left out, and
the next one comes on its own day. So nobody gets two at once, however long we were down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.db import insert_new
from bot.letters.polling import promises as letters
from bot.models import Community, Poll, Reminder, Resident, Tally
from bot.services.community import communities
from bot.services.polling import outcomes, voters
from bot.services.polling.outcomes import Promise
from bot.services.polling.questions import today

OUTCOME_STEPS = (7, 14, 28)  # days after the close
PROMISE_STEPS = (0, 7, 14, 28)  # days after the first day on which it is late
LATE = 7  # days that a reminder may be late

BEGIN, END = time(9), time(18)  # as clocks show it in the community; nobody is reminded at night
AT_ONCE = 100  # reminders in one transaction


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is to be sent: what of, and which one."""

    poll: Poll
    community: Community
    took_part: int
    promised: bool
    step: int

    @property
    def round(self) -> int:
        """0 for the outcome, 1 for the first day that was promised, one more for each later one."""
        return self.poll.followed_up + 1 if self.promised else 0


async def remind(session: AsyncSession, *, now: datetime) -> bool:
    """Put the reminders that are due; true when there may be more."""
    left = AT_ONCE
    for zone in await _awake(session, now=now):
        for one in await _due(session, zone, left, now=now):
            left -= 1
            new = {"poll_id": one.poll.id, "round": one.round, "step": one.step, "at": now}
            await session.execute(insert_new(session, Reminder).values(new))
            await _put(session, one, now=now)
    return left <= 0


async def _awake(session: AsyncSession, *, now: datetime) -> list[str]:
    """The zones of communities in which it is day."""
    zones = await session.scalars(select(Community.zone).distinct().order_by(Community.zone))
    return [zone for zone in zones if BEGIN <= now.astimezone(ZoneInfo(zone)).time() < END]


async def _due(session: AsyncSession, zone: str, most: int, *, now: datetime) -> list[Due]:
    day, found = today(zone, now=now), list[Due]()
    for step in OUTCOME_STEPS:
        since = now - timedelta(days=step)
        late = (Poll.closed_at <= since, Poll.closed_at > since - timedelta(days=LATE))
        missing = (*late, Poll.outcome_at.is_(None), Poll.by_member.is_(False), Tally.took_part > 0)
        found += await _of(session, zone, missing, most - len(found), promised=False, step=step)
    for step in PROMISE_STEPS:
        last = day - timedelta(days=step + 1)
        passed = (Poll.done_by <= last, Poll.done_by > last - timedelta(days=LATE))
        owed = (*passed, Poll.done_by.is_not(None), Poll.settled.is_(None))
        found += await _of(session, zone, owed, most - len(found), promised=True, step=step)
    return found


async def _of(
    session: AsyncSession,
    zone: str,
    conditions: Sequence[ColumnElement[bool]],
    most: int,
    *,
    promised: bool,
    step: int,
) -> list[Due]:
    """Polls in this zone that meet the conditions and of which nobody was reminded at this step."""
    round = Poll.followed_up + 1 if promised else 0
    reminded = exists().where(Reminder.poll_id == Poll.id, Reminder.round == round, Reminder.step == step)
    rows = await session.execute(
        select(Poll, Community, Tally.took_part)
        .join(Community, Community.id == Poll.community_id)
        .join(Tally, Tally.poll_id == Poll.id)
        .where(Community.zone == zone, *conditions, ~reminded)
        .order_by(Poll.id)
        .limit(max(0, most))
    )
    return [Due(*row, promised=promised, step=step) for row in rows]


async def _put(session: AsyncSession, due: Due, *, now: datetime) -> None:
    """Whoever asked is reminded; where they cannot be reached or are an organiser no more, all organisers are."""
    promise = outcomes.promise(due.poll, due.took_part, due.community.zone, now=now)
    asked = await voters.who_asked(session, due.poll)
    reached = [one for one in asked if await _reminded(session, one, due, promise, now=now)]
    if not reached:
        for one in await communities.organisers(session, due.community.id):
            if one not in asked:
                await _reminded(session, one, due, promise, now=now)


async def _reminded(
    session: AsyncSession, resident_id: int, due: Due, promise: Promise, *, now: datetime
) -> bool:
    tongue = i18n.tongue((await session.get_one(Resident, resident_id)).language)
    assert promise.day is not None  # noqa: S101 - what is due has a day
    if due.promised:
        message = letters.desk(due.poll, promise.day, promise.late, due.community, tongue)
    else:
        message = letters.outcome_missing(due.poll, promise.day, promise.late, due.community, tongue)
    key = f"remind:{due.poll.id}:{due.round}:{due.step}:{resident_id}"
    return await outbox.put_personal(session, resident_id, message, once_key=key, now=now)
