"""Whom a question is for: everyone in the community, its organisers, a part of town, who cares about something, or
whoever comes by it in a group chat."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, and_, cast, exists, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crowd import FEWEST
from bot.errors import Refused
from bot.i18n import N_
from bot.models import A_PART, AREA, EVERYONE, GROUP, INTEREST, ORGANISERS, Membership, Poll, Resident

ONLY_ORGANISERS = N_("This question is for organisers only.")
ONLY_AREA = N_("This question is for people in {area} only. You can say with /me where you live.")
ONLY_INTEREST = N_(
    "This question is only for people who care about its subject. You can say with /me what you care about."
)


def condition(whom: str) -> ColumnElement[bool]:
    """Which memberships it is for."""
    if whom == EVERYONE:
        return true()
    if whom == ORGANISERS:
        return Membership.role == "organiser"
    if whom.startswith(AREA):
        return Membership.area == whom.removeprefix(AREA)
    if whom.startswith(INTEREST):
        cares = cast(Resident.interests, Text).like(f'%"{whom.removeprefix(INTEREST)}"%')
        return exists().where(and_(Resident.id == Membership.resident_id, cares))
    return false()


async def require(session: AsyncSession, poll: Poll, resident: Resident) -> None:
    """Refused where the question is not for this resident."""
    if not await may(session, poll, resident):
        if poll.whom.startswith(AREA):
            raise Refused(ONLY_AREA, area=poll.whom.removeprefix(AREA))
        raise Refused(ONLY_INTEREST if poll.whom.startswith(INTEREST) else ONLY_ORGANISERS)


async def may(session: AsyncSession, poll: Poll, resident: Resident) -> bool:
    """Whether the question is for this resident."""
    if poll.whom in (EVERYONE, GROUP):
        return True
    found = select(Membership.resident_id).where(
        Membership.community_id == poll.community_id,
        Membership.resident_id == resident.id,
        condition(poll.whom),
    )
    return await session.scalar(found) is not None


def enough(whom: str, people: int) -> None:
    """Refused where so few are in a part of the community that their answers would not be their own business."""
    if whom.startswith(A_PART) and people < FEWEST:
        raise Refused(
            N_(
                "Fewer than {fewest} people would be asked. Their answers could be guessed, so please ask more people."
            ),
            fewest=FEWEST,
        )
