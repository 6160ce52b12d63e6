"""Who fills the posts of bodies: who may do what, invitations to a post, and how somebody takes it up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import N_
from bot.models import Address, Body, Deed, Invitation, Membership, Officer, Resident, Team
from bot.services import audit
from bot.services.community import invitations
from bot.services.community.invitations import Offer
from bot.services.in_charge import areas, bodies
from bot.services.in_charge.areas import Ground

IN_TEAMS = ("officer", "lead")
FOR_ALL = ("director", "councillor")

ACCEPTED = "officer.accept"
"""What taking up a post is called in the audit log."""

NOT_YOURS = N_("Only whoever works in this team can do that.")


class Report(Protocol):
    """What of a report says whose it is; a `ServiceRequest` is one."""

    body_id: int | None
    team_id: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is to work, and as what; `team` is None for the whole body, or for a ward (`area`) of it."""

    body: Body
    team: Team | None
    post: str
    area: Ground | None = None


async def of(session: AsyncSession, resident: Resident) -> Sequence[Officer]:
    """The posts that somebody fills, the oldest first."""
    found = await session.scalars(
        select(Officer).where(Officer.resident_id == resident.id).order_by(Officer.id)
    )
    return found.all()


async def have_a_desk(session: AsyncSession, channel: str, chat: str) -> bool:
    """Whether whoever is written to there finds something behind /desk: they fill a post, or are an organiser."""
    whose = select(Address.resident_id).where(Address.channel == channel, Address.chat == chat)
    post = select(Officer.id).where(Officer.resident_id == whose.scalar_subquery())
    organises = select(Membership.resident_id).where(
        Membership.resident_id == whose.scalar_subquery(), Membership.role == "organiser"
    )
    return bool(await session.scalar(select(or_(post.exists(), organises.exists()))))


async def teams_of(session: AsyncSession, resident: Resident) -> Sequence[Team]:
    """The teams whose reports somebody may work on: their own ones, and a director's all."""
    posts = await of(session, resident)
    own = [one.team_id for one in posts if one.team_id is not None]
    led = [one.body_id for one in posts if one.post == "director"]
    found = await session.scalars(
        select(Team).where(Team.id.in_(own) | Team.body_id.in_(led)).order_by(Team.body_id, Team.slug)
    )
    return found.all()


async def bodies_of(session: AsyncSession, resident: Resident) -> Sequence[Body]:
    """The bodies that somebody works for in any post, or watches over as a councillor."""
    numbers = {one.body_id for one in await of(session, resident)}
    return (await session.scalars(select(Body).where(Body.id.in_(numbers)).order_by(Body.slug))).all()


async def require(session: AsyncSession, resident: Resident, report: Report) -> Officer:
    """The post by which somebody may work on a report: in its team, or as director of its body; Refused if none."""
    posts = await of(session, resident)
    for one in posts:
        if one.team_id is not None and one.team_id == report.team_id:
            return one
    for one in posts:
        if one.post == "director" and one.body_id == report.body_id:
            return one
    raise Refused(NOT_YOURS)


async def members(session: AsyncSession, team_id: int) -> Sequence[Officer]:
    """Who is in a team, its leads first."""
    found = await session.scalars(select(Officer).where(Officer.team_id == team_id).order_by(Officer.id))
    return sorted(found.all(), key=lambda one: (one.post != "lead", one.id))


def empty_teams() -> Select[int]:
    """The teams in which nobody works, and whose body nobody directs."""
    worked_in = select(Officer.team_id).where(Officer.team_id.is_not(None))
    directed = select(Officer.body_id).where(Officer.post == "director")
    return select(Team.id).where(Team.id.not_in(worked_in), Team.body_id.not_in(directed))


async def is_nobodys(session: AsyncSession, report: Report) -> bool:
    """Whether there is nobody who could work on a report: it is with no team, or with an empty one."""
    if report.team_id is None:
        return True
    return await session.scalar(empty_teams().where(Team.id == report.team_id)) is not None


