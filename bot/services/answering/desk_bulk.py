"""Several reports at once: a lead answers all open ones of a kind in an area with one sentence, and never without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import N_
from bot.models import Resident, ServiceRequest
from bot.services.answering import casework, desk, desk_cases

MOST = 40  # reports in one transaction


@dataclass(frozen=True, slots=True)
class Alike:
    """So many open reports of the same kind and area, and so many people whom they concern."""

    reports: int
    people: int


async def alike(session: AsyncSession, number: int, *, by: Resident) -> Alike:
    """What a lead would answer; Refused for others, and where there is only one, or too many."""
    made = await _led(session, number, by)
    counted = select(func.count(), func.sum(ServiceRequest.people)).where(*desk_cases.alike(made))
    reports, people = (await session.execute(counted)).one()
    if reports < 2:
        raise Refused(N_("There is only one of these. Please answer it by itself."))
    if reports > MOST:
        raise Refused(N_("These are more than {most}. Please join those first that are the same."), most=MOST)
    return Alike(int(reports), int(people))


async def answer(session: AsyncSession, number: int, text: str, *, by: Resident, now: datetime) -> Alike:
    """Say the same to everyone concerned by any of them; each is in its own history."""
    casework.said(text)
    found = await alike(session, number, by=by)
    made = await session.get_one(ServiceRequest, number)
    numbers = await session.scalars(
        select(ServiceRequest.id).where(*desk_cases.alike(made)).order_by(ServiceRequest.id)
    )
    for each in numbers.all():
        one = await casework.answer(session, each, text, by=by, now=now)
        casework.record(session, one, "report.answer_all", now=now, began_with=number)
    return found


async def _led(session: AsyncSession, number: int, by: Resident) -> ServiceRequest:
    made = await session.get(ServiceRequest, number)
    mine = await desk.reach(session, by)
    if made is None or made.team_id not in mine.teams or not desk_cases.leads(mine, made):
        raise Refused(N_("Only the lead of this team can answer several at once."))
    return made
