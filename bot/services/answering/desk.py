"""The desk: which reports somebody looks after, the worst first; for officers their teams', for organisers what nobody
is in charge of and what is hidden.

Only the open reports of the teams asked for are looked at, by an index; how many others there are costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import N_
from bot.lifecycle import ENDED, OPEN
from bot.models import Community, Officer, Photo, Resident, ServiceRequest, Team, is_open
from bot.services.community import communities
from bot.services.in_charge import officers

A_PAGE = 6  # reports in one list
LATELY = timedelta(days=14)
FOR_OFFICERS = ("team", "mine", "free", "waiting", "ended")
FOR_ORGANISERS = ("nobody", "hidden")

NOT_HERE = N_("I do not know this report, or it is not with you.")


@dataclass(frozen=True, slots=True)
class Reach:
    """What somebody may look after: the posts in which they work, the teams whose reports are theirs, the communities
    they organise."""

    posts: tuple[Officer, ...]
    teams: tuple[int, ...]
    communities: tuple[Community, ...]

    @property
    def lists(self) -> tuple[str, ...]:
        """Which lists there are for them."""
        return (FOR_OFFICERS if self.posts else ()) + (FOR_ORGANISERS if self.communities else ())


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list: `number` counts from 0, `counts` has how many there are in each list, `late` how many of the
    team's are overdue."""

    which: str
    number: int
    reports: Sequence[ServiceRequest]
    counts: dict[str, int]
    late: int = 0

    @property
    def more(self) -> bool:
        """Whether there is a page after it."""
        return self.counts[self.which] > (self.number + 1) * A_PAGE


async def reach(session: AsyncSession, resident: Resident) -> Reach:
    """What `resident` may look after."""
    posts = tuple(one for one in await officers.of(session, resident) if one.post != "councillor")
    teams = {one.team_id for one in posts if one.team_id is not None}
    if whole := [one.body_id for one in posts if one.post == "director"]:
        teams |= set(await session.scalars(select(Team.id).where(Team.body_id.in_(whole))))
    return Reach(posts, tuple(sorted(teams)), tuple(await communities.organised_by(session, resident)))


def overdue(now: datetime) -> ColumnElement[bool]:
    """Whether a promise of an open report has passed, and nobody is being waited for."""
    one = ServiceRequest
    return and_(
        one.waiting_since.is_(None),
        or_(
            and_(one.acknowledged_at.is_(None), one.acknowledge_by < now),
            and_(one.answered_at.is_(None), one.answer_by < now),
            one.expected_datetime < now,
        ),
    )


def is_overdue(one: ServiceRequest, *, now: datetime) -> bool:
    """The same of one report."""
    if one.status not in OPEN or one.waiting_since is not None:
        return False
    clocks = (
        (one.acknowledge_by, one.acknowledged_at),
        (one.answer_by, one.answered_at),
        (one.expected_datetime, None),
    )
    return any(by is not None and done is None and by < now for by, done in clocks)


async def page(session: AsyncSession, mine: Reach, which: str, number: int, *, now: datetime) -> Page:
    """One page of a list, with the size of each; Refused where that list is not theirs."""
    if which not in mine.lists:
        raise Refused(N_("Only officers of a body and organisers have a desk."))
    counts, late = await _counts(session, mine, now=now)
    number = max(0, min(number, (counts[which] - 1) // A_PAGE))
    order = _order(which, now=now)
    listed = select(ServiceRequest.id).where(_in(mine, which, now=now)).order_by(*order)
    shown = listed.limit(A_PAGE).offset(
        number * A_PAGE
    )  # numbers are sorted, not reports with all that they say
    rows = await session.scalars(select(ServiceRequest).where(ServiceRequest.id.in_(shown)).order_by(*order))
    return Page(which, number, rows.all(), counts, late)


def _order(which: str, *, now: datetime) -> Sequence[ColumnElement[Any]]:
    one = ServiceRequest
    if which == "ended":
        return one.resolved_at.desc(), one.id.desc()
    if which == "hidden":
        return (one.id.desc(),)
    return overdue(now).desc(), one.people.desc(), one.requested_datetime.asc(), one.id.asc()


def _in(mine: Reach, which: str, *, now: datetime) -> ColumnElement[bool]:
    one = ServiceRequest
    ours = [community.id for community in mine.communities]
    if which == "ended":
        return and_(one.team_id.in_(mine.teams), one.status.in_(ENDED), one.resolved_at > now - LATELY)
    if which == "nobody":
        return and_(one.team_id.is_(None), is_open(), one.community_id.in_(ours))
    if which == "hidden":
        words = select(one.id).where(one.community_id.in_(ours), one.hidden_because.is_not(None))
        pictures = select(Photo.service_request_id).where(Photo.hidden_because.is_not(None))
        return and_(one.community_id.in_(ours), one.id.in_(words.union(pictures)))
    return and_(one.team_id.in_(mine.teams), is_open(), _narrow(mine, which))


def _narrow(mine: Reach, which: str) -> ColumnElement[bool]:
    one = ServiceRequest
    return {
        "team": one.team_id.in_(mine.teams),
        "mine": one.officer_id.in_([post.id for post in mine.posts]),
        "free": one.officer_id.is_(None),
        "waiting": one.waiting_since.is_not(None),
    }.get(which, false())


async def _counts(session: AsyncSession, mine: Reach, *, now: datetime) -> tuple[dict[str, int], int]:
    """How many are in each list, and how many of the team's are overdue, in one statement. What is open is looked at
    once."""
    at_once = FOR_OFFICERS[:4] if mine.posts else ()
    others = [which for which in mine.lists if which not in at_once]
    each: list[ColumnElement[Any]] = [_count(_in(mine, which, now=now)) for which in others]
    wanted = select(*each)
    if at_once:
        narrow = [func.sum(case((_narrow(mine, which), 1), else_=0)) for which in at_once[1:]]
        late = func.sum(case((overdue(now), 1), else_=0))
        wanted = select(*each, late, func.count(), *narrow).where(_in(mine, "team", now=now))
    row = [int(one or 0) for one in (await session.execute(wanted)).one()]
    names = (*others, "late", *at_once) if at_once else (*others,)
    counts = dict(zip(names, row, strict=True))
    return counts, counts.pop("late", 0)


def _count(which: ColumnElement[bool]) -> ColumnElement[Any]:
    return select(func.count()).select_from(ServiceRequest).where(which).correlate(None).scalar_subquery()


async def seen_as(session: AsyncSession, mine: Reach, made: ServiceRequest | None) -> str:
    """As what somebody may look at a report: `officer` of its team, or `organiser` of its community. Refused otherwise,
    in the same words as where there is none. Organisers see a confidential one only while nobody is in charge."""
    if made is not None:
        if made.team_id in mine.teams:
            return "officer"
        ours = made.community_id in {one.id for one in mine.communities}
        if ours and (made.team_id is None or not made.confidential):
            return "organiser"
    raise Refused(NOT_HERE)