async def at_the_desk_of(session: AsyncSession, report: Report) -> Select[int] | None:
    """Who is told of a report, as residents: its team, else the directors of its body; None where there is nobody."""
    if report.team_id is None:
        return None
    for which in (
        Officer.team_id == report.team_id,
        (Officer.body_id == report.body_id) & (Officer.post == "director"),
    ):
        whom = select(Officer.resident_id).where(which)
        if await session.scalar(whom.limit(1)) is not None:
            return whom
    return None


async def in_charge_of(session: AsyncSession, body_id: int | None, team_id: int | None) -> Sequence[Officer]:
    """Who is told when nobody looks after something: the team's leads, else the body's directors."""
    leads = [] if team_id is None else [one for one in await members(session, team_id) if one.post == "lead"]
    return leads or await of_body(session, body_id, "director")


async def of_body(session: AsyncSession, body_id: int | None, post: str) -> Sequence[Officer]:
    """Who fills this post of a body as a whole."""
    found = await session.scalars(
        select(Officer).where(Officer.body_id == body_id, Officer.post == post).order_by(Officer.id)
    )
    return found.all()


async def names(session: AsyncSession, officers: Sequence[Officer]) -> dict[int, str | None]:
    """What colleagues call them, by the numbers of their posts; None for whoever has told no name."""
    wanted = {one.resident_id for one in officers}
    people = await session.scalars(select(Resident).where(Resident.id.in_(wanted)))
    known = {one.id: one.name for one in people}
    return {one.id: known.get(one.resident_id) for one in officers}


async def place(session: AsyncSession, officer: Officer) -> Place:
    """Where somebody works."""
    team = None if officer.team_id is None else await session.get_one(Team, officer.team_id)
    body = await session.get_one(Body, officer.body_id)
    return Place(body, team, officer.post, await ward(session, officer.area_id))


async def ward(session: AsyncSession, area_id: int | None) -> Ground | None:
    """The ward of a councillor, if they have one."""
    return None if area_id is None else (await areas.atlas(session)).ground(area_id)


async def wards(session: AsyncSession, body: Body) -> Sequence[Ground]:
    """The areas of a body that a councillor can be for."""
    return [one for one in (await areas.atlas(session)).grounds if one.body_id == body.id]


# --- invitations --------------------------------------------------------------------------------


async def may_invite_to(session: AsyncSession, resident: Resident) -> Sequence[Place]:
    """The posts to which somebody may invite: a lead to their team, a director to anything in the body."""
    places: dict[tuple[int, int | None, str], Place] = {}
    for one in await of(session, resident):
        body = await session.get_one(Body, one.body_id)
        teams: Sequence[Team] = ()
        if one.post == "director":
            teams = await bodies.teams(session, body.id)
        elif one.post == "lead" and one.team_id is not None:
            teams = [await session.get_one(Team, one.team_id)]
        for team in teams:
            for post in IN_TEAMS:
                places[body.id, team.id, post] = Place(body, team, post)
        for post in FOR_ALL if one.post == "director" else ():
            places[body.id, None, post] = Place(body, None, post)
    return list(places.values())


async def invite(session: AsyncSession, to: Place, *, by: Resident | None, now: datetime) -> Offer:
    """Invite somebody to a post; `by` is None for the operator, else a lead of the team or director of the body."""
    if (to.team is None) != (to.post in FOR_ALL) or to.post not in (*IN_TEAMS, *FOR_ALL):
        raise Refused(
            N_("Officers and leads are in a team; directors and councillors are for the whole body.")
        )
    if to.area is not None and (to.post != "councillor" or to.area.body_id not in (None, to.body.id)):
        raise Refused(N_("Only a councillor can be for one area, and for one of this body's."))
    if by is not None:
        await require_right(session, by, to.body.id, None if to.team is None else to.team.id)
    invitation = Invitation(
        role="officer",
        body_id=to.body.id,
        team_id=None if to.team is None else to.team.id,
        area_id=None if to.area is None else to.area.id,
        post=to.post,
        made_by=by.id if by else None,
    )
    return await invitations.issue(session, invitation, by=by, now=now)


