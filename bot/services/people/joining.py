"""One person with several addresses: a code shown at one and typed at another makes two residents one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import retention
from bot.errors import Refused
from bot.i18n import N_
from bot.models import (
    Address,
    Ballot,
    Broadcast,
    Consent,
    Deed,
    File,
    Invitation,
    Link,
    LinkCode,
    Membership,
    Participation,
    Poll,
    Poster,
    Resident,
    SentPortrait,
    Suggestion,
)
from bot.services import codes, roll
from bot.services.people import traces
from bot.services.polling import polls

LIFE = retention.age("joining code")
_RANK = {"resident": 0, "organiser": 1}


async def offer(session: AsyncSession, resident: Resident, *, now: datetime) -> str:
    """A fresh code for this resident; an earlier one is worth nothing any more."""
    await session.execute(delete(LinkCode).where(LinkCode.resident_id == resident.id))
    code = codes.new(codes.JOINING)
    session.add(LinkCode(code_hash=codes.hashed(code), resident_id=resident.id, expires_at=now + LIFE))
    await session.flush()
    return code


async def join(session: AsyncSession, code: str, *, by: Resident, now: datetime) -> Resident:
    """Make `by` one with the resident who was shown `code`; returns the one who remains."""
    shown = await session.scalar(
        select(LinkCode).where(LinkCode.code_hash == codes.hashed(code)).with_for_update()
    )
    if shown is None or shown.expires_at <= now:
        raise Refused(
            N_("I do not know this code, or it is too old. Send /link in the other place for a new one.")
        )
    if shown.resident_id == by.id:
        raise Refused(N_("This is the code of this very place. Type it in the other one."))
    kept = await session.get_one(Resident, shown.resident_id)
    await session.delete(shown)
    await merge(session, by, into=kept, now=now)
    return kept


async def merge(session: AsyncSession, gone: Resident, *, into: Resident, now: datetime) -> None:
    """Everything of `gone` becomes `into`'s; where both voted in an open poll, the vote of `into` counts.

    Closed polls stay as they were counted: their ballots lead back to nobody.
    """
    await roll.forget(session)
    await _merge_polls(session, gone, into)
    await roll.forget(session)
    await _merge_memberships(session, gone, into)
    await _merge_suggestions(session, gone, into)
    await traces.merge(session, gone, into)
    for table, column in (
        (Consent, Consent.resident_id),
        (Invitation, Invitation.made_by),
        (Invitation, Invitation.used_by),
        (Poll, Poll.asked_by),
        (Broadcast, Broadcast.sent_by),
        (Deed, Deed.actor_id),
        (File, File.owner_id),
        (Link, Link.made_by),
        (Poster, Poster.resident_id),
        (SentPortrait, SentPortrait.resident_id),
    ):
        await session.execute(
            update(table)
            .where(column == gone.id)
            .values({column.key: into.id})
            .execution_options(synchronize_session="fetch")
        )
    into.name = into.name or gone.name
    into.interests = into.interests or gone.interests
    into.greeted_at = into.greeted_at or gone.greeted_at
    into.agreed_at = min(filter(None, (into.agreed_at, gone.agreed_at)), default=None)
    await _merge_addresses(session, gone, into)
    await session.flush()
    await session.delete(gone)
    await session.flush()


async def _merge_addresses(session: AsyncSession, gone: Resident, into: Resident) -> None:
    """All addresses are `into`'s; unasked messages go to the one they already went to, if it is open."""
    reachable = await session.scalar(
        select(Address.id).where(
            Address.resident_id == into.id, Address.preferred, Address.closed_at.is_(None)
        )
    )
    for address in (await session.scalars(select(Address).where(Address.resident_id == gone.id))).all():
        if reachable:
            address.preferred = False
        elif address.preferred:
            await session.execute(
                update(Address).where(Address.resident_id == into.id).values(preferred=False)
            )
        address.resident_id, address.resident = into.id, into


async def _merge_memberships(session: AsyncSession, gone: Resident, into: Resident) -> None:
    for theirs in (await session.scalars(select(Membership).where(Membership.resident_id == gone.id))).all():
        mine = await session.get(Membership, (theirs.community_id, into.id))
        if mine is None:
            mine = Membership(
                community_id=theirs.community_id,
                resident_id=into.id,
                role=theirs.role,
                joined_at=theirs.joined_at,
            )
            session.add(mine)
        mine.role = max(mine.role, theirs.role, key=_RANK.__getitem__)
        mine.area = mine.area or theirs.area
        mine.source = mine.source or theirs.source
        mine.joined_at = min(mine.joined_at, theirs.joined_at)
        await session.delete(theirs)


async def _merge_polls(session: AsyncSession, gone: Resident, into: Resident) -> None:
    parts = await session.scalars(
        select(Participation).where(Participation.resident_id == gone.id).order_by(Participation.poll_id)
    )
    for theirs in parts.all():
        poll, tally = await roll.locked(session, theirs.poll_id)
        mine = await session.get(Participation, (theirs.poll_id, into.id))
        if mine is None:
            mine = Participation(
                poll_id=theirs.poll_id, resident_id=into.id, took_part=False, source=theirs.source
            )
            session.add(mine)
        elif poll.key is not None:
            tally.asked -= 1
        if theirs.took_part and poll.key is not None:
            await _merge_ballots(session, poll, gone, into)
            if mine.took_part:
                tally.took_part -= 1
        mine.took_part = mine.took_part or theirs.took_part
        await session.delete(theirs)
    await session.flush()


async def _merge_suggestions(session: AsyncSession, gone: Resident, into: Resident) -> None:
    """One of a person and poll: that of `into` where both suggested something."""
    theirs = select(Suggestion.poll_id).where(Suggestion.resident_id == into.id)
    await session.execute(
        update(Suggestion)
        .where(Suggestion.resident_id == gone.id, Suggestion.poll_id.not_in(theirs))
        .values(resident_id=into.id)
        .execution_options(synchronize_session="fetch")
    )


async def _merge_ballots(session: AsyncSession, poll: Poll, gone: Resident, into: Resident) -> None:
    theirs = await session.get(Ballot, (poll.id, roll.voter_key(poll, gone)))
    mine = await session.get(Ballot, (poll.id, roll.voter_key(poll, into)))
    if theirs is None:
        return
    if mine is None:
        whose = into.id if poll.named else None
        session.add(
            Ballot(poll_id=poll.id, voter=roll.voter_key(poll, into), answer=theirs.answer, resident_id=whose)
        )
    else:
        _, tally = await roll.locked(session, poll.id)
        tally.counts = polls.without(poll, tally, theirs.answer)
    await session.delete(theirs)
