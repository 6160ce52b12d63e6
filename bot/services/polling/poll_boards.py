"""Polls as they are shown in group chats and elsewhere: how many took part while they are open, how they came out
after it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.i18n import Tongue
from bot.letters.polling import elsewhere as elsewhere_letters
from bot.letters.polling import groups as letters
from bot.letters.polling import polls as poll_letters
from bot.letters.polling import promises as promise_letters
from bot.message import Message
from bot.models import EVERYONE, GROUP, Board, Community, FollowUp, Poll, Standing, Tally
from bot.services.announcing.boards import Face, Kind
from bot.services.polling import elsewhere, outcomes, polls

CLOSED, OUTCOME_TOLD = -1, -2
"""States of a poll that is not open any more, and one less for each time that something is said of its promise; while
it is open, its state is how many have taken part."""


async def faces(session: AsyncSession, numbers: Collection[int]) -> Mapping[int, Face]:
    """How these polls look in a group now."""
    return {one.poll.id: _face(one, said) for one, said in await _seen(session, numbers)}


async def faces_elsewhere(session: AsyncSession, numbers: Collection[int]) -> Mapping[int, Face]:
    """How they look in a chat that we are not in; there is no message of its own to tell the news with."""
    return {
        one.poll.id: replace(_face(one, said), message=partial(elsewhere_letters.question, one), news=None)
        for one, said in await _seen(session, numbers)
    }


async def _seen(
    session: AsyncSession, numbers: Collection[int]
) -> Sequence[tuple[Standing, Sequence[FollowUp]]]:
    """Polls as everybody sees them, with what was said of their promises."""
    rows = await session.execute(
        select(Poll, Tally, Community)
        .join(Tally, Tally.poll_id == Poll.id)
        .join(Community, Community.id == Poll.community_id)
        .where(Poll.id.in_(numbers))
    )
    seen = [polls.seen_as(poll, community, tally, mine=None) for poll, tally, community in rows]
    said = await outcomes.said_of(session, [one.poll.id for one in seen if one.poll.followed_up])
    return [(one, said.get(one.poll.id, ())) for one in seen]


def _face(standing: Standing, said: Sequence[FollowUp]) -> Face:
    poll = standing.poll
    state = standing.took_part
    if poll.closed_at is not None:
        state = CLOSED if poll.outcome_at is None else OUTCOME_TOLD - len(said)

    def news(tongue: Tongue) -> Message:
        if said:
            return promise_letters.followed_up(
                poll, said[-1].said, said[-1].because, standing.community, tongue, group=True
            )
        result = poll_letters.result if state == CLOSED else letters.outcome
        return result(standing, tongue)

    if poll.whom not in (EVERYONE, GROUP) and poll.closed_at is None:  # it was changed, and is for others now
        return Face(state, letters.not_here, letters.not_here, last=True)
    settled = poll.outcome_at is not None and (poll.done_by is None or poll.settled is not None)

    return Face(
        state,
        lambda tongue: letters.question(standing, tongue),
        lambda tongue: letters.farewell(standing, tongue),
        news=news if state < 0 and standing.took_part else None,
        last=settled or (state == CLOSED and (poll.by_member or not standing.took_part)),
    )


_STATES = select(
    Poll.id,
    case(
        (Poll.outcome_at.is_not(None), OUTCOME_TOLD - Poll.followed_up),
        (Poll.closed_at.is_not(None), CLOSED),
        else_=Tally.took_part,
    ),
    Poll.community_id,
).join(Tally, Tally.poll_id == Poll.id)

BOARDS = Kind("poll", _STATES, faces)
ELSEWHERE = Kind(elsewhere.KIND, _STATES, faces_elsewhere, in_groups=False)


async def draw_again(session: AsyncSession, poll: int, *, becomes: int | None = None) -> None:
    """Wherever this poll is shown it is drawn again, at its pace; as the one that it `becomes`, if it becomes one."""
    await session.execute(
        update(Board)
        .where(Board.kind.in_((BOARDS.name, ELSEWHERE.name)), Board.number == poll)
        .values(number=poll if becomes is None else becomes, shown=None)
        .execution_options(synchronize_session="fetch")
    )
