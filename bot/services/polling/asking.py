"""Sending a question: to everyone it is for, and into the group chats. What may be asked is in `questions.py`."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Select, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, kinds, outbox
from bot.letters.polling import groups as group_letters
from bot.letters.polling import polls as letters
from bot.message import Message
from bot.models import (
    EVERYONE,
    Address,
    Board,
    Community,
    Membership,
    Participation,
    Poll,
    Resident,
    Rules,
    Standing,
    Tally,
)
from bot.services import audit, codes
from bot.services.announcing import boards
from bot.services.community import communities, groups
from bot.services.polling import once_more, questions, series, whom

USUALLY = Rules()


async def audience(session: AsyncSession, community_id: int, asked: str = EVERYONE) -> int:
    """How many people a poll would be sent to."""
    reached = reached_by(community_id, asked).subquery()
    counted = await session.scalar(select(func.count()).select_from(reached))
    return int(counted or 0)


async def send(
    session: AsyncSession,
    community_id: int,
    draft: questions.Draft,
    rules: Rules = USUALLY,
    *,
    closes_at: datetime,
    by: Resident,
    now: datetime,
    again: int | None = None,
) -> Standing:
    """Open a poll and put it in the outbox for everyone it is for, and for the community's group chats. `again` is the
    number of the one that it asks once more."""
    community = await communities.require_organiser(session, by, community_id)
    poll = drawn_up(community, draft, rules, closes_at=closes_at, by=by, now=now)
    if again is not None:
        await series.join(session, poll, again, by=by)
    session.add(poll)
    await session.flush()
    standing = await opened(session, poll, community, await put_down(session, poll))
    await outbox.put_to_many(
        session,
        asked_of(poll),
        worded(standing),
        otherwise=i18n.SOURCE,
        subject=f"poll:{poll.id}",
        now=now,
        expires_at=poll.closes_at,
    )
    await put_up(session, standing, now=now)
    audit.record(session, "poll.send", by=by, community_id=community.id, now=now, subject=f"poll:{poll.id}")
    return standing


def drawn_up(
    community: Community,
    draft: questions.Draft,
    rules: Rules,
    *,
    closes_at: datetime,
    by: Resident,
    now: datetime,
) -> Poll:
    """A new poll, which nobody has been asked yet."""
    kind, closes_at = kinds.named(draft.kind), questions.closing(closes_at, now=now)
    return Poll(
        code=codes.new(codes.POLL),
        community_id=community.id,
        kind=kind.name,
        question=questions.question(draft.question),
        choices=list(draft.choices),
        options=dict(draft.options),
        named=rules.named,
        # Words that nobody has read are never listed.
        listed=rules.listed and not rules.named and not kind.writes,
        results=rules.results,
        quorum=rules.quorum,
        grows=rules.grows and kind.grow is not None,
        whom=rules.whom,
        remind_at=once_more.half_way(now, closes_at, community.zone) if rules.remind else None,
        asked_by=by.id,
        by_member=False,
        key=secrets.token_bytes(32),
        opened_at=now,
        closes_at=closes_at,
    )


async def put_down(session: AsyncSession, poll: Poll) -> int:
    """Note everyone it is for, and who is not noted yet, as asked; returns how many that are."""
    noted = select(Participation.resident_id).where(Participation.poll_id == poll.id)
    new = reached_by(poll.community_id, poll.whom).where(Membership.resident_id.not_in(noted))
    result = await session.execute(
        insert(Participation).from_select(
            ["resident_id", "poll_id", "took_part"],
            new.add_columns(literal(poll.id), literal(value=False)),
            include_defaults=False,
        ),
        execution_options={"in_thread": True},
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


async def opened(session: AsyncSession, poll: Poll, community: Community, asked: int) -> Standing:
    """Begin to count; Refused where so few are asked that their answers could be guessed."""
    whom.enough(poll.whom, asked)
    session.add(Tally(poll_id=poll.id, counts={}, asked=asked, took_part=0))
    await session.flush()
    return Standing(poll, community, None, None, asked, 0)


def asked_of(poll: Poll) -> Select[int]:
    """All who are asked."""
    return select(Participation.resident_id).where(Participation.poll_id == poll.id)


def worded(standing: Standing) -> dict[str, Message]:
    """The question in every language."""
    return {code: letters.question(standing, i18n.tongue(code)) for code in i18n.available()}


async def put_up(session: AsyncSession, standing: Standing, *, now: datetime) -> None:
    """Ask it in the community's group chats, where it is for everyone and does not stand yet."""
    poll = standing.poll
    if poll.whom != EVERYONE:
        return
    there = await session.scalars(
        select(Board.address_id).where(Board.kind == "poll", Board.number == poll.id)
    )
    standing_there = set(there)
    await boards.post(
        session,
        "poll",
        poll.id,
        [chat for chat in await groups.chats(session, poll.community_id) if chat.id not in standing_there],
        state=standing.took_part,
        message=lambda tongue: group_letters.question(standing, tongue),
        now=now,
        expires_at=poll.closes_at,
    )


def reached_by(community_id: int, asked: str) -> Select[int]:
    """Members for whom it is and who can be written to."""
    return (
        select(Membership.resident_id)
        .join(Address, Address.resident_id == Membership.resident_id)
        .where(Membership.community_id == community_id, Address.preferred, Address.closed_at.is_(None))
        .where(whom.condition(asked))
    )
