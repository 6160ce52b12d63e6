"""The end of a poll: closed by the clock or by hand, the result told once, and what happens next told after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Text, cast, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.polling import poll_desk
from bot.letters.polling import polls as letters
from bot.letters.polling import suggesting as suggesting_letters
from bot.models import Community, Membership, Poll, Resident, Standing, Tally, WebLine
from bot.services import audit, roll
from bot.services.community import communities
from bot.services.polling import polls, questions, reading, result_pictures, suggesting, voters
from bot.services.taking_part import differing, turnout


async def close(
    session: AsyncSession, poll_id: int, *, by: Resident, now: datetime, site: str | None = None
) -> Standing:
    """Close a poll by hand. `site` is where people find its page."""
    poll, _ = await roll.locked(session, poll_id)
    await communities.require_organiser(session, by, poll.community_id)
    if poll.closed_at is not None:
        raise Refused(N_("This poll has closed already."))
    audit.record(
        session, "poll.close", by=by, community_id=poll.community_id, now=now, subject=f"poll:{poll.id}"
    )
    return await _close(session, poll_id, now=now, site=site)


async def close_due(session: AsyncSession, *, now: datetime, most: int = 20, site: str | None = None) -> int:
    """Close polls whose time has come, the longest overdue first; returns how many."""
    due = await session.scalars(
        select(Poll.id)
        .where(Poll.closed_at.is_(None), Poll.closes_at <= now)
        .order_by(Poll.closes_at)
        .limit(most)
    )
    closed = 0
    # Mailings are locked in the order of their subjects, here as everywhere.
    for poll_id in sorted(due.all(), key=lambda number: f"poll:{number}"):
        poll, _ = await roll.locked(session, poll_id)
        if poll.closed_at is None:  # another process may have been quicker
            await _close(session, poll_id, now=now, site=site)
            closed += 1
    return closed


async def _close(session: AsyncSession, poll_id: int, *, now: datetime, site: str | None) -> Standing:
    """Destroy the key, stop what is unsent, and put the result in the outbox for those who took part."""
    poll, tally = await roll.locked(session, poll_id)
    poll.closed_at, poll.key = now, None
    site = site if poll.public else None
    await session.flush()
    await _forget_marks(session, poll)
    if poll.grows:
        await suggesting.drop(session, poll)
    community = await session.get_one(Community, poll.community_id)
    await outbox.cancel(session, f"poll:{poll.id}", now=now)
    poll.differs = await differing.found(session, poll, community)
    await turnout.close(session, poll, tally.took_part, now=now)
    closed = await reading.with_words(session, polls.seen_as(poll, community, tally, mine=None))
    full = polls.seen_as(poll, community, tally, mine=None, organiser=True)
    full, unread = await reading.with_words(session, full), await reading.unread(session, poll)
    full = replace(full, came=await turnout.came(session, poll))
    names = await polls.who_chose(session, poll)
    told = {
        to.code: await result_pictures.beside(
            session, letters.result(closed, to, site=site), closed, to, now=now
        )
        for to in map(i18n.tongue, i18n.available())
    }
    await voters.tell(session, poll, told, subject=f"result:{poll.id}", now=now)
    for organiser in await voters.who_asked(session, poll):
        to = i18n.tongue((await session.get_one(Resident, organiser)).language)
        desk = poll_desk.result_for_organiser(full, to, names=names, unread=unread, site=site)
        await outbox.put_personal(
            session,
            organiser,
            await result_pictures.beside(session, desk, full, to, now=now, owner=organiser),
            once_key=f"result:{poll.id}:organiser:{organiser}",
            now=now,
        )
    return closed


async def _forget_marks(session: AsyncSession, poll: Poll) -> None:
    """Take the question out of web transcripts: its ✔ would tell who chose what, after nothing else does any more."""
    marked = or_(
        *(
            cast(WebLine.body, Text).like(f'%"{press.code}:{poll.id}:%')
            for press in (letters.Vote, letters.Proof)
        ),
        cast(WebLine.body, Text).like(f'%"{suggesting_letters.Missed.code}:{poll.id}"%'),
    )
    await session.execute(
        delete(WebLine).where(marked).execution_options(synchronize_session=False, in_thread=True)
    )


async def untold(session: AsyncSession, organiser: Resident, *, now: datetime) -> Sequence[Poll]:
    """Closed polls that somebody answered and whose organisers have not said yet what happens next; newest first."""
    found = await session.scalars(
        select(Poll)
        .join(Membership, Membership.community_id == Poll.community_id)
        .join(Tally, Tally.poll_id == Poll.id)
        .where(
            Membership.resident_id == organiser.id,
            Membership.role == "organiser",
            Poll.closed_at > now - LATELY,
            Poll.outcome.is_(None),
            Poll.by_member.is_(False),
            Tally.took_part > 0,
        )
        .order_by(Poll.closed_at.desc())
        .limit(10)
    )
    return found.all()


LATELY = timedelta(days=60)  # after that, silence about an outcome has become an answer of its own


async def tell_outcome(
    session: AsyncSession,
    poll_id: int,
    text: str,
    *,
    by: Resident,
    now: datetime,
    decided_by: str | None = None,
    done_by: date | None = None,
) -> int:
    """Say what was decided, by whom, and until when it will be done, to everyone who took part; None is nothing more
    to do. Returns how many people it is sent to."""
    poll, tally = await roll.locked(session, poll_id)
    community = await communities.require_organiser(session, by, poll.community_id)
    if poll.closed_at is None:
        raise Refused(N_("This poll is still open."))
    if poll.outcome is not None:
        raise Refused(N_("You have told people already what comes of it."))
    poll.outcome, poll.outcome_at = questions.outcome(text), now
    poll.decided_by = decided_by and questions.decider(decided_by)
    poll.done_by = done_by and questions.promised_day(done_by, community.zone, now=now)
    await session.flush()
    told = polls.seen_as(poll, community, tally, mine=None)
    poll.told = await voters.tell(
        session,
        poll,
        {code: letters.outcome(told, i18n.tongue(code)) for code in i18n.available()},
        subject=f"outcome:{poll.id}",
        now=now,
    )
    audit.record(
        session,
        "poll.outcome",
        by=by,
        community_id=community.id,
        now=now,
        subject=f"poll:{poll.id}",
        done_by=done_by and done_by.isoformat(),
    )
    return poll.told
