"""Choices that people suggest while a poll is open: nothing of them is shown before an organiser has let it in.

Who suggested something is told to nobody, and forgotten with the suggestion. Adding appends, so that the numbers of
earlier choices, and all answers, stay what they are.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, kinds, outbox
from bot.errors import Refused
from bot.i18n import N_
from bot.kinds import Form, Written
from bot.letters.polling import suggesting as letters
from bot.models import Community, Poll, Resident, Suggestion
from bot.services import audit, roll
from bot.services.community import communities
from bot.services.polling import poll_boards, successors, voters, whom

Moment = Callable[[str], datetime]

CLOSED = N_("This poll has closed.")


@dataclass(frozen=True, slots=True)
class Card:
    """One suggestion before its reader, who does not learn whose it is; `left` counts those that wait, this one too."""

    poll: Poll
    community: Community
    number: int
    choice: str
    left: int


def room(poll: Poll, *, now: datetime) -> None:
    """Refused where nothing can be suggested."""
    if poll.closed_at is not None or poll.closes_at <= now:
        raise Refused(CLOSED)
    if not poll.grows or kinds.named(poll.kind).grow is None:
        raise Refused(N_("Nothing can be added to this question."))


def grown(poll: Poll, text: str, moment: Moment, zone: str) -> Form:
    """The form with what was suggested; Refused says what is wrong with it."""
    grow = kinds.named(poll.kind).grow
    assert grow is not None  # noqa: S101 - `room` was asked
    return grow(poll.form, Written("", (text,), moment, zone))


async def suggest(
    session: AsyncSession, poll_id: int, text: str, moment: Moment, *, by: Resident, now: datetime
) -> Poll:
    """Let a suggestion wait to be read. Whoever suggests something belongs to the community, as whoever answers."""
    held = await roll.hold(session, poll_id)
    room(held.poll, now=now)
    await whom.require(session, held.poll, by)
    await spare(session, held.poll, by)
    choice = grown(held.poll, text, moment, held.community.zone).choices[-1]
    await communities.join(session, by, held.community.id, now=now)
    nobody_waits = not await waiting(session, held.poll)
    session.add(Suggestion(poll_id=poll_id, resident_id=by.id, choice=choice))
    await session.flush()
    if nobody_waits:
        await _tell_organisers(session, held.poll, now=now)
    return held.poll


async def spare(session: AsyncSession, poll: Poll, by: Resident) -> None:
    """Refused where something of theirs waits already."""
    mine = (Suggestion.poll_id == poll.id, Suggestion.resident_id == by.id)
    if await session.scalar(select(Suggestion.id).where(*mine)) is not None:
        raise Refused(N_("Your suggestion waits to be read. You can make another one after that."))


async def _tell_organisers(session: AsyncSession, poll: Poll, *, now: datetime) -> None:
    for organiser in await voters.who_asked(session, poll):
        tongue = i18n.tongue((await session.get_one(Resident, organiser)).language)
        # The key names nobody, and not the poll either.
        key = f"suggested:{secrets.token_hex(8)}"
        await outbox.put_personal(
            session, organiser, letters.there_is_one(poll, tongue), once_key=key, now=now
        )


async def waiting(session: AsyncSession, poll: Poll) -> int:
    """How many wait to be read."""
    counted = await session.scalar(select(func.count()).where(Suggestion.poll_id == poll.id))
    return int(counted or 0)


async def next_card(session: AsyncSession, poll_id: int, *, by: Resident) -> Card | None:
    """The suggestion that waits longest; None when none does."""
    poll = await successors.known(session, poll_id)
    community = await communities.require_organiser(session, by, poll.community_id)
    found = await session.scalar(
        select(Suggestion).where(Suggestion.poll_id == poll_id).order_by(Suggestion.id).limit(1)
    )
    if found is None:
        return None
    return Card(poll, community, found.id, found.choice, await waiting(session, poll))


async def judge(
    session: AsyncSession, poll_id: int, number: int, *, let_in: bool, by: Resident, now: datetime
) -> None:
    """Let a suggestion in, or not; either way it is forgotten whose it was, once they have been told."""
    held = await roll.hold(session, poll_id)
    poll = held.poll
    await communities.require_organiser(session, by, poll.community_id)
    room(poll, now=now)
    found = await session.scalar(
        select(Suggestion).where(Suggestion.id == number, Suggestion.poll_id == poll_id)
    )
    if found is None:
        raise Refused(N_("Somebody has read this suggestion already."))
    label = _label(poll, found.choice)
    if let_in:
        form = grown(poll, found.choice, datetime.fromisoformat, held.community.zone)
        poll.choices, poll.options = list(form.choices), dict(form.options)
        await poll_boards.draw_again(session, poll.id)
    resident = await session.get_one(Resident, found.resident_id)
    tongue = i18n.tongue(resident.language)
    what = letters.what_became_of_it(poll, label(tongue), tongue, let_in=let_in)
    await outbox.put_personal(
        session, resident.id, what, once_key=f"suggestion:{secrets.token_hex(8)}", now=now
    )
    await session.delete(found)
    await session.flush()
    act = "poll.add" if let_in else "poll.leave-out"
    audit.record(session, act, by=by, community_id=poll.community_id, now=now, subject=f"poll:{poll.id}")


def _label(poll: Poll, choice: str) -> Callable[[i18n.Tongue], str]:
    form = Form((choice,), poll.options)
    return lambda tongue: kinds.named(poll.kind).labels(form, tongue)[0]


async def drop(session: AsyncSession, poll: Poll) -> None:
    """Delete what waits: the poll closes."""
    await session.execute(
        delete(Suggestion).where(Suggestion.poll_id == poll.id).execution_options(synchronize_session="fetch")
    )
