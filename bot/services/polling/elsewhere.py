"""Questions in chats that we are not in: what somebody may show there, and keeping up to date what they have shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n
from bot.errors import Refused
from bot.i18n import N_
from bot.message import ELSEWHERE
from bot.models import EVERYONE, Address, Board, Community, Membership, Poll, Resident, Standing, Tally
from bot.services import roll
from bot.services.polling import polls

KIND = "inline"
"""Of the boards that are such messages."""

MOST = 20  # questions that are offered
LOOKED_AT = 500  # open questions, the newest ones, in which words are looked for

NOT_THIS_ONE = N_("That button does not work any more. Open the question by its link instead.")


async def who(session: AsyncSession, channel: str, sender: str) -> Resident | None:
    """The resident who writes from there, if we know one."""
    found: Resident | None = await session.scalar(
        select(Resident)
        .join(Address, Address.resident_id == Resident.id)
        .where(Address.channel == channel, Address.chat == sender)
    )
    return found


async def belongs(session: AsyncSession, resident: Resident) -> bool:
    """Whether they are in any community."""
    theirs = select(Membership.community_id).where(Membership.resident_id == resident.id).limit(1)
    return await session.scalar(theirs) is not None


async def open_questions(
    session: AsyncSession, resident: Resident, words: str, *, now: datetime
) -> Sequence[Standing]:
    """Open questions to everyone in their communities that hold all these words, the newest first."""
    rows = await session.execute(
        select(Poll, Tally, Community)
        .join(Tally, Tally.poll_id == Poll.id)
        .join(Community, Community.id == Poll.community_id)
        .join(Membership, Membership.community_id == Poll.community_id)
        .where(Membership.resident_id == resident.id, Poll.whom == EVERYONE)
        .where(Poll.closed_at.is_(None), Poll.closes_at > now)
        .order_by(Poll.id.desc())
        .limit(LOOKED_AT)
    )
    wanted = plain(words).split()
    found = [
        polls.seen_as(poll, community, tally, mine=None)
        for poll, tally, community in rows
        if all(word in plain(poll.question) for word in wanted)
    ]
    return found[:MOST]


def plain(text: str) -> str:
    """Without accents, and in small letters: "Café" is found by "cafe"."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_WHOLE))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


_WHOLE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
"""Letters whose mark is no accent that could be taken off."""


def left_over(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Which addresses are such messages, older than that, that show no question any more."""
    return (
        Address.resident_id.is_(None),
        Address.chat.startswith(ELSEWHERE),
        Address.created_at < before,
        ~exists().where(Board.address_id == Address.id),
    )


async def follow(
    session: AsyncSession, message: Address, poll_id: int, language: str, *, now: datetime
) -> Poll:
    """The question that this message shows, which is kept up to date from now on.

    A message shows the question that it was first heard of with. Refused for another one, and for such as are not
    everybody's.
    """
    poll = (await roll.hold(session, poll_id)).poll
    shown = await session.scalar(
        select(Board.number).where(Board.address_id == message.id, Board.kind == KIND)
    )
    if poll.whom != EVERYONE or shown not in (None, poll_id):
        raise Refused(NOT_THIS_ONE)
    if shown is None:
        message.language = language if language in i18n.available() else i18n.SOURCE
        session.add(
            Board(
                address_id=message.id,
                kind=KIND,
                number=poll_id,
                language=message.language,
                reference=message.chat,
                due_at=now,
            )
        )
        await session.flush()
    return poll
