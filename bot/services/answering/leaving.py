"""An officer goes: what they have taken goes to a named colleague, and nothing is ever left without somebody."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.in_charge import officers as letters
from bot.lifecycle import OPEN
from bot.models import Invitation, Officer, Resident, ServiceRequest
from bot.services import audit
from bot.services.community import communities
from bot.services.in_charge import bodies, officers
from bot.services.in_charge.officers import Place
from bot.services.reporting import histories

NOBODY_FITS = N_(
    "Nobody else can work on everything that is in these hands. Please give each report back first, with the button on "
    "its card."
)


async def taken(session: AsyncSession, officer_id: int) -> Sequence[ServiceRequest]:
    """The open reports that somebody has taken, the oldest first."""
    found = await session.scalars(
        select(ServiceRequest)
        .where(ServiceRequest.officer_id == officer_id, ServiceRequest.status.in_(OPEN))
        .order_by(ServiceRequest.id)
    )
    return found.all()


async def successors(session: AsyncSession, officer: Officer) -> Sequence[Officer]:
    """Who could take over what somebody has: the others of the team, or of the body, who may work on all of it."""
    if officer.team_id is not None:
        others = [*await officers.members(session, officer.team_id)]
        others += await officers.of_body(session, officer.body_id, "director")
    else:
        found = await session.scalars(
            select(Officer).where(Officer.body_id == officer.body_id, Officer.post != "councillor")
        )
        theirs = {one.team_id for one in await taken(session, officer.id)}
        others = [one for one in found if one.post == "director" or theirs <= {one.team_id}]
        others.sort(key=lambda one: one.id)
    return [one for one in others if one.resident_id != officer.resident_id]


async def go(
    session: AsyncSession, officer_id: int, *, to: int | None, by: Resident | None, now: datetime
) -> Place:
    """Somebody leaves a post, or is taken out of it by its lead, a director, or the operator (`by` is None).

    What they have taken goes to `to`, a colleague's post. Refused where that is needed and missing, and for the last
    one of a team that has open reports.
    """
    officer = await _locked(session, officer_id)
    itself = by is not None and officer.resident_id == by.id
    if by is not None and not itself:
        await officers.require_right(session, by, officer.body_id, officer.team_id)
    await require_somebody_left(session, officer, i18n.SOURCE if by is None else by.language)
    mine = await taken(session, officer.id)
    if mine:
        await hand_over(session, officer, await _successor(session, officer, to), by=by, now=now)
    place = await officers.place(session, officer)
    await _end(session, officer, by=by, act="officer.leave" if itself else "officer.remove", now=now)
    if not itself:
        await _tell(session, officer.resident_id, "removed", place, now=now)
    return place


async def hand_over(
    session: AsyncSession, officer: Officer, to: Officer, *, by: Resident | None, now: datetime
) -> int:
    """Everything open that somebody has taken is their colleague's, who hears it once; returns how many."""
    mine = await taken(session, officer.id)
    for report in mine:
        report.officer_id = to.id
        await _changed(session, report, to, by=by, now=now, **{"from": officer.id})
    if mine:
        who = await session.get_one(Resident, officer.resident_id)
        await _tell(
            session,
            to.resident_id,
            "handed_over",
            await officers.place(session, officer),
            now=now,
            references=[one.service_request_id for one in mine],
            who=who.name,
        )
    await session.flush()
    return len(mine)


async def forget(session: AsyncSession, resident: Resident, *, now: datetime) -> None:
    """Somebody erases themselves: what they have taken is their team's again, and whoever leads it is told; nothing
    can hold them back."""
    for officer in await officers.of(session, resident):
        place = await officers.place(session, officer)
        mine = await taken(session, officer.id)
        for report in mine:
            report.officer_id = None
            await _changed(session, report, None, by=None, now=now, back=True)
        await _end(session, officer, by=None, act="officer.forget", now=now)
        left = 0 if place.team is None else await bodies.open_work(session, place.team.id)
        alone = place.team is not None and not await officers.members(session, place.team.id)
        if mine or (alone and left):
            references = [one.service_request_id for one in mine]
            for number in await _above(session, place, mine):
                await _tell(
                    session,
                    number,
                    "alone" if alone else "gone",
                    place,
                    now=now,
                    references=references,
                    left=left,
                )


