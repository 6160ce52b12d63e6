"""Doing the deeds of a plan through the services, as handlers would; each once, whoever was killed in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.models import Address, Body, Community, Officer, Resident, Seen, ServiceRequest, Team
from bot.services.answering import casework, twins
from bot.services.following_up import checking_fixed
from bot.services.reporting import own_reports, receiving, reports
from bot.services.reporting.receiving import Draft
from tests.year.plan import Deed

MARK = "year"
"""The channel under which a deed that was done is seen, like an update of a messenger."""


def title(number: int) -> str:
    """By what a report is known in every run, whatever number the database gave it."""
    return f"Report {number:04}"


async def done(session: AsyncSession) -> set[int]:
    """Which deeds were done, or refused."""
    keys = await session.scalars(select(Seen.key).where(Seen.channel == MARK))
    return {int(key) for key in keys}


async def do(
    session: AsyncSession, deeds: Sequence[tuple[int, Deed]], *, mark: bool = True
) -> dict[str, int]:
    """Do these, each marked as seen in the same transaction; returns how many were refused, by what they were."""
    refused: dict[str, int] = {}
    seen: list[dict[str, Any]] = []
    for number, deed in deeds:
        try:
            async with session.begin_nested():
                await _one(session, deed)
        except Refused:
            session.expire_all()
            refused[deed.what] = refused.get(deed.what, 0) + 1
        seen.append({"channel": MARK, "key": str(number), "seen_at": deed.at})
    await session.flush()
    if mark:
        await session.execute(insert(Seen), seen)
    return refused


async def _one(session: AsyncSession, deed: Deed) -> None:
    if deed.what == "report":
        return await _report(session, deed)
    if deed.what in _OF_TOWNS:
        return await _OF_TOWNS[deed.what](session, deed)
    found = await _found(session, deed.report)
    if deed.by is None:
        by = await _somebody_in_charge(session, found, deed)
    else:
        by = await resident(session, deed.by)
    await _DEEDS[deed.what](session, found, deed, by, deed.at)
    return None


async def resident(session: AsyncSession, name: str) -> Resident:
    """The resident of that name."""
    return (await session.scalars(select(Resident).where(Resident.name == name))).one()


async def _found(session: AsyncSession, number: int) -> ServiceRequest:
    made = await session.scalar(select(ServiceRequest).where(ServiceRequest.description == title(number)))
    if made is None:
        raise Refused("it was never reported")
    return made


async def _somebody_in_charge(session: AsyncSession, made: ServiceRequest, deed: Deed) -> Resident:
    """Whoever has taken it, else one of its team, in turn."""
    there = select(Officer).where(Officer.team_id == made.team_id).order_by(Officer.id)
    team = (await session.scalars(there)).all()
    if not team:
        raise Refused("nobody works there")
    taken = [one for one in team if one.id == made.officer_id]
    chosen = taken[0] if taken else team[deed.report % len(team)]
    return await session.get_one(Resident, chosen.resident_id)


async def _report(session: AsyncSession, deed: Deed) -> None:
    assert deed.by is not None
    by = await resident(session, deed.by)
    community = (await session.scalars(select(Community))).one()
    draft = Draft(title(deed.report), deed.more["service"], address="Elm Road")
    await receiving.report(session, community, draft, by=by, now=deed.at)


async def _leave(session: AsyncSession, deed: Deed) -> None:
    """An officer leaves, and hands everything to a colleague of the team."""
    leaving = (await session.scalars(select(Officer).join(Resident).where(Resident.name == deed.by))).one()
    others = select(Officer.id).where(Officer.team_id == leaving.team_id, Officer.id != leaving.id)
    heir = await session.scalar(others.order_by(Officer.id).limit(1))
    await session.execute(
        update(ServiceRequest).where(ServiceRequest.officer_id == leaving.id).values(officer_id=heir)
    )
    await session.delete(leaving)


async def _block(session: AsyncSession, deed: Deed) -> None:
    await session.execute(
        update(Address).where(Address.chat == deed.by, Address.channel == "paper").values(closed_at=deed.at)
    )


_OF_TOWNS: dict[str, Callable[[AsyncSession, Deed], Awaitable[None]]] = {"leave": _leave, "block": _block}


async def _team(session: AsyncSession, deed: Deed) -> int:
    found = (
        select(Team.id)
        .join(Body, Body.id == Team.body_id)
        .where(Body.slug == f"body-{deed.more['body']}", Team.slug == f"t{deed.more['team']}")
    )
    return int((await session.scalars(found)).one())


async def _hand(session: AsyncSession, made: ServiceRequest, deed: Deed, by: Resident, now: datetime) -> None:
    team = await _team(session, deed)
    await casework.hand_over(session, made.id, team, "It is not ours.", by=by, now=now)


async def _merge(
    session: AsyncSession, made: ServiceRequest, deed: Deed, by: Resident, now: datetime
) -> None:
    twin = await _found(session, deed.more["into"])
    await twins.merge(session, made.id, twin.id, by=by, now=now)


Do = Callable[[AsyncSession, ServiceRequest, Deed, Resident, datetime], Awaitable[Any]]

_DEEDS: dict[str, Do] = {
    "same": lambda s, made, deed, by, now: reports.same(s, made.id, by=by, now=now),
    "want": lambda s, made, deed, by, now: own_reports.want(s, made.id, deed.more["wants"], by=by, now=now),
    "add": lambda s, made, deed, by, now: own_reports.add(s, made.id, "It smells.", (), by=by, now=now),
    "withdraw": lambda s, made, deed, by, now: own_reports.withdraw(s, made.id, by=by, now=now),
    "reply": lambda s, made, deed, by, now: own_reports.reply(
        s, made.id, "The left one.", (), by=by, now=now
    ),
    "again": lambda s, made, deed, by, now: own_reports.again(s, made.id, "It is back.", (), by=by, now=now),
    "check": lambda s, made, deed, by, now: checking_fixed.answer(
        s, made.id, deed.more["answer"], by=by, now=now
    ),
    "take": lambda s, made, deed, by, now: casework.take(s, made.id, by=by, now=now),
    "answer": lambda s, made, deed, by, now: casework.answer(s, made.id, "We look at it.", by=by, now=now),
    "ask": lambda s, made, deed, by, now: casework.ask(s, made.id, "Which side?", by=by, now=now),
    "plan": lambda s, made, deed, by, now: casework.move(
        s, made.id, "planned", day=(now + timedelta(days=deed.more["days"])).date(), by=by, now=now
    ),
    "move": lambda s, made, deed, by, now: casework.move(
        s, made.id, deed.more["status"], words="That is how it is.", by=by, now=now
    ),
    "hand": _hand,
    "merge": _merge,
    "split": lambda s, made, deed, by, now: twins.split(s, made.id, by=by, now=now),
}
