"""Questions that are asked again: which polls belong together, and which of them can be asked once more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot import when
from bot.errors import Refused
from bot.i18n import N_
from bot.models import EVERYONE, Community, Poll, Resident, Standing, Tally
from bot.services.community import communities
from bot.services.polling import polls, successors
from bot.services.polling.questions import LONGEST_LIFE

MOST = 12  # askings that are compared, the latest
A_PAGE = 8  # questions in one list


async def of(session: AsyncSession, poll: Poll, *, organiser: bool = False) -> tuple[Standing, ...]:
    """The latest closed askings of the same question, of the same kind, whose count may be seen by everybody, or by
    organisers; the oldest first. What was asked of a part only is shown beside what was asked of the same part."""
    if poll.series is None:
        return ()
    wanted = (
        select(Poll, Community, Tally)
        .join(Community, Community.id == Poll.community_id)
        .join(Tally, Tally.poll_id == Poll.id)
        .where(Poll.series == poll.series, Poll.community_id == poll.community_id, Poll.kind == poll.kind)
        .where(Poll.closed_at.is_not(None))
    )
    if not organiser:
        wanted = wanted.where(Poll.results != "never", or_(Poll.whom == EVERYONE, Poll.whom == poll.whom))
    rows = await session.execute(wanted.order_by(Poll.closed_at.desc(), Poll.id.desc()).limit(MOST))
    seen = [polls.seen_as(*row, mine=None, organiser=organiser) for row in rows]
    return tuple(reversed(seen))


async def repeatable(session: AsyncSession, poll_id: int, *, by: Resident) -> Poll:
    """A closed poll that `by` may ask again; Refused says why not."""
    poll = await successors.known(session, poll_id)
    await communities.require_organiser(session, by, poll.community_id)
    if poll.closed_at is None:
        raise Refused(N_("This poll is still open."))
    return poll


async def join(session: AsyncSession, poll: Poll, first: int, *, by: Resident) -> None:
    """Let a new poll belong to the series of one that was asked before, unless it is another community's."""
    before = await repeatable(session, first, by=by)
    if before.community_id == poll.community_id:
        before.series = before.series or before.id
        poll.series = before.series


async def earlier(
    session: AsyncSession, community_ids: Collection[int], *, before: int | None = None
) -> Sequence[Poll]:
    """Closed questions of these communities, the newest first, of each series the last one; those before a number.
    One more than a page holds where there are more."""
    later = aliased(Poll)
    asked_later = select(later.id).where(
        later.series == Poll.series, later.id > Poll.id, later.closed_at.is_not(None)
    )
    wanted = select(Poll).where(
        Poll.community_id.in_(community_ids), Poll.closed_at.is_not(None), ~asked_later.exists()
    )
    if before is not None:
        wanted = wanted.where(Poll.id < before)
    return (await session.scalars(wanted.order_by(Poll.id.desc()).limit(A_PAGE + 1))).all()


def as_long(poll: Poll, zone: str, *, now: datetime) -> datetime:
    """When it closes if it is open as long as it was meant to be before, by days where these were days. Pure."""
    length = min(poll.closes_at - poll.opened_at, LONGEST_LIFE)
    days = round(length / timedelta(days=1))
    if days:
        return min(when.in_days(days, zone, now=now), now + LONGEST_LIFE)
    return now + max(length, timedelta(hours=1))
