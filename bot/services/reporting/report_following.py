"""Following a report: somebody hears what comes of it, and is not counted among those who have the problem."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import insert_new
from bot.models import Concern, Resident, ServiceRequest
from bot.services.community import communities
from bot.services.reporting import own_reports, reports, waiting_news
from bot.services.reporting.hindrances import SAY_SO, still_open


async def follow(session: AsyncSession, number: int, *, by: Resident, now: datetime) -> ServiceRequest:
    """From now on they hear what comes of it; whom it concerns already stays counted. Of one that was joined with
    another it is the other."""
    made = await reports.for_everybody(session, number)
    still_open(made, otherwise=SAY_SO)
    row = {"service_request_id": made.id, "resident_id": by.id, "why": "follow", "wants": "all", "since": now}
    await session.execute(insert_new(session, Concern).values(row))
    await communities.join(session, by, made.community_id, now=now)
    return made


async def leave(session: AsyncSession, number: int, *, by: Resident, now: datetime) -> None:
    """Hear no more of it, nor of what was joined with it. Whoever has the problem takes it back instead."""
    made = await own_reports.held(session, number, by=by)
    goes_on = made.duplicate_of or made.id
    left = await session.scalars(
        delete(Concern)
        .where(
            Concern.service_request_id.in_(own_reports.joined_with(goes_on)),
            Concern.resident_id == by.id,
            Concern.why == "follow",
        )
        .returning(Concern.service_request_id)
    )
    if left.all():
        await waiting_news.without(session, goes_on, by, now=now)
