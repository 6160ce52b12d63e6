"""Bodies and their teams: found by number and short name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.lifecycle import OPEN
from bot.models import Body, ServiceRequest, Team


async def listed(session: AsyncSession) -> Sequence[Body]:
    """All bodies, by their short names."""
    return (await session.scalars(select(Body).order_by(Body.slug))).all()


async def by_slug(session: AsyncSession, slug: str) -> Body | None:
    """The body of that short name."""
    found: Body | None = await session.scalar(select(Body).where(Body.slug == slug.strip().lower()))
    return found


async def teams(session: AsyncSession, body_id: int) -> Sequence[Team]:
    """The teams of a body, by their short names."""
    return (await session.scalars(select(Team).where(Team.body_id == body_id).order_by(Team.slug))).all()


async def team_by_slug(session: AsyncSession, body_id: int, slug: str) -> Team | None:
    """The team of that short name in a body."""
    found: Team | None = await session.scalar(
        select(Team).where(Team.body_id == body_id, Team.slug == slug.strip().lower())
    )
    return found


async def all_teams(session: AsyncSession) -> Sequence[tuple[Body, Team]]:
    """Every team with its body, in the order of their short names: for whoever routes a report by hand."""
    rows = await session.execute(
        select(Body, Team).join(Team, Team.body_id == Body.id).order_by(Body.slug, Team.slug)
    )
    return [(body, team) for body, team in rows.all()]


async def open_work(session: AsyncSession, team_id: int) -> int:
    """How many open reports a team has."""
    counted = await session.scalar(
        select(func.count())
        .select_from(ServiceRequest)
        .where(ServiceRequest.team_id == team_id, ServiceRequest.status.in_(OPEN))
    )
    return int(counted or 0)
