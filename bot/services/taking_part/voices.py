"""Whose voices are heard in a community: counted over the polls that closed lately, and the same time before it.

People are counted by the database, into a handful of rows whatever their number. An answer has no time of its own: it
belongs to the day on which its poll closed. Whoever has left is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, Subquery, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crowd import FEWEST
from bot.models import Community, Membership, Participation, Poll, Resident
from bot.services.community import communities
from bot.services.taking_part import fairness
from bot.services.taking_part.cells import NOBODY, Cell, Split, split

SPAN = timedelta(days=90)
MOST_ACTIVE = 10  # people
FAR_BELOW = 0.6  # of what is usual: a group that takes part less than that has hardly been reached


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly people take part; see `fairness.py`."""

    most_active: float
    gini: float
    effective: float


@dataclass(frozen=True, slots=True)
class Period:
    """`polls` closed in it; `took_part` of `people` answered at least one. `evenness` is None while too few did."""

    polls: int
    people: int
    took_part: int
    evenness: Evenness | None


@dataclass(frozen=True, slots=True)
class Voices:
    """Who takes part, lately and before. `unreached` are parts of town and languages from which few take part."""

    lately: Period
    before: Period
    areas: Split
    languages: Split
    unreached_areas: tuple[str, ...]
    unreached_languages: tuple[str, ...]


async def heard(session: AsyncSession, community_id: int, *, by: Resident, now: datetime) -> Voices:
    """Who takes part in a community, for its organisers; Refused for others."""
    community = await communities.require_organiser(session, by, community_id)
    lately = await _period(session, community, since=now - SPAN, until=now)
    before = await _period(session, community, since=now - 2 * SPAN, until=now - SPAN)
    active = _active(community, since=now - SPAN, until=now)
    areas = await by_group(session, community, Membership.area, community.areas, active, until=now)
    languages = await by_group(session, community, Resident.language, community.languages, active, until=now)
    return Voices(lately, before, areas, languages, _unreached(areas, lately), _unreached(languages, lately))


def _active(community: Community, *, since: datetime, until: datetime) -> Subquery:
    """(resident, answers): everybody who answered a poll that closed in that time."""
    return (
        select(Participation.resident_id, func.count().label("answers"))
        .join(Poll, Poll.id == Participation.poll_id)
        .where(Participation.took_part, *_closed_in(community, since, until))
        .group_by(Participation.resident_id)
        .subquery()
    )


def _closed_in(community: Community, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return Poll.community_id == community.id, Poll.closed_at > since, Poll.closed_at <= until


def _members(community: Community, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return Membership.community_id == community.id, Membership.joined_at <= until


async def _period(session: AsyncSession, community: Community, *, since: datetime, until: datetime) -> Period:
    polls = select(func.count()).select_from(Poll).where(*_closed_in(community, since, until))
    active = _active(community, since=since, until=until)
    answers = func.coalesce(active.c.answers, 0)
    rows = await counted(
        session,
        select(answers, func.count())
        .select_from(Membership)
        .outerjoin(active, active.c.resident_id == Membership.resident_id)
        .where(*_members(community, until))
        .group_by(answers),
    )
    people = {int(number): int(count) for number, count in rows}
    took_part = fairness.active(people)
    return Period(
        int(await session.scalar(polls) or 0),
        sum(people.values()),
        took_part,
        _evenness(people) if took_part >= FEWEST else None,
    )


def _evenness(people: fairness.Histogram) -> Evenness:
    return Evenness(
        fairness.share_of_most_active(people, MOST_ACTIVE) or 0.0,
        fairness.gini(people) or 0.0,
        fairness.effective_voices(people) or 0.0,
    )


async def by_group(
    session: AsyncSession,
    community: Community,
    group: Any,
    known: list[str],
    active: Subquery,
    *,
    until: datetime,
) -> Split:
    """By groups of the community's own list; `active` has a row for each resident who took part. What somebody wrote
    themselves is nobody else's business."""
    rows = await counted(
        session,
        select(group, func.count(), func.count(active.c.resident_id))
        .select_from(Membership)
        .join(Resident, Resident.id == Membership.resident_id)
        .outerjoin(active, active.c.resident_id == Membership.resident_id)
        .where(*_members(community, until))
        .group_by(group),
    )
    groups, rest = dict[str, Cell](), NOBODY
    for name, people, took_part in rows:
        if name in known:
            groups[name] = Cell(people, took_part)
        else:
            rest += Cell(people, took_part)
    return split(groups, rest)


async def counted(session: AsyncSession, counting: Executable) -> list[Any]:
    """Counting a large town takes a while, in which others go on."""
    return list((await session.execute(counting, execution_options={"in_thread": True})).all())


def _unreached(by: Split, lately: Period) -> tuple[str, ...]:
    """From the numbers that are shown, and nothing else."""
    usual = lately.took_part / lately.people if lately.people else 0
    low = (name for name, cell in by.shown.items() if cell.took_part / cell.people < FAR_BELOW * usual)
    return tuple(sorted({*low, *by.hardly}))
