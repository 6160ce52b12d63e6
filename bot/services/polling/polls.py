"""Polls: opened, answered and counted. How they are sent is in `asking.py`, how they end in `closing.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import kinds
from bot.errors import Refused
from bot.i18n import N_
from bot.kinds import Answer
from bot.models import (
    EVERYONE,
    Ballot,
    Community,
    Membership,
    Participation,
    Poll,
    Resident,
    Standing,
    Tally,
)
from bot.services import roll
from bot.services.community import communities
from bot.services.polling import whom

TOO_LATE = N_("This poll has closed. Your tap came a little too late and was not counted.")


async def by_code(session: AsyncSession, code: str) -> Poll | None:
    """The poll of that code."""
    found: Poll | None = await session.scalar(select(Poll).where(Poll.code == code.strip().lower()))
    return found


async def opened(
    session: AsyncSession, poll: Poll, *, by: Resident, source: str | None, rehearsal: bool = False
) -> Standing:
    """Somebody opened a poll by a link: from now on they count as asked, and as coming by this link until they take
    part. A rehearsal counts nobody."""
    if not rehearsal and poll.closed_at is None and await whom.may(session, poll, by):
        poll, tally = await roll.locked(session, poll.id)
        entry = await roll.entry(session, poll, by)
        if not entry.took_part and not (entry.asked and entry.source == source):
            tally.asked += not entry.asked
            entry.asked, entry.source = True, source
            roll.put_down(session, poll, by, entry)
    return await standing(session, poll, of=by)


async def look_ahead(session: AsyncSession, wishes: Sequence[tuple[int, Resident]]) -> None:
    """Have ready what `cast` needs for these (poll, resident); what it finds is not looked up one by one."""
    await roll.look_ahead(session, wishes)


async def cast(
    session: AsyncSession,
    poll_id: int,
    wish: int | str,
    *,
    by: Resident,
    now: datetime,
    source: str | None = None,
) -> Standing:
    """Count `by`'s answer, or change it. Answering joins the community.

    The wish is a move that one of the kind's buttons makes, or words where the kind takes words. Raises Refused when
    the poll is unknown or closed, or the kind refuses the wish.
    """
    held = await roll.hold(session, poll_id)
    poll, tally, community = held.poll, held.tally, held.community
    if poll.closed_at is not None or poll.closes_at <= now:
        raise Refused(TOO_LATE)
    await whom.require(session, poll, by)
    kind, form = kinds.named(poll.kind), poll.form
    entry = await roll.entry(session, poll, by)
    answer = kind.write(form, wish) if isinstance(wish, str) else kind.step(form, entry.answer, wish)
    source = source or entry.source  # opened by a link before it was answered
    if not entry.belongs:
        communities.enrol(session, by, community.id, now=now, source=source)
        entry.belongs = True
    if entry.answer != answer:
        tally.counts = kind.moved(form, tally.counts, entry.answer, answer)
        entry.answer = answer
        roll.put_ballot(session, poll, by, entry)
        if kind.full(form, tally.counts):
            poll.closes_at = now  # the next look at the clock closes it
    if not entry.took_part:
        tally.took_part += 1
        tally.asked += not entry.asked
        entry.asked, entry.took_part, entry.source = True, True, source
        roll.put_down(session, poll, by, entry)
    return seen_as(poll, community, tally, mine=answer)


async def standing(session: AsyncSession, poll: Poll, *, of: Resident, organiser: bool = False) -> Standing:
    """A poll as a resident sees it now. After the close nobody's own vote is known any more."""
    tally = await session.get_one(Tally, poll.id)
    community = await session.get_one(Community, poll.community_id)
    mine = None
    if poll.key is not None and of.id is not None:
        # Not the row itself: read without the lock, it would be counted from later in the same session.
        voted = select(Ballot.answer).where(
            Ballot.poll_id == poll.id, Ballot.voter == roll.voter_key(poll, of)
        )
        mine = await session.scalar(voted)
    return seen_as(poll, community, tally, mine=mine, organiser=organiser)


def seen_as(
    poll: Poll, community: Community, tally: Tally, *, mine: Answer | None, organiser: bool = False
) -> Standing:
    """A poll as somebody sees it whose answer is `mine`; organisers see the count at any time. What hardly anybody in
    a part of town answered is shown to nobody, but to organisers where they see who answered what anyway."""
    shown = poll.results != "never" and poll.closed_at is not None
    shown = shown or organiser or (poll.results == "voted" and mine is not None)
    seen = Standing(poll, community, mine, tally.counts, tally.asked, tally.took_part)
    if shown and not (seen.by_too_few and not (organiser and poll.named)):
        return seen
    return replace(seen, counts=None)


async def who_chose(session: AsyncSession, poll: Poll) -> list[tuple[str | None, Answer]]:
    """Names and answers in a named poll; in others none."""
    if not poll.named:
        return []
    rows = await session.execute(
        select(Resident.name, Ballot.answer)
        .join(Resident, Resident.id == Ballot.resident_id)
        .where(Ballot.poll_id == poll.id)
    )
    return [(name, answer) for name, answer in rows]


async def open_for(
    session: AsyncSession, resident: Resident, *, now: datetime
) -> tuple[list[Poll], list[Poll]]:
    """Open polls of a resident's communities: those they still owe an answer, and those they answered."""
    rows = await session.execute(
        select(Poll, Participation.took_part)
        .join(Membership, Membership.community_id == Poll.community_id)
        .outerjoin(
            Participation,
            (Participation.poll_id == Poll.id) & (Participation.resident_id == Membership.resident_id),
        )
        .where(Membership.resident_id == resident.id, Poll.closed_at.is_(None), Poll.closes_at > now)
        .where(or_(Poll.whom == EVERYONE, Participation.poll_id.is_not(None)))
        .order_by(Poll.closes_at, Poll.id)
    )
    owed: list[Poll] = []
    answered: list[Poll] = []
    for poll, took_part in rows:
        (answered if took_part else owed).append(poll)
    return owed, answered


async def open_in(session: AsyncSession, community_id: int, *, now: datetime) -> Sequence[Poll]:
    """What a community asks everyone just now, what closes first before the rest; at most fifty."""
    found = await session.scalars(
        select(Poll)
        .where(
            Poll.whom == EVERYONE,
            Poll.community_id == community_id,
            Poll.closed_at.is_(None),
            Poll.closes_at > now,
        )
        .order_by(Poll.closes_at, Poll.id)
        .limit(50)
    )
    return found.all()


def without(poll: Poll, tally: Tally, answer: Answer) -> dict[str, int]:
    """The count when a ballot with this answer is taken out."""
    return kinds.named(poll.kind).moved(poll.form, tally.counts, answer, None)


async def of_community(session: AsyncSession, community_id: int) -> Sequence[tuple[Poll, Tally]]:
    """All polls of a community with their tallies, the newest first."""
    rows = await session.execute(
        select(Poll, Tally).join(Tally).where(Poll.community_id == community_id).order_by(Poll.id.desc())
    )
    return [(poll, tally) for poll, tally in rows]


async def recount(session: AsyncSession, poll: Poll) -> dict[str, int]:
    """The count from the ballots themselves."""
    ballots = await session.scalars(select(Ballot.answer).where(Ballot.poll_id == poll.id))
    return kinds.named(poll.kind).count(poll.form, ballots)
