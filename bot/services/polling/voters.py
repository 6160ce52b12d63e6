"""Those who took part in a poll, and who asked it: whom the end of a poll and what comes of it is told to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.message import Message
from bot.models import Participation, Poll
from bot.services.community import communities


async def who_asked(session: AsyncSession, poll: Poll) -> Sequence[int]:
    """Who sent the poll; when they are an organiser no more, all who are. Nobody where no organiser asked it."""
    if poll.by_member:
        return ()
    organisers = await communities.organisers(session, poll.community_id)
    return [one for one in organisers if one == poll.asked_by] or organisers


async def tell(
    session: AsyncSession, poll: Poll, messages: Mapping[str, Message], *, subject: str, now: datetime
) -> int:
    """Put a message for everyone who took part, but for whoever asked: they get one of their own.

    Returns how many people it is put for; whoever asked and took part is one of them.
    """
    voters = select(Participation.resident_id).where(
        Participation.poll_id == poll.id, Participation.took_part
    )
    asking = await who_asked(session, poll)
    put = await outbox.put_to_many(
        session,
        voters.where(Participation.resident_id.not_in(asking)),
        messages,
        otherwise=i18n.SOURCE,
        subject=subject,
        now=now,
    )
    them = voters.where(Participation.resident_id.in_(asking)).subquery()
    return put + int(await session.scalar(select(func.count()).select_from(them)) or 0)
