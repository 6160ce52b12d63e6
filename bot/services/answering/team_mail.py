"""Teams by e-mail: whoever reads at a team's address fills a post in it, so letters reach them as they do everybody
there, and what they answer counts as the team's. Organisers hear of addresses where nothing arrives."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n
from bot.errors import Refused
from bot.letters.in_charge import team_mail as letters
from bot.lifecycle import OPEN
from bot.models import Address, Body, Membership, Officer, Resident, ServiceRequest, Team
from bot.services import mailboxes
from bot.services.in_charge import officers
from bot.services.reporting import report_news


async def settle(session: AsyncSession, *, now: datetime) -> None:
    """Whoever reads at each team's address fills a post there, and nobody at an address that it has no more."""
    rows = await session.execute(
        select(Team, Officer, Address.chat)
        .outerjoin(Officer, (Officer.team_id == Team.id) & Officer.mailbox)
        .outerjoin(
            Address, (Address.resident_id == Officer.resident_id) & (Address.channel == mailboxes.CHANNEL)
        )
        .order_by(Team.id)
    )
    for team, officer, chat in rows.all():
        wanted = None if team.email is None else team.email.strip().lower()
        if chat == wanted:
            continue
        if officer is not None:
            await _let_go(session, officer)
        if wanted is not None:
            await _fill(session, team, wanted, now=now)


async def _fill(session: AsyncSession, team: Team, email: str, *, now: datetime) -> None:
    try:
        address = await mailboxes.at(session, email, language=team.language, now=now)
    except Refused:
        return  # it was read from a file and looked like one; nothing can be sent there
    here = select(Officer).where(Officer.team_id == team.id, Officer.resident_id == address.resident_id)
    if (known := await session.scalar(here)) is not None:  # somebody who works there reads it
        known.mailbox = True
        await session.flush()
        return
    session.add(
        Officer(
            body_id=team.body_id,
            team_id=team.id,
            resident_id=address.resident_id,
            post="officer",
            mailbox=True,
            since=now,
        )
    )
    await session.flush()


async def _let_go(session: AsyncSession, officer: Officer) -> None:
    """What was taken there goes back to the team. Whoever took up a post there themselves stays."""
    if officer.team_id and await officers.has_been_in(session, officer.resident_id, officer.team_id):
        officer.mailbox = False
        await session.flush()
        return
    await session.execute(
        update(ServiceRequest).where(ServiceRequest.officer_id == officer.id).values(officer_id=None)
    )
    await session.delete(officer)
    await session.flush()


async def tell_of_failures(session: AsyncSession, *, now: datetime) -> None:
    """Tell organisers, once for each trouble, that a team's address takes no mail: somebody else has to be asked."""
    failing = {one.email: one for one in await mailboxes.failing(session)}
    if not failing:
        return
    rows = await session.execute(
        select(Team, Body).join(Body, Body.id == Team.body_id).where(func.lower(Team.email).in_(failing))
    )
    for team, body in rows.all():
        trouble = failing[(team.email or "").strip().lower()]
        await report_news.put(
            session,
            select(Membership.resident_id)
            .where(Membership.community_id.in_(_served(team)), Membership.role == "organiser")
            .distinct(),
            partial(letters.nothing_arrives, team, body),
            f"mailbox:{trouble.address}:{trouble.since.timestamp():.0f}",
            now=now,
        )


def _served(team: Team) -> Select[int]:
    """The communities that have something open there."""
    return select(ServiceRequest.community_id).where(
        ServiceRequest.team_id == team.id, ServiceRequest.status.in_(OPEN)
    )


async def colleague(
    session: AsyncSession, made: ServiceRequest, writer: Resident, sent_to: str, *, now: datetime
) -> bool:
    """Whether whoever answered a letter to the team that has this report may act for it. They have shown that they
    read there and at their own address, so they fill a post in the team from now on. Whoever has left it since needs an
    invitation: old letters can be answered for ever."""
    mine = select(Officer.id).where(Officer.resident_id == writer.id, Officer.team_id == made.team_id)
    if await session.scalar(mine) is not None:
        return True
    team = await session.scalar(
        select(Team)
        .join(Officer, (Officer.team_id == Team.id) & Officer.mailbox)
        .join(Address, Address.resident_id == Officer.resident_id)
        .where(Team.id == made.team_id, Address.channel == mailboxes.CHANNEL, Address.chat == sent_to)
    )
    if team is None or await officers.has_been_in(session, writer.id, team.id):
        return False
    officer = Officer(body_id=team.body_id, team_id=team.id, resident_id=writer.id, post="officer", since=now)
    session.add(officer)
    await session.flush()
    officers.record_acceptance(session, officer, by=writer, now=now)
    return True


def for_colleagues(text: str) -> str | None:
    """What is written after "note:", in any of our languages; None where everybody shall read it."""
    words = {str(i18n.tongue(code)._(letters.NOTE).unescape()).casefold() for code in i18n.available()}
    head, colon, rest = text.partition(":")
    return rest.strip() if colon and head.strip().casefold() in words else None
