"""Which poll took over from one that was changed before anybody had answered it: old buttons still name the old one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import N_
from bot.models import Poll, Rewritten

CHANGED = N_("This question has been changed in the meantime. Send /polls to see it as it is now.")
UNKNOWN = N_("I do not know this poll.")


async def of(session: AsyncSession, poll_id: int) -> Poll | None:
    """The poll that took over from the one that had this number; None where none did."""
    found: Poll | None = await session.scalar(
        select(Poll).join(Rewritten, Rewritten.became == Poll.id).where(Rewritten.poll_id == poll_id)
    )
    return found


async def known(session: AsyncSession, poll_id: int) -> Poll:
    """The poll of that number; Refused says whether there never was one, or it was changed."""
    poll = await session.get(Poll, poll_id)
    if poll is None:
        raise Refused(UNKNOWN if await of(session, poll_id) is None else CHANGED)
    return poll
