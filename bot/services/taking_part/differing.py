"""How those who answered a question differ from everybody in the community, by part of town.

It is found once, when the poll closes, and kept with it: two looks at different times cannot be subtracted.
"""

from __future__ import annotations

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import EVERYONE, Community, Membership, Participation, Poll
from bot.services.taking_part import voices
from bot.services.taking_part.cells import NOBODY, Split

WORTH_SAYING = 0.10  # between two shares
MOST = 3  # parts of town

Difference = tuple[str, float, float]
"""A part of town, its share of those who answered, and its share of everybody; both of rounded numbers."""


async def found(session: AsyncSession, poll: Poll, community: Community) -> list[Difference]:
    """The greatest differences that are worth saying and give nobody away; none where only a part was asked."""
    if poll.whom != EVERYONE or not community.areas or poll.closed_at is None:
        return []
    answered = (
        select(Participation.resident_id, literal(1).label("answers"))
        .where(Participation.poll_id == poll.id, Participation.took_part)
        .subquery()
    )
    by_area = await voices.by_group(
        session, community, Membership.area, community.areas, answered, until=poll.closed_at
    )
    return differences(by_area)


def differences(by_area: Split) -> list[Difference]:
    """The same of numbers that may be shown; the greatest first."""
    whole = sum(by_area.shown.values(), start=by_area.others or NOBODY)
    if not whole.took_part:
        return []
    shares = [
        (name, cell.took_part / whole.took_part, cell.people / whole.people)
        for name, cell in by_area.shown.items()
    ]
    apart = sorted(shares, key=lambda one: (-abs(one[1] - one[2]), one[0]))
    return [one for one in apart[:MOST] if abs(one[1] - one[2]) >= WORTH_SAYING]
