"""What a run of `kill -9` came to, how things stood when the process died; and what everybody voted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bot.db import Database
from bot.models import Address, Ballot, Poll
from bot.services import roll


@dataclass
class Reckoning:
    """What one run came to."""

    number: int
    killed_after: float
    acknowledged: int
    unconfirmed: int
    owed: int
    in_flight: int
    twice: int
    receiving: float
    recovered: float
    seconds: float
    result: dict[str, int]

    def __str__(self) -> str:
        votes = ", ".join(f"{choice} {count}" for choice, count in self.result.items())
        return (
            f"run {self.number}: killed {self.killed_after:.2f} s after the first tap; {self.acknowledged} taps "
            f"were acknowledged, {self.unconfirmed} updates unconfirmed, {self.owed} envelopes owed, of them "
            f"{self.in_flight} letters in flight; received again after {self.receiving:.1f} s, owed nothing after "
            f"{self.recovered:.1f} s; {votes}; {self.twice} letters came twice, as they may; {self.seconds:.1f} s"
        )


@dataclass(frozen=True)
class Held:
    """How things stood when the process died; `in_flight` are letters called for and not marked as sent."""

    acknowledged: int
    unconfirmed: int
    owed: int
    in_flight: set[tuple[str, str]]


async def votes(database: Database, poll: Poll) -> dict[str, int]:
    """What was counted for each chat; every ballot belongs to one."""
    async with database.reading() as session:
        poll = await session.get_one(Poll, poll.id)
        ballots = await session.scalars(select(Ballot).where(Ballot.poll_id == poll.id))
        answers = {ballot.voter: ballot.answer for ballot in ballots}
        addresses = await session.scalars(select(Address).options(joinedload(Address.resident)))
        voters = {one.chat: roll.voter_key(poll, one.resident) for one in addresses if one.resident}
    assert answers.keys() <= set(voters.values()), "a ballot that nobody cast"
    return {chat: answers[voter] for chat, voter in voters.items() if voter in answers}
