"""Who in a community can be written to, who cannot and why, and how long it takes until all of them have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import outbox
from bot.models import Address, Membership
from bot.outbox import Lane

LEFT_OUT: tuple[tuple[str, ColumnElement[bool]], ...] = (
    ("nowhere", Address.id.is_(None)),
    ("closed", Address.closed_at.is_not(None)),
)
"""Why a member does not get what everyone gets, each with its condition; the first that holds is the one that is
told. A reason more is a row here, its words in `letters/announcements.py`, and a condition in `members` if the outbox
does not see to it."""


@dataclass(frozen=True, slots=True)
class Audience:
    """How many people get something, by channel, and how many do not, by reason. `ahead` are the letters to many that
    wait already, by channel."""

    reached: Mapping[str, int]
    left_out: Mapping[str, int]
    ahead: Mapping[str, int]

    @property
    def people(self) -> int:
        """How many get it."""
        return sum(self.reached.values())

    def seconds(self, speeds: Mapping[str, float]) -> float:
        """How long it takes until everyone has it, when channels take so many letters to many in a second; one that
        is not named there takes all of them at once."""
        waits = (
            (self.ahead.get(channel, 0) + people) / speeds[channel]
            for channel, people in self.reached.items()
            if channel in speeds
        )
        return max(waits, default=0.0)


def members(community_id: int) -> Select[int]:
    """Members to put something for. The outbox itself leaves out who has no open address: looked up here as well, it
    would take twice as long."""
    return select(Membership.resident_id).where(Membership.community_id == community_id)


def reached(community_id: int) -> Select[int]:
    """Members for whom no reason holds."""
    everyone = select(Membership.resident_id).outerjoin(Address, _WHERE_THEY_READ)
    return everyone.where(
        Membership.community_id == community_id, *(not_(condition) for _, condition in LEFT_OUT)
    )


_WHERE_THEY_READ = and_(Address.resident_id == Membership.resident_id, Address.preferred)


async def of(session: AsyncSession, community_id: int) -> Audience:
    """Everyone in a community, counted in one statement."""
    reason = case(*((condition, name) for name, condition in LEFT_OUT), else_="").label("reason")
    rows = await session.execute(
        select(reason, Address.channel, func.count())
        .select_from(Membership)
        .outerjoin(Address, _WHERE_THEY_READ)
        .where(Membership.community_id == community_id)
        .group_by(reason, Address.channel),
        execution_options={"in_thread": True},
    )
    get_it: dict[str, int] = {}
    left_out: dict[str, int] = {}
    for why, channel, people in rows:
        counts, name = (left_out, why) if why else (get_it, channel)
        counts[name] = counts.get(name, 0) + people
    depths = await outbox.depths(session)
    return Audience(get_it, left_out, {one.channel: one.waiting for one in depths if one.lane == Lane.BULK})
