"""Changing a question that nobody has answered yet: a new poll takes over its links, its groups and all who were asked.

The old poll goes, and its number with it. Buttons name the number, so a tap on an old one can never count for a choice
that it does not show. Whoever answers holds the poll's tally until the commit, and so does whoever changes it: one of
them comes second, and finds that somebody has answered, or that the poll is gone.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.polling import polls as letters
from bot.models import (
    Address,
    Community,
    Envelope,
    Link,
    Mailing,
    Membership,
    Participation,
    Poll,
    Reckoning,
    Resident,
    Rewritten,
    Rules,
    Standing,
    Tally,
)
from bot.services import audit, codes, roll
from bot.services.community import communities
from bot.services.polling import asking, poll_boards, questions, successors, whom

ANSWERED = N_(
    "Somebody has answered already, so the question stays as they read it. You can close it and ask it again."
)
THEIRS = N_("Somebody in a group asked this, so the words are theirs. You can close it.")


async def changeable(session: AsyncSession, poll_id: int, *, by: Resident) -> tuple[Poll, Community]:
    """A poll that `by` may change, locked until the commit; Refused says why not."""
    if await successors.of(session, poll_id) is not None:
        raise Refused(successors.CHANGED)
    poll, tally = await roll.locked(session, poll_id)
    community = await communities.require_organiser(session, by, poll.community_id)
    if poll.closed_at is not None:
        raise Refused(N_("This poll has closed already."))
    if poll.by_member:
        raise Refused(THEIRS)
    if tally.took_part:
        raise Refused(ANSWERED)
    return poll, community


async def rewrite(
    session: AsyncSession,
    poll_id: int,
    draft: questions.Draft,
    rules: Rules = asking.USUALLY,
    *,
    closes_at: datetime,
    by: Resident,
    now: datetime,
) -> Standing:
    """Ask this in the place of the poll: whoever has its message sees it change, everyone else gets the new one."""
    before, community = await changeable(session, poll_id, by=by)
    poll = asking.drawn_up(community, draft, rules, closes_at=closes_at, by=by, now=now)
    poll.code, before.code, poll.series = before.code, codes.new(codes.POLL), before.series
    poll.asked_in = before.asked_in
    await session.flush()
    session.add(poll)
    await session.flush()
    asked = await _carry_over(session, before, poll) + await asking.put_down(session, poll)
    standing = await asking.opened(session, poll, community, asked)
    await _tell(session, before, standing, now=now)
    await poll_boards.draw_again(session, before.id, becomes=poll.id)
    await asking.put_up(session, standing, now=now)
    await _let_go(session, before, poll)
    audit.record(session, "poll.change", by=by, community_id=community.id, now=now, subject=f"poll:{poll.id}")
    return standing


async def _carry_over(session: AsyncSession, before: Poll, poll: Poll) -> int:
    """Whoever was asked is asked, with the link by which they came, if it is still for them."""
    await roll.forget(session)
    asked = select(
        literal(poll.id), Participation.resident_id, literal(value=False), Participation.source
    ).where(Participation.poll_id == before.id)
    if poll.whom != before.whom:
        members = select(Membership.resident_id).where(Membership.community_id == poll.community_id)
        asked = asked.where(Participation.resident_id.in_(members.where(whom.condition(poll.whom))))
    result = await session.execute(
        insert(Participation).from_select(
            ["poll_id", "resident_id", "took_part", "source"], asked, include_defaults=False
        ),
        execution_options={"in_thread": True},
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


async def _tell(session: AsyncSession, before: Poll, standing: Standing, *, now: datetime) -> None:
    poll, subject = standing.poll, f"poll:{standing.poll.id}"
    older = await session.scalars(select(Rewritten.poll_id).where(Rewritten.became == before.id))
    had = [f"poll:{number}" for number in (*older, before.id)]
    for stopped in (f"poll:{before.id}", f"reminder:{before.id}"):
        await outbox.cancel(session, stopped, now=now)
    asked = asking.asked_of(poll)
    await outbox.put_instead_to_many(
        session,
        asked,
        asking.worded(standing),
        otherwise=i18n.SOURCE,
        instead_of=had,
        subject=subject,
        now=now,
        expires_at=poll.closes_at,
    )
    seen = (
        select(Address.resident_id)
        .join(Envelope, Envelope.address_id == Address.id)
        .join(Mailing, Mailing.id == Envelope.mailing_id)
        .where(Mailing.subject == subject, Address.resident_id.is_not(None))
    )
    await outbox.put_to_many(
        session,
        asked.where(Participation.resident_id.not_in(seen)),
        asking.worded(standing),
        otherwise=i18n.SOURCE,
        subject=subject,
        now=now,
        expires_at=poll.closes_at,
    )
    if poll.whom != before.whom:
        await outbox.put_instead_to_many(
            session,
            asking.asked_of(before).where(Participation.resident_id.not_in(asked)),
            {code: letters.not_for_you(before.question, i18n.tongue(code)) for code in i18n.available()},
            otherwise=i18n.SOURCE,
            instead_of=had,
            subject=f"withdrawn:{before.id}",
            now=now,
            expires_at=poll.closes_at,
        )


async def _let_go(session: AsyncSession, before: Poll, poll: Poll) -> None:
    """The old poll goes, and old buttons lead to the new one."""
    await session.execute(
        update(Rewritten)
        .where(Rewritten.became == before.id)
        .values(became=poll.id)
        .execution_options(synchronize_session="fetch")
    )
    session.add(Rewritten(poll_id=before.id, became=poll.id))
    await session.execute(update(Link).where(Link.poll_id == before.id).values(poll_id=poll.id))
    await session.execute(delete(Reckoning).where(Reckoning.subject == f"poll:{before.id}"))
    await session.execute(
        delete(Participation)
        .where(Participation.poll_id == before.id)
        .execution_options(synchronize_session=False, in_thread=True)
    )
    await session.delete(await session.get_one(Tally, before.id))
    await session.flush()
    await session.delete(before)
    await session.flush()
    roll.let_go(session, before.id)
