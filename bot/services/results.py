"""What everybody may see of a poll: whoever has its link, member or not."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Community, Poll, Standing, Tally
from bot.services import polls


async def public(session: AsyncSession, code: str) -> Standing | None:
    """The poll of that code as somebody sees it who has not answered: the count only after the close, if ever."""
    row = await session.execute(
        select(Poll, Community, Tally)
        .join(Community, Community.id == Poll.community_id)
        .join(Tally, Tally.poll_id == Poll.id)
        .where(Poll.code == code.strip().lower())
    )
    found = row.one_or_none()
    return None if found is None else polls.seen_as(*found, mine=None)
