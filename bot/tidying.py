"""What the clock takes away: rows that have their age, each after what `retention.py` says, some of them at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import ends, retention
from bot.db import forget_some
from bot.models import (
    Address,
    Board,
    DeskCard,
    Enclosure,
    Envelope,
    File,
    GroupCode,
    Invitation,
    Letter,
    LinkCode,
    Mailing,
    Seen,
)
from bot.services.people import forgetting, residents, traces
from bot.services.polling import elsewhere


async def tidy(session: AsyncSession, now: datetime) -> bool:
    """Forget what is not needed any more, each after its stated age; some of it at a time."""

    def before(subject: str) -> datetime:
        return now - retention.age(subject)

    unused = ~exists().where(Mailing.subject == Letter.subject)
    # The newest stays: SQLite gives the number after the highest, and a number must not come again.
    newest = select(func.max(Envelope.id)).correlate(None).scalar_subquery()
    newest_mailing = select(func.max(Mailing.id)).correlate(None).scalar_subquery()
    if await forget_some(session, Seen, Seen.seen_at < before("seen")):
        return True
    if await forget_some(session, Envelope, Envelope.done_at < before("envelope"), Envelope.id < newest):
        return True
    await ends.settle(session, now=now)
    return (
        await forget_some(session, Mailing, Mailing.ended_at < before("words"), Mailing.id < newest_mailing)
        or await forget_some(session, Letter, Letter.created_at < before("words"), unused)
        or await forget_some(session, Enclosure, Enclosure.created_at < before("enclosure"))
        or await forget_some(session, File, File.expires_at <= now)
        or await forget_some(session, LinkCode, LinkCode.expires_at < now)
        or await forget_some(session, GroupCode, GroupCode.expires_at < now)
        or await forget_some(session, Invitation, Invitation.expires_at < before("invitation"))
        or await forget_some(session, DeskCard, DeskCard.at < before("envelope"))
        or await forget_some(session, Board, Board.due_at < before("board"))
        or await forget_some(session, Address, *elsewhere.left_over(before("stranger")))
        or await forget_some(
            session, Address, Address.resident_id.is_(None), Address.closed_at < before("group")
        )
    )


class Strangers:
    """Forgets who came and left nothing, looking at some residents each time: at a million within some hours, and no
    vote notices. Where it stands is kept in memory only; after a restart it begins again, which loses nothing."""

    def __init__(self) -> None:
        self._after = 0

    async def __call__(self, session: AsyncSession, now: datetime) -> None:
        """Look at the next few; those who erased themselves are found at once."""
        await forgetting.part(session, now=now)
        before = now - retention.age("stranger")
        self._after = await residents.sweep(session, before=before, after=self._after) or 0


class Talks:
    """Puts away what was typed in talks that nobody has gone on with; looks at some addresses each time, as above."""

    def __init__(self) -> None:
        self._after = 0

    async def __call__(self, session: AsyncSession, now: datetime) -> None:
        """Look at the next few."""
        self._after = await forgetting.drop_talks(session, after=self._after, now=now) or 0


class Reports:
    """Takes what is personal from reports that ended long ago; looks at some each time, as above."""

    def __init__(self) -> None:
        self._after = 0

    async def __call__(self, session: AsyncSession, now: datetime) -> None:
        """Look at the next few."""
        self._after = await traces.fade(session, after=self._after, now=now) or 0