async def _above(session: AsyncSession, place: Place, reports: Sequence[ServiceRequest]) -> list[int]:
    """Lead, else director, else the organisers of the communities from which the team's open reports come."""
    team_id = None if place.team is None else place.team.id
    found = await officers.in_charge_of(session, place.body.id, team_id)
    if found:
        return list(dict.fromkeys(one.resident_id for one in found))
    towns = {one.community_id for one in reports}
    if team_id is not None:
        theirs = await session.scalars(
            select(ServiceRequest.community_id)
            .where(ServiceRequest.team_id == team_id, ServiceRequest.status.in_(OPEN))
            .distinct()
        )
        towns |= set(theirs)
    told: list[int] = []
    for number in sorted(towns):
        told += await communities.organisers(session, number)
    return list(dict.fromkeys(told))


async def _locked(session: AsyncSession, officer_id: int) -> Officer:
    """The post, and with it all of its team: two who leave at the same moment must not each count on the other."""
    officer = await session.get(Officer, officer_id)
    if officer is None:
        raise Refused(N_("This post is not filled any more."))
    if officer.team_id is not None:
        team = select(Officer.id).where(Officer.team_id == officer.team_id).order_by(Officer.id)
        if officer_id not in (await session.scalars(team.with_for_update())).all():
            raise Refused(N_("This post is not filled any more."))
    return officer


async def require_somebody_left(session: AsyncSession, officer: Officer, language: str) -> None:
    """Refused, with the team's name in this language, for the last one of a team that has open reports."""
    if officer.team_id is None:
        return
    count = select(func.count()).select_from(Officer).where(Officer.team_id == officer.team_id)
    if await session.scalar(count) == 1 and (left := await bodies.open_work(session, officer.team_id)):
        place = await officers.place(session, officer)
        assert place.team is not None  # noqa: S101 - it has one
        raise Refused(
            N_(
                "This is the last one in {team}, and open reports wait there: {n}. Please invite somebody else first."
            ),
            team=place.team.name_in(language),
            n=left,
        )


async def _successor(session: AsyncSession, officer: Officer, to: int | None) -> Officer:
    for one in await successors(session, officer):
        if one.id == to:
            return one
    raise Refused(N_("Please say first which colleague takes over the open reports."))


async def _end(
    session: AsyncSession, officer: Officer, *, by: Resident | None, act: str, now: datetime
) -> None:
    """The post is empty, and nobody comes back to it by an invitation of their own."""
    where = Invitation.team_id == officer.team_id if officer.team_id else Invitation.team_id.is_(None)
    await session.execute(
        update(Invitation)
        .where(
            Invitation.body_id == officer.body_id,
            where if officer.post != "director" else Invitation.body_id == officer.body_id,
            Invitation.made_by == officer.resident_id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    audit.record(
        session, act, by=by, community_id=None, now=now, subject=f"officer:{officer.id}", post=officer.post
    )
    await session.delete(officer)
    await session.flush()


async def _changed(
    session: AsyncSession,
    report: ServiceRequest,
    to: Officer | None,
    *,
    by: Resident | None,
    now: datetime,
    **details: Any,
) -> None:
    """In the report's history, for those in charge: who does it is nobody else's business."""
    await histories.note(
        session,
        report,
        "taken",
        now=now,
        public=False,
        resident=by,
        officer=to,
        team_id=report.team_id,
        **details,
    )


async def _tell(
    session: AsyncSession,
    resident_id: int,
    what: letters.News,
    place: Place,
    *,
    now: datetime,
    references: Sequence[str] = (),
    who: str | None = None,
    left: int = 0,
) -> None:
    reader = await session.get_one(Resident, resident_id)
    news = letters.news(
        i18n.tongue(reader.language),
        what,
        letters.Where(place.body, place.team, place.post, place.area),
        references,
        who=who,
        left=left,
    )
    key = f"post:{secrets.token_hex(8)}"  # what it is about happens in this very transaction
    await outbox.put_personal(session, resident_id, news, once_key=key, now=now)