async def may_decide(session: AsyncSession, resident: Resident, body_id: int, team_id: int | None) -> bool:
    """Whether somebody decides who is in this team, or in the posts of the whole body."""
    return any(
        one.body_id == body_id
        and (
            one.post == "director" or (one.post == "lead" and team_id is not None and one.team_id == team_id)
        )
        for one in await of(session, resident)
    )


async def require_right(session: AsyncSession, by: Resident, body_id: int, team_id: int | None) -> None:
    """Refused for whoever does not decide about that."""
    if not await may_decide(session, by, body_id, team_id):
        raise Refused(N_("Only the lead of this team or a director can do that."))


async def invited_to(session: AsyncSession, invitation: Invitation) -> Place:
    """Where an invitation leads."""
    team = None if invitation.team_id is None else await session.get_one(Team, invitation.team_id)
    body = await session.get_one(Body, invitation.body_id)
    return Place(body, team, str(invitation.post), await ward(session, invitation.area_id))


async def take_up(session: AsyncSession, invitation: Invitation, *, by: Resident, now: datetime) -> Officer:
    """Take up a post. Whoever has used the invitation may open it again without harm, and nobody is moved down. In a
    team that is one post; for the whole body a director may be a councillor besides."""
    post = str(invitation.post)
    where = Officer.team_id == invitation.team_id
    if invitation.team_id is None:
        where = Officer.team_id.is_(None) & (Officer.post == post)
    here = Officer.area_id == invitation.area_id if invitation.area_id else Officer.area_id.is_(None)
    officer: Officer | None = await session.scalar(
        select(Officer).where(
            Officer.resident_id == by.id, Officer.body_id == invitation.body_id, where, here
        )
    )
    if invitation.used_at is not None and invitation.used_by == by.id and officer is not None:
        return officer
    invitations.require_unused(
        invitation,
        N_("This invitation has been used or is too old. Ask whoever gave it to you for a new one."),
        now=now,
    )
    if officer is None:
        officer = Officer(
            body_id=invitation.body_id,
            team_id=invitation.team_id,
            area_id=invitation.area_id,
            resident_id=by.id,
            post=post,
            since=now,
        )
        session.add(officer)
    elif (officer.post, post) != ("lead", "officer"):
        officer.post = post
    invitation.used_at, invitation.used_by = now, by.id
    await session.flush()
    record_acceptance(session, officer, by=by, now=now)
    return officer


def record_acceptance(session: AsyncSession, officer: Officer, *, by: Resident, now: datetime) -> None:
    """Write down that somebody has taken up a post."""
    where = {} if officer.team_id is None else {"team": officer.team_id}
    subject = f"officer:{officer.id}"
    audit.record(
        session, ACCEPTED, by=by, community_id=None, now=now, subject=subject, post=officer.post, **where
    )


async def has_been_in(session: AsyncSession, resident_id: int, team_id: int) -> bool:
    """Whether somebody has taken up a post in a team at some time, be it that they fill it no more."""
    taken_up = select(Deed.details).where(Deed.actor_id == resident_id, Deed.act == ACCEPTED)
    return any(one.get("team") == team_id for one in await session.scalars(taken_up))


async def pending(
    session: AsyncSession, body_id: int, team_id: int | None, *, now: datetime
) -> Sequence[Invitation]:
    """Invitations to a team, or to a post of the whole body, that could still be used."""
    where = Invitation.team_id == team_id if team_id else Invitation.team_id.is_(None)
    return await invitations.unused(session, Invitation.body_id == body_id, where, now=now)


async def require_may_revoke(session: AsyncSession, invitation: Invitation, *, by: Resident) -> None:
    """Refused for whoever could not have made it."""
    assert invitation.body_id is not None  # noqa: S101 - it leads to a post
    await require_right(session, by, invitation.body_id, invitation.team_id)
