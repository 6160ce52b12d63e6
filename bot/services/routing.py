"""Who is in charge of a report: the team that does its kind of service where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Place
from bot.models import Area, Body, Duty, Service, Team


@dataclass(frozen=True, slots=True)
class Route:
    """The way a report goes, and why: by its `area`, `anywhere`, or to `nobody` that is known."""

    how: str
    body: Body | None = None
    team: Team | None = None
    duty: Duty | None = None
    area: Area | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the report."""
        return {
            "how": self.how,
            "duty": self.duty and self.duty.id,
            "area": self.area and self.area.id,
        }


async def route(
    session: AsyncSession, community_id: int, service_code: str | None, place: Place | None
) -> Route:
    """The way of a report of this kind at this place."""
    wanted = select(Duty, Team, Body).join(Team, Team.id == Duty.team_id).join(Body, Body.id == Duty.body_id)
    found = (await session.execute(wanted.where(Duty.service_code == service_code).order_by(Duty.id))).first()
    if found is None:
        return Route("nobody")
    duty, team, body = found
    return Route("anywhere", body, team, duty)


async def services_at(session: AsyncSession, community_id: int, place: Place | None) -> Sequence[Service]:
    """The kinds of problems that somebody is in charge of there."""
    return (await session.scalars(select(Service).order_by(Service.order, Service.service_code))).all()
