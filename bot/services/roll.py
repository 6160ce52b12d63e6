"""A poll's roll: who was asked, who took part, and their ballots; looked up for many at once and written together.

Whoever reads or changes it holds the poll's tally, which stays locked until the commit. So what was looked up stays
true in this session, counting and closing wait for each other, and the tally equals a recount at every moment.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import later
from bot.errors import Refused
from bot.i18n import N_
from bot.models import Ballot, Community, Membership, Participation, Poll, Resident, Tally


@dataclass(frozen=True, slots=True)
class Held:
    """A poll that is locked until the commit."""

    poll: Poll
    tally: Tally
    community: Community


@dataclass(slots=True)
class Entry:
    """What one resident is to one poll. `voter` is the mark on their ballot, while the poll is open; `answer` is None
    while there is no ballot of theirs."""

    voter: bytes | None
    asked: bool = False
    took_part: bool = False
    source: str | None = None
    answer: Any = None
    belongs: bool = False


Roll = dict[tuple[int, int], Entry]
"""(poll, resident) → entry, as far as it was looked up in this session."""


async def locked(session: AsyncSession, poll_id: int) -> tuple[Poll, Tally]:
    """The poll and its tally, locked until the commit. Refused when there is no such poll."""
    held = await hold(session, poll_id)
    return held.poll, held.tally


async def hold(session: AsyncSession, poll_id: int) -> Held:
    """The same with its community."""
    held = await _lock(session, [poll_id])
    if poll_id not in held:
        raise Refused(N_("I do not know this poll."))
    return held[poll_id]


async def _lock(session: AsyncSession, poll_ids: Iterable[int]) -> dict[int, Held]:
    held: dict[int, Held] = session.info.setdefault("polls held", {})
    if wanted := sorted(set(poll_ids) - held.keys()):
        rows = await session.execute(
            select(Tally, Poll, Community)
            .join(Poll, Poll.id == Tally.poll_id)
            .join(Community, Community.id == Poll.community_id)
            .where(Tally.poll_id.in_(wanted))
            # In one order everywhere, so that two processes never wait for each other.
            .order_by(Tally.poll_id)
            # The poll too: else PostgreSQL gives it as it was before the wait, still open.
            .with_for_update(of=(Tally, Poll), key_share=True)
            .execution_options(populate_existing=True)
        )
        held.update({poll.id: Held(poll, tally, community) for tally, poll, community in rows})
    return held


def let_go(session: AsyncSession, poll_id: int) -> None:
    """Hold it no more: it is gone."""
    session.info.get("polls held", {}).pop(poll_id, None)


async def look_ahead(session: AsyncSession, wishes: Sequence[tuple[int, Resident]]) -> None:
    """Lock the polls of these (poll, resident) and look up all entries: two statements a poll, however many."""
    held = await _lock(session, {poll_id for poll_id, _ in wishes})
    for poll_id in sorted({poll_id for poll_id, _ in wishes} & held.keys()):
        await _look_up(
            session, held[poll_id].poll, [resident for number, resident in wishes if number == poll_id]
        )


async def entry(session: AsyncSession, poll: Poll, resident: Resident) -> Entry:
    """A resident's entry in the roll of a poll that is locked."""
    roll = _roll(session)
    if (poll.id, resident.id) not in roll:
        await _look_up(session, poll, [resident])
    return roll[poll.id, resident.id]


async def _look_up(session: AsyncSession, poll: Poll, residents: Sequence[Resident]) -> None:
    roll = _roll(session)
    wanted = {resident.id: resident for resident in residents if (poll.id, resident.id) not in roll}
    if not wanted:
        return
    people, members, parts = Resident.__table__, Membership.__table__, Participation.__table__
    belongs = (members.c.resident_id == people.c.id) & (members.c.community_id == poll.community_id)
    was_asked = (parts.c.resident_id == people.c.id) & (parts.c.poll_id == poll.id)
    known = await session.execute(
        select(people.c.id, members.c.role, parts.c.took_part, parts.c.source)
        .outerjoin_from(people, members, belongs)
        .outerjoin(parts, was_asked)
        .where(people.c.id.in_(list(wanted)))
    )
    for number, role, took_part, source in known:
        roll[poll.id, number] = Entry(
            voter=None if poll.key is None else voter_key(poll, wanted[number]),
            asked=took_part is not None,
            took_part=bool(took_part),
            source=source,
            belongs=role is not None,
        )
    if poll.key is None:
        return
    voters = {roll[poll.id, number].voter: number for number in wanted}
    ballots = Ballot.__table__.c
    found = await session.execute(
        select(ballots.voter, ballots.answer).where(
            ballots.poll_id == poll.id, ballots.voter.in_(list(voters))
        )
    )
    for voter, answer in found:
        roll[poll.id, voters[voter]].answer = answer


def put_down(session: AsyncSession, poll: Poll, resident: Resident, entry: Entry) -> None:
    """Write a resident's entry, but for the ballot, with the next statement that could miss it."""
    later(
        session,
        Participation,
        {
            "poll_id": poll.id,
            "resident_id": resident.id,
            "took_part": entry.took_part,
            "source": entry.source,
        },
        key=("poll_id", "resident_id"),
        change=("took_part", "source"),
    )


def put_ballot(session: AsyncSession, poll: Poll, resident: Resident, entry: Entry) -> None:
    """Write a resident's ballot as it is now, likewise; whose it is only where the poll is named."""
    whose = resident.id if poll.named else None
    later(
        session,
        Ballot,
        {
            "poll_id": poll.id,
            "voter": entry.voter,
            "answer": entry.answer,
            "resident_id": whose,
            "shown": None,
            "themes": None,
        },
        key=("poll_id", "voter"),
        change=("answer", "shown", "themes"),  # what was made of the old answer is not true of the new one
    )


async def forget(session: AsyncSession) -> None:
    """Forget what was looked up: for whoever changes participations, ballots and memberships by hand, before and
    after."""
    await session.flush()
    _roll(session).clear()
    for one in list(session.identity_map.values()):
        if isinstance(one, Ballot | Participation):
            session.expunge(one)


def _roll(session: AsyncSession) -> Roll:
    roll: Roll = session.info.setdefault("roll", {})
    return roll


def voter_key(poll: Poll, resident: Resident) -> bytes:
    """The resident under the poll's own key: the same person gives the same key, the key gives no person."""
    assert poll.key is not None  # noqa: S101 - a check constraint ties the key to being open
    return hmac.digest(poll.key, str(resident.id).encode(), "sha256")
