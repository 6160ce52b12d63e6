"""Invitations to a role: one-time, expiring, revocable; made by organisers or the operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import N_
from bot.models import Community, Invitation, Resident
from bot.services import audit, codes, communities

LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Offer:
    """A fresh invitation; its `code` is told once and not kept."""

    code: str
    invitation: Invitation


async def make(
    session: AsyncSession, community: Community, role: str, *, by: Resident | None, now: datetime
) -> Offer:
    """Invite somebody to a role; `by` is None for the operator, else must be an organiser there."""
    if by is not None:
        await communities.require_organiser(session, by, community.id)
    code = codes.new(codes.INVITATION)
    invitation = Invitation(
        code_hash=codes.hashed(code),
        community_id=community.id,
        role=role,
        made_by=by.id if by else None,
        created_at=now,
        expires_at=now + LIFE,
    )
    session.add(invitation)
    await session.flush()
    audit.record(
        session,
        f"{role}.invite",
        by=by,
        community_id=community.id,
        now=now,
        subject=f"invitation:{invitation.id}",
    )
    return Offer(code, invitation)


async def find(session: AsyncSession, code: str) -> Invitation | None:
    """The invitation of that code, whatever its state."""
    found: Invitation | None = await session.scalar(
        select(Invitation).where(Invitation.code_hash == codes.hashed(code)).with_for_update()
    )
    return found


async def accept(session: AsyncSession, invitation: Invitation, *, by: Resident, now: datetime) -> Community:
    """Take up a role. Whoever has used the invitation may open it again without harm."""
    community = await session.get_one(Community, invitation.community_id)
    belongs = await communities.membership(session, by, community.id)
    if (
        invitation.used_at is not None
        and invitation.used_by == by.id
        and belongs
        and belongs.role == invitation.role
    ):
        return community
    if invitation.used_at is not None or invitation.revoked_at is not None or invitation.expires_at <= now:
        raise Refused(
            N_("This invitation has been used or is too old. Ask an organiser of {community} for a new one."),
            community=community.name_in(by.language),
        )
    belongs = belongs or await communities.join(session, by, community.id, now=now)
    if belongs.role != "organiser":  # nobody is moved down by an invitation
        belongs.role = invitation.role
    invitation.used_at, invitation.used_by = now, by.id
    audit.record(
        session,
        f"{invitation.role}.accept",
        by=by,
        community_id=community.id,
        now=now,
        subject=f"invitation:{invitation.id}",
    )
    return community


async def pending(session: AsyncSession, community_id: int, *, now: datetime) -> Sequence[Invitation]:
    """Invitations of a community that could still be used."""
    found = await session.scalars(
        select(Invitation)
        .where(
            Invitation.community_id == community_id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id)
    )
    return found.all()


async def revoke(session: AsyncSession, invitation_id: int, *, by: Resident, now: datetime) -> Invitation:
    """Take an invitation back before it is used."""
    invitation = await session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None:
        raise Refused(N_("I do not know this invitation."))
    await communities.require_organiser(session, by, invitation.community_id)
    if invitation.used_at is not None:
        raise Refused(N_("This invitation has been used already."))
    invitation.revoked_at = now
    audit.record(
        session,
        f"{invitation.role}.revoke",
        by=by,
        community_id=invitation.community_id,
        now=now,
        subject=f"invitation:{invitation.id}",
    )
    return invitation
