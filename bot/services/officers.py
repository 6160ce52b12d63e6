"""Officers: who fills which post of a body, and who may act on a report."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import N_
from bot.models import Officer, Resident, ServiceRequest


async def of(session: AsyncSession, resident: Resident) -> Sequence[Officer]:
    """The posts that somebody fills."""
    mine = select(Officer).where(Officer.resident_id == resident.id).order_by(Officer.id)
    return (await session.scalars(mine)).all()


async def require(session: AsyncSession, resident: Resident, made: ServiceRequest) -> Officer:
    """The post by which somebody may act on a report; Refused where there is none."""
    for one in await of(session, resident):
        if one.team_id is not None and one.team_id == made.team_id:
            return one
    for one in await of(session, resident):
        if one.post == "director" and one.body_id == made.body_id:
            return one
    raise Refused(N_("This report is not with your team."))


async def name_of(session: AsyncSession, officer_id: int) -> str | None:
    """What a colleague is called, if they told it."""
    name: str | None = await session.scalar(
        select(Resident.name)
        .join(Officer, Officer.resident_id == Resident.id)
        .where(Officer.id == officer_id)
    )
    return name
