"""What came of polls: the state of each, what a community owes and has kept, and how often it closes the loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import ORGANISERS, Community, FollowUp, Poll, Tally
from bot.services.polling.questions import today

State = Literal["open", "unanswered", "awaited", "told", "owed", "done", "dropped"]
"""`awaited`: closed, and nobody has said yet what comes of it. `told`: decided, with nothing more to do. `owed`:
decided and promised for a day. `done` and `dropped` are how a promise ends."""

YEAR = timedelta(days=365)
LATELY = timedelta(days=90)
MOST = 50  # promises in a list


@dataclass(frozen=True, slots=True)
class Promise:
    """What people are told to expect of a poll. `day` is when they may expect it, as the calendar shows it in the
    community's zone, None where nothing is promised; `late` by how many days it is late, or came late. `said` is what
    was said of it since, the oldest first, where that was asked for."""

    poll: Poll
    state: State
    day: date | None
    late: int = 0
    said: tuple[FollowUp, ...] = ()


def promise(
    poll: Poll, took_part: int, zone: str, *, now: datetime, said: Sequence[FollowUp] = ()
) -> Promise:
    """What is promised of this poll, as it stands now."""
    if poll.outcome_due is None:
        return Promise(poll, "open" if poll.closed_at is None else "told", None)
    if poll.outcome_at is None:
        if not took_part:
            return Promise(poll, "unanswered", None)
        day = poll.outcome_due.astimezone(ZoneInfo(zone)).date()
        return Promise(poll, "awaited", day, _late(day, zone, now))
    if poll.done_by is None:
        return Promise(poll, "told", None, said=tuple(said))
    ended = poll.settled_at or now
    state: State = "owed" if poll.settled is None else "done" if poll.settled == "done" else "dropped"
    return Promise(poll, state, poll.done_by, _late(poll.done_by, zone, ended), tuple(said))


def _late(day: date, zone: str, now: datetime) -> int:
    return max(0, (today(zone, now=now) - day).days)


async def of_poll(session: AsyncSession, poll: Poll, *, now: datetime) -> Promise:
    """What is promised of one poll, with all that was said of it."""
    community = await session.get_one(Community, poll.community_id)
    tally = await session.get_one(Tally, poll.id)
    said = await said_of(session, [poll.id])
    return promise(poll, tally.took_part, community.zone, now=now, said=said.get(poll.id, ()))


async def said_of(session: AsyncSession, polls: Sequence[int]) -> dict[int, list[FollowUp]]:
    """What was said of the promises of these polls, the oldest first."""
    found: dict[int, list[FollowUp]] = {}
    if polls:
        rows = await session.scalars(
            select(FollowUp).where(FollowUp.poll_id.in_(polls)).order_by(FollowUp.id)
        )
        for one in rows:
            found.setdefault(one.poll_id, []).append(one)
    return found


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a community owes, what is late first, and what it has kept lately, the newest first."""

    owed: tuple[Promise, ...]
    kept: tuple[Promise, ...]


async def ledger(session: AsyncSession, community: Community, *, now: datetime, most: int = MOST) -> Ledger:
    """What is owed: outcomes of polls that closed within a year, and promises that nobody has settled."""
    ours = _ours(community)
    missing = ours.where(Poll.closed_at > now - YEAR, Poll.outcome_at.is_(None), Tally.took_part > 0)
    promised = ours.where(Poll.done_by.is_not(None), Poll.settled.is_(None))
    kept = ours.where(Poll.settled == "done", Poll.settled_at > now - LATELY)
    owed = await _promises(session, community, missing.order_by(Poll.closed_at).limit(most), now=now)
    owed += await _promises(session, community, promised.order_by(Poll.done_by).limit(most), now=now)
    owed.sort(key=lambda one: (one.day or date.max, one.poll.id))
    newest = kept.order_by(Poll.settled_at.desc()).limit(most)
    return Ledger(tuple(owed[:most]), tuple(await _promises(session, community, newest, now=now)))


async def closed(
    session: AsyncSession, community: Community, *, now: datetime, most: int = MOST
) -> list[Promise]:
    """The newest closed polls with what came of them, as everybody may see them."""
    newest = (
        _ours(community).where(Poll.closed_at.is_not(None)).order_by(Poll.closed_at.desc(), Poll.id.desc())
    )
    return await _promises(session, community, newest.limit(most), now=now)


def _ours(community: Community) -> Select[Poll, int]:
    return (
        select(Poll, Tally.took_part)
        .join(Tally, Tally.poll_id == Poll.id)
        .where(Poll.community_id == community.id, Poll.whom != ORGANISERS, Poll.by_member.is_(False))
    )


async def _promises(
    session: AsyncSession, community: Community, wanted: Select[Poll, int], *, now: datetime
) -> list[Promise]:
    rows = (await session.execute(wanted)).all()
    said = await said_of(session, [poll.id for poll, _ in rows if poll.followed_up])
    return [
        promise(poll, took_part, community.zone, now=now, said=said.get(poll.id, ()))
        for poll, took_part in rows
    ]


@dataclass(frozen=True, slots=True)
class Loop:
    """The closing-the-loop rate: `told` of `due` answers, given in `polls` polls. An answer is due when its poll has
    closed within the last year and the day promised for its outcome has passed; it is told when its author was sent
    what comes of it by the end of that day."""

    polls: int
    due: int
    told: int

    @property
    def rate(self) -> float | None:
        """The share that was told in time; None while nothing was due."""
        return self.told / self.due if self.due else None


async def loop(session: AsyncSession, community: Community, *, now: datetime) -> Loop:
    """How many of those who answered heard in time what came of it."""
    rows = await session.execute(_ours(community).where(Poll.closed_at > now - YEAR, Tally.took_part > 0))
    polls = due = told = 0
    for poll, took_part in rows:
        assert poll.outcome_due is not None  # noqa: S101 - only closed ones were asked for
        day = poll.outcome_due.astimezone(ZoneInfo(community.zone)).date()
        if not _late(day, community.zone, now):
            continue
        polls, due = polls + 1, due + took_part
        if poll.outcome_at is not None and not _late(day, community.zone, poll.outcome_at):
            told += min(poll.told or 0, took_part)
    return Loop(polls, due, told)
