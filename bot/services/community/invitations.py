"""Invitations to a role: one-time, expiring, revocable; made by organisers, leads, directors or the operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import N_
from bot.models import Community, Invitation, Resident
from bot.services import audit, codes
from bot.services.community import communities

LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Offer:
    """A fresh invitation; its `code` is told once and not kept."""

    code: str
    invitation: Invitation


async def make(session: AsyncSession, community: Community, *, by: Resident | None, now: datetime) -> Offer:
    """Invite somebody to become an organiser; `by` is None for the operator, else must be an organiser there."""
    if by is not None:
        await communities.require_organiser(session, by, community.id)
    invitation = Invitation(community_id=community.id, role="organiser", made_by=by.id if by else None)
    return await issue(session, invitation, by=by, now=now)


async def issue(
    session: AsyncSession, invitation: Invitation, *, by: Resident | None, now: datetime
) -> Offer:
    """Give an invitation its code and its time, and keep it. Whether `by` may make it is asked before."""
    code = codes.new(codes.INVITATION)
    invitation.code_hash = codes.hashed(code)
    invitation.created_at, invitation.expires_at = now, now + LIFE
    session.add(invitation)
    await session.flush()
    _record(session, invitation, "invite", by=by, now=now)
    return Offer(code, invitation)


async def find(session: AsyncSession, code: str) -> Invitation | None:
    """The invitation of that code, whatever its state."""
    found: Invitation | None = await session.scalar(
        select(Invitation).where(Invitation.code_hash == codes.hashed(code)).with_for_update()
    )
    return found


async def accept(session: AsyncSession, invitation: Invitation, *, by: Resident, now: datetime) -> Community:
    """Become an organiser. Whoever has used the invitation may open it again without harm."""
    assert invitation.community_id is not None  # noqa: S101 - posts are taken up in `officers.py`
    community = await session.get_one(Community, invitation.community_id)
    belongs = await communities.membership(session, by, community.id)
    if (
        invitation.used_at is not None
        and invitation.used_by == by.id
        and belongs
        and belongs.role == invitation.role
    ):
        return community
    require_unused(
        invitation,
        N_("This invitation has been used or is too old. Ask an organiser of {community} for a new one."),
        now=now,
        community=community.name_in(by.language),
    )
    belongs = belongs or await communities.join(session, by, community.id, now=now)
    belongs.role = invitation.role
    invitation.used_at, invitation.used_by = now, by.id
    _record(session, invitation, "accept", by=by, now=now)
    return community


def require_unused(invitation: Invitation, sentence: str, *, now: datetime, **holes: str) -> None:
    """Refused, in this sentence, for an invitation that was used or taken back, or is too old."""
    if invitation.used_at is not None or invitation.revoked_at is not None or invitation.expires_at <= now:
        raise Refused(sentence, **holes)


async def pending(session: AsyncSession, community_id: int, *, now: datetime) -> Sequence[Invitation]:
    """Invitations of a community that could still be used."""
    return await unused(session, Invitation.community_id == community_id, now=now)


async def unused(session: AsyncSession, *which: ColumnElement[bool], now: datetime) -> Sequence[Invitation]:
    """Those of them that could still be used."""
    found = await session.scalars(
        select(Invitation)
        .where(
            *which,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id)
    )
    return found.all()


async def get(session: AsyncSession, invitation_id: int) -> Invitation:
    """An invitation by its number, to be taken back; Refused when there is none."""
    invitation = await session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None:
        raise Refused(N_("I do not know this invitation."))
    return invitation


async def revoke(session: AsyncSession, invitation: Invitation, *, by: Resident, now: datetime) -> None:
    """Take an invitation back before it is used. Whether `by` may do so is asked before."""
    if invitation.used_at is not None:
        raise Refused(N_("This invitation has been used already."))
    invitation.revoked_at = now
    _record(session, invitation, "revoke", by=by, now=now)


def _record(
    session: AsyncSession, invitation: Invitation, act: str, *, by: Resident | None, now: datetime
) -> None:
    audit.record(
        session,
        f"{invitation.role}.{act}",
        by=by,
        community_id=invitation.community_id,
        now=now,
        subject=f"invitation:{invitation.id}",
    )
