"""The desk: which reports somebody looks after, the worst first; for officers their teams', for organisers what nobody
is in charge of and what is hidden.

Only the open reports of the teams asked for are looked at, by an index; how many others there are costs nothing. What
each list has of each kind is counted in the same look, so that a list can be narrowed to one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import N_
from bot.lifecycle import ENDED, OPEN
from bot.models import Community, Officer, Photo, Resident, Service, ServiceRequest, Team, is_open
from bot.services.community import communities
from bot.services.in_charge import officers

A_PAGE = 6
"""Reports on one page of a list. Each is three lines and a button: six of them and the buttons below are two looks at a
phone. With more, a report and its button are no longer seen together; who has many is helped by one kind at a time."""

OTHER = "-"
"""What stands for the kind of a report that has none; no service can have this code."""

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
    """Part of a list, of one `kind` or of all (""): `number` counts from 0, `counts` has how many of that kind there
    are in each list, `late` how many of the team's are overdue; `kinds` has how many of each this list has."""

    which: str
    kind: str
    number: int
    reports: Sequence[ServiceRequest]
    counts: Mapping[str, int]
    kinds: Mapping[str, int]
    late: int = 0

    @property
    def pages(self) -> int:
        """How many there are, at least one."""
        return max(1, -(-self.counts[self.which] // A_PAGE))


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


async def known(session: AsyncSession, mine: Reach, which: str, kind: str = "") -> None:
    """Refused where that list is not theirs, or there is no such kind."""
    if which not in mine.lists:
        raise Refused(N_("Only officers of a body and organisers have a desk."))
    if kind not in ("", OTHER) and await session.get(Service, kind) is None:
        raise Refused(N_("I do not know this kind of problem any more."))


async def page(
    session: AsyncSession, mine: Reach, which: str, number: int, *, kind: str = "", now: datetime
) -> Page:
    """One page of a list, with the size of each. `kind` is the code of a service, OTHER, or empty for all of them;
    Refused as `known` says."""
    await known(session, mine, which, kind)
    sizes = await tally(session, mine, now=now)
    counts = {name: sizes[name][kind] if kind else sizes[name].total() for name in mine.lists}
    late = sizes[_LATE][kind] if kind else sizes[_LATE].total()
    number = max(0, min(number, (counts[which] - 1) // A_PAGE))
    order = _order(which, now=now)
    listed = select(ServiceRequest.id).where(_in(mine, which, now=now), _of(kind)).order_by(*order)
    shown = listed.limit(A_PAGE).offset(
        number * A_PAGE
    )  # numbers are sorted, not reports with all that they say
    rows = await session.scalars(select(ServiceRequest).where(ServiceRequest.id.in_(shown)).order_by(*order))
    return Page(which, kind, number, rows.all(), counts, sizes[which], late)


def _of(kind: str) -> ColumnElement[bool]:
    one = ServiceRequest.service_code
    return true() if not kind else one.is_(None) if kind == OTHER else one == kind


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
        nobodys = or_(one.team_id.is_(None), one.team_id.in_(officers.empty_teams()))
        return and_(nobodys, is_open(), one.community_id.in_(ours))
    if which == "hidden":
        words = select(one.id).where(one.community_id.in_(ours), one.hidden_because.is_not(None))
        pictures = select(Photo.service_request_id).where(Photo.hidden_because.is_not(None))
        seen = one.confidential.is_(False)  # what nobody else may see any more is not theirs to show again
        return and_(one.community_id.in_(ours), seen, one.id.in_(words.union(pictures)))
    return and_(one.team_id.in_(mine.teams), is_open(), _narrow(mine, which))


def _narrow(mine: Reach, which: str) -> ColumnElement[bool]:
    one = ServiceRequest
    return {
        "team": true(),
        "mine": one.officer_id.in_([post.id for post in mine.posts]),
        "free": one.officer_id.is_(None),
        "waiting": one.waiting_since.is_not(None),
    }[which]


_LATE = "late"
_AT_ONCE = FOR_OFFICERS[:4]


async def tally(session: AsyncSession, mine: Reach, *, now: datetime) -> Mapping[str, Counter[str]]:
    """How many of each kind are in each list, and how many of the team's are overdue, in one statement. What is open is
    looked at once."""
    looks = [_look(mine, which, (), now=now) for which in mine.lists if which not in _AT_ONCE]
    if mine.posts:
        within = [overdue(now), *(_narrow(mine, which) for which in _AT_ONCE[1:])]
        looks.append(_look(mine, "team", [func.sum(case((one, 1), else_=0)) for one in within], now=now))
    found = {name: Counter[str]() for name in (*mine.lists, _LATE)}
    for which, code, *sizes in await session.execute(union_all(*looks)):
        names = (which, _LATE, *_AT_ONCE[1:]) if which == "team" else (which,)
        for name, size in zip(names, sizes, strict=False):
            if size:
                found[name][code or OTHER] = int(size)
    return found


def _look(
    mine: Reach, which: str, within: Sequence[ColumnElement[Any]], *, now: datetime
) -> Select[tuple[Any, ...]]:
    """How many of each kind one list has, and of these how many there are within it."""
    code = ServiceRequest.service_code
    parts = within or [literal(0)] * len(_AT_ONCE)
    wanted = select(literal(which), code, func.count(), *parts)
    return wanted.where(_in(mine, which, now=now)).group_by(code)


async def seen_as(session: AsyncSession, mine: Reach, made: ServiceRequest | None) -> str:
    """As what somebody may look at a report: `officer` of its team, or `organiser` of its community. Refused otherwise,
    in the same words as where there is none. Organisers see a confidential one only while nobody is in charge."""
    if made is not None:
        if made.team_id in mine.teams:
            return "officer"
        ours = made.community_id in {one.id for one in mine.communities}
        if ours and (not made.confidential or await officers.is_nobodys(session, made)):
            return "organiser"
    raise Refused(NOT_HERE)
