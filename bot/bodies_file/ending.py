"""What a file leaves out: a team ends, and nothing that is open is left without somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.bodies_file.changes import Change
from bot.bodies_file.wrong import FileWrong
from bot.lifecycle import OPEN
from bot.models import Duty, Happening, Invitation, Officer, ServiceRequest, Team
from bot.services.in_charge import officers


async def team(session: AsyncSession, row: Team, name: str, where: str, *, now: datetime) -> Change:
    """A team that is left out has no duties and no address any more; it goes altogether where nothing refers to it.
    Whoever reads at its address fills a post there until the address is let go of, and holds nobody up."""
    if waiting := await open_reports(session, ServiceRequest.team_id == row.id):
        raise FileWrong(
            f"{where}: the team {name} is left out, and has open reports: {waiting}. "
            "Let them be handed over first."
        )
    if filled := await _people(session, row):
        raise FileWrong(
            f"{where}: the team {name} is left out, and people work there: {filled}. Let them leave it first."
        )
    live = (await session.scalars(select(Duty).where(Duty.team_id == row.id, Duty.ended_at.is_(None)))).all()
    for duty in live:
        duty.ended_at = now
    fields = [("duties", str(len(live)), "0")] if live else []
    if row.email is not None:
        fields.append(("email", row.email, "nothing"))
        row.email = None
    referring = (Duty, ServiceRequest, Invitation, Officer, Happening)
    if not any([await session.scalar(select(exists().where(one.team_id == row.id))) for one in referring]):
        await session.delete(row)
        return Change("removed", "team", name)
    if fields:
        return Change("ended", "team", name, tuple(fields))
    return Change("unchanged", "team", f"{name} (without duties)")


async def address(session: AsyncSession, row: Team, name: str, where: str) -> None:
    """Raises FileWrong where a team is to have no address any more in which nobody works, and has open reports."""
    waiting = await open_reports(session, ServiceRequest.team_id == row.id)
    if waiting and not await _people(session, row):
        raise FileWrong(
            f"{where}: the team {name} has nobody but its address, and open reports: {waiting}. "
            "Let them be handed over first, or invite somebody."
        )


async def open_reports(session: AsyncSession, *which: Any) -> int:
    """How many there are."""
    counted = select(func.count()).select_from(ServiceRequest).where(ServiceRequest.status.in_(OPEN), *which)
    return int(await session.scalar(counted) or 0)


async def _people(session: AsyncSession, row: Team) -> int:
    posts = (await session.scalars(select(Officer).where(Officer.team_id == row.id))).all()
    theirs = [
        not one.mailbox or await officers.has_been_in(session, one.resident_id, row.id) for one in posts
    ]
    return sum(theirs)
