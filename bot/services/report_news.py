"""Telling of reports: those whom one concerns hear each thing once, in their language; so do those in charge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.letters import desk as desk_letters
from bot.letters import report_news as letters
from bot.lifecycle import STATUSES
from bot.message import Message
from bot.models import Concern, Happening, Membership, Officer, Resident, ServiceRequest, Team
from bot.services import likely_teams, report_views

IMPORTANT = frozenset({"asked", "merged", "split"})
"""What everybody hears who wants any news at all, besides how it ends."""


async def tell(
    session: AsyncSession,
    made: ServiceRequest,
    happening: Happening,
    *,
    now: datetime,
    besides: Resident | None = None,
) -> int:
    """Put it for everyone concerned who wants to hear it, but for whoever did it; returns for how many."""
    view = await report_views.of(session, made)
    names = await team_names(session, [happening])
    ends = happening.event == "status" and not STATUSES[happening.after or made.status].open
    wanted = ("all", "end") if ends or happening.event in IMPORTANT else ("all",)
    whom = select(Concern.resident_id).where(Concern.service_request_id == made.id, Concern.wants.in_(wanted))
    if happening.event == "asked":
        whom = whom.where(Concern.why == "reporter")
    if besides is not None:
        whom = whom.where(Concern.resident_id != besides.id)
    messages = {
        code: letters.news(view, happening, names.get(code, {}), i18n.tongue(code))
        for code in i18n.available()
    }
    return await _put(session, whom, messages, f"report:{made.id}:{happening.id}", now)


async def tell_team(session: AsyncSession, made: ServiceRequest, *, now: datetime, why: str = "new") -> int:
    """Put a report before those who work in its team; where nobody is in charge, before the community's organisers.

    `why` is `new`, `routed`, `handed_over`, `back`, `replied`, `added`: once each for every time that happens.
    """
    if made.team_id is None:
        return await tell_organisers(session, made, now=now, why="nobody")
    view = await report_views.of(session, made)
    whom = select(Officer.resident_id).where(Officer.team_id == made.team_id)
    if made.officer_id is not None and why in ("replied", "added", "back"):
        whom = select(Officer.resident_id).where(Officer.id == made.officer_id)
    messages = {code: desk_letters.arrived(view, i18n.tongue(code), why=why) for code in i18n.available()}
    times = f"{made.hops}.{made.reopened}" + (
        f".{made.updated_datetime.timestamp():.0f}" if why in ("replied", "added") else ""
    )
    return await _put(session, whom, messages, f"desk:{made.id}:{why}:{times}", now)


async def tell_organisers(session: AsyncSession, made: ServiceRequest, *, now: datetime, why: str) -> int:
    """Put a report before its community's organisers, with the teams that it could go to: `nobody` is in charge, or it
    was handed over too often (`hops`)."""
    view = await report_views.of(session, made)
    whom = select(Membership.resident_id).where(
        Membership.community_id == made.community_id, Membership.role == "organiser"
    )
    offered = await likely_teams.first(session, made) if why == "nobody" else ()
    messages = {
        code: desk_letters.arrived(view, i18n.tongue(code), why=why, teams=offered)
        for code in i18n.available()
    }
    return await _put(session, whom, messages, f"desk:{made.id}:{why}:{made.reopened}", now)


async def _put(
    session: AsyncSession, whom: Select[int], messages: Mapping[str, Message], subject: str, now: datetime
) -> int:
    return await outbox.put_to_many(session, whom, messages, otherwise=i18n.SOURCE, subject=subject, now=now)


async def team_names(session: AsyncSession, history: Sequence[Happening]) -> dict[str, dict[int, str]]:
    """Language → team → its name, for the teams that a history speaks of."""
    wanted = {one.team_id for one in history if one.team_id is not None}
    if not wanted:
        return {}
    teams = (await session.scalars(select(Team).where(Team.id.in_(wanted)))).all()
    return {code: {team.id: team.name_in(code) for team in teams} for code in i18n.available()}
