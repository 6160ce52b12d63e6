"""What everybody may see of a poll: whoever has its link, member or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crowd import FEWEST
from bot.kinds import Answer
from bot.models import ORGANISERS, Ballot, Community, Poll, Standing, Tally
from bot.services.polling import polls, reading, sealing, series
from bot.services.taking_part import turnout

AT_ONCE = 2_000  # ballots of a list in one statement


async def public(session: AsyncSession, code: str) -> Standing | None:
    """The poll of that code as somebody sees it who has not answered: the count only after the close, if ever. What
    organisers ask among themselves is there for nobody else."""
    row = await session.execute(
        select(Poll, Community, Tally)
        .join(Community, Community.id == Poll.community_id)
        .join(Tally, Tally.poll_id == Poll.id)
        .where(Poll.code == code.strip().lower(), Poll.whom != ORGANISERS)
    )
    found = row.one_or_none()
    if found is None:
        return None
    seen = await reading.with_words(session, polls.seen_as(*found, mine=None))
    came, asked = await turnout.came(session, seen.poll), await series.of(session, seen.poll)
    return replace(seen, came=came, series=asked)


def listed(standing: Standing) -> bool:
    """Whether anybody may see the answers one by one: the poll is sealed, nobody minds, and they are enough."""
    poll = standing.poll
    return (
        poll.listed
        and poll.sealed_at is not None
        and standing.counts is not None
        and standing.took_part >= FEWEST
    )


async def ballots(session: AsyncSession, poll: Poll) -> AsyncIterator[Sequence[tuple[str, Answer]]]:
    """All answers, some at a time, each with its receipt; in the order of their marks, which says nothing."""
    after = b""
    while True:
        rows = await session.execute(
            select(Ballot.voter, Ballot.answer)
            .where(Ballot.poll_id == poll.id, Ballot.voter > after)
            .order_by(Ballot.voter)
            .limit(AT_ONCE)
        )
        some = [(bytes(voter), answer) for voter, answer in rows]
        if not some:
            return
        yield [(sealing.receipt(voter), answer) for voter, answer in some]
        after = some[-1][0]


async def by_receipt(session: AsyncSession, poll: Poll, code: str) -> tuple[str, Answer] | None:
    """The answer that stands beside a receipt, however it was typed; None when there is none such."""
    first = sealing.marks_begin(code)
    if first is None:
        return None
    rows = await session.execute(
        select(Ballot.voter, Ballot.answer).where(
            Ballot.poll_id == poll.id, Ballot.voter >= first, Ballot.voter <= first + b"\xff"
        )
    )
    wanted = sealing.tidied(code)
    beside = ((sealing.receipt(bytes(voter)), answer) for voter, answer in rows)
    return next((one for one in beside if sealing.tidied(one[0]) == wanted), None)
