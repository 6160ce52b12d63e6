"""What comes of reports, in numbers: for a body, and for a community. Counted now and then, beside everything else.

Nothing here ranks bodies: some are told of everything, others of little. Whoever has fewer than five people behind a
number that could name one of them is not shown it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import working_days
from bot.crowd import FEWEST
from bot.lifecycle import ENDED
from bot.models import Body, Community, Concern, ReportFigures, ServiceRequest, is_open
from bot.services.answering import fix_answers
from bot.services.answering.desk import overdue
from bot.services.answering.waits import Wait, wait

PERIOD = timedelta(days=365)
AGES = (7, 30, 90, 180)
"""Open reports are told apart by these ages, in days."""

CLOCKS = ("acknowledged", "answered", "resolved")
EVERY = timedelta(hours=6)
"""So old they are at most when they are looked at."""

IN_ROWS = ("reports", "open", "overdue", "due", "on_time", "reopened", "handed")
_BESIDE = {"in_thread": True}
_REAL = ServiceRequest.status != "duplicate"  # what goes on under another number is no report of its own


@dataclass(frozen=True, slots=True)
class Row:
    """One team's reports of one kind; `team` and `service` are None for all small ones together."""

    team: int | None
    service: str | None
    reports: int
    open: int
    overdue: int
    due: int
    on_time: int
    reopened: int
    handed: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of the reports that came since then, and of all that are open. `due` are those that have ended, came back, or
    are overdue, however old; `on_time` ended in time and stayed ended. `said` counts answers whether it is fixed,
    `fixed` those that were yes. `hops` are handings-over, of `handed` reports. `people` stand behind all of it, each
    counted once."""

    since: datetime
    reports: int
    people: int
    ages: tuple[int, ...]
    overdue: int
    waiting: int
    due: int
    on_time: int
    reopened: int
    said: int
    fixed: int
    hops: int
    handed: int
    clocks: Mapping[str, Wait]
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"since": self.since.isoformat()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Numbers:
        """Read what `as_json` wrote."""
        return cls(
            **{
                **kept,
                "since": datetime.fromisoformat(kept["since"]),
                "ages": tuple(kept["ages"]),
                "clocks": {name: Wait(**one) for name, one in kept["clocks"].items()},
                "rows": tuple(Row(**one) for one in kept["rows"]),
            }
        )


async def of_body(session: AsyncSession, body: Body, *, now: datetime) -> Numbers:
    """Those of a body."""
    return await _of(session, ServiceRequest.body_id == body.id, {body.id: body}, now)


async def of_community(session: AsyncSession, community: Community, *, now: datetime) -> Numbers:
    """Those of a community, whoever is in charge."""
    bodies = {one.id: one for one in await session.scalars(select(Body))}
    return await _of(session, ServiceRequest.community_id == community.id, bodies, now)


async def _of(
    session: AsyncSession, whose: ColumnElement[bool], bodies: Mapping[int, Body], now: datetime
) -> Numbers:
    one, since = ServiceRequest, now - PERIOD
    lately = and_(whose, _REAL, one.requested_datetime >= since)
    came, stands = _came(now), _stands(now, since)
    found = await _counts(session, lately, came)
    standing = await _counts(session, and_(whose, _REAL, is_open()), stands)
    none = dict.fromkeys((*came, *stands), 0)
    counts = {key: none | found.get(key, {}) | standing.get(key, {}) for key in found | standing}
    for key in found.keys() & standing.keys():
        counts[key]["by"] = max(found[key]["by"], standing[key]["by"])  # they may be the same people
        counts[key]["due"] = found[key]["due"] + standing[key]["due"]
    whole = {name: sum(each[name] for each in counts.values()) for name in none}
    ages = [whole.pop("open"), *(whole.pop(f"older than {days}") for days in AGES)]
    whole.pop("by")
    whole["said"], whole["fixed"] = await fix_answers.counted(session, lately)
    people = (
        select(func.count(distinct(Concern.resident_id)))
        .join(one, one.id == Concern.service_request_id)
        .where(lately, Concern.why.in_(("reporter", "same")))
    )
    return Numbers(
        since=since,
        people=int(await session.scalar(people, execution_options=_BESIDE) or 0),
        ages=(*(more - fewer for more, fewer in pairwise(ages)), ages[-1]),
        clocks={name: await _clock(session, name, lately, bodies, now) for name in CLOCKS},
        rows=tuple(_pooled(counts)),
        **whole,
    )


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)


def _came(now: datetime) -> dict[str, ColumnElement[int]]:
    """What is counted of those that came in the period. On time is what ended by its date and did not come back; what
    is overdue or came back is due too. `by` is how many people reported them."""
    one = ServiceRequest
    ended, late = one.status.in_(ENDED), and_(is_open(), overdue(now))
    in_time = and_(ended, one.reopened == 0, one.resolved_at <= one.expected_datetime)
    return {
        "reports": func.count(),
        "due": _count(one.expected_datetime.is_not(None), or_(ended, late, one.reopened > 0)),
        "on_time": _count(in_time),
        "reopened": _count(one.reopened > 0),
        "handed": _count(one.hops > 0),
        "hops": func.coalesce(func.sum(one.hops), 0),
        "by": func.count(distinct(one.resident_id)),
    }


def _stands(now: datetime, since: datetime) -> dict[str, ColumnElement[int]]:
    """What is counted of those that are open, however old. A backlog stays due after the period in which it came."""
    one = ServiceRequest
    return {
        "due": _count(overdue(now), one.expected_datetime.is_not(None), one.requested_datetime < since),
        "overdue": _count(overdue(now)),
        "waiting": _count(one.waiting_since.is_not(None)),
        "open": func.count(),
        **{
            f"older than {days}": _count(one.requested_datetime < now - timedelta(days=days)) for days in AGES
        },
        "by": func.count(distinct(one.resident_id)),
    }


Key = tuple[int | None, str | None]


async def _counts(
    session: AsyncSession, which: ColumnElement[bool], wanted: Mapping[str, ColumnElement[int]]
) -> dict[Key, dict[str, int]]:
    """All measures by team and kind, in one look at the reports."""
    by = (ServiceRequest.team_id, ServiceRequest.service_code)
    grouped = select(*by, *wanted.values()).where(which).group_by(*by)
    found = {}
    for team, service, *values in await session.execute(grouped, execution_options=_BESIDE):
        found[team, service] = {name: int(value) for name, value in zip(wanted, values, strict=True)}
    return found


def _pooled(counts: Mapping[Key, Mapping[str, int]]) -> Sequence[Row]:
    """Rows with too few people are one row together, with as many more as it takes to hide them."""
    ordered = sorted(counts, key=lambda key: (counts[key]["by"], key[0] or 0, key[1] or ""))
    small = [key for key in ordered if counts[key]["by"] < FEWEST]
    rest = ordered[len(small) :]

    def behind() -> int:
        return sum(counts[key]["by"] for key in small)

    while small and rest and (len(small) < 2 or behind() < FEWEST):
        small.append(rest.pop(0))
    rest.sort(key=lambda key: (key[0] or 0, key[1] or ""))
    shown = [Row(team, kind, **{name: counts[team, kind][name] for name in IN_ROWS}) for team, kind in rest]
    if behind() >= FEWEST:
        together = {name: sum(counts[key][name] for key in small) for name in IN_ROWS}
        shown.append(Row(None, None, **together))
    return shown


async def _clock(
    session: AsyncSession,
    name: str,
    lately: ColumnElement[bool],
    bodies: Mapping[int, Body],
    now: datetime,
) -> Wait:
    """In working days of the body that is in charge. For as long as somebody was asked something no clock runs."""
    one = ServiceRequest
    ends = {"acknowledged": one.acknowledged_at, "answered": one.answered_at, "resolved": one.resolved_at}[
        name
    ]
    until = func.coalesce(ends, one.resolved_at, one.waiting_since)
    columns = {
        "body": one.body_id,
        "begun": _day(session, one.requested_datetime),
        "ended": _day(session, until),
        "done": ends.is_not(None),
        "stood": one.waited // _A_DAY if name == "resolved" else one.hops * 0,
    }
    each: Any = select(*(column.label(label) for label, column in columns.items())).where(
        lately, one.body_id.is_not(None)
    )
    days = each.subquery()
    grouped = select(days, func.count()).group_by(*days.c)
    done: list[tuple[int, int]] = []
    going_on: list[tuple[int, int]] = []
    weeks = {number: _Week(body, now) for number, body in bodies.items()}
    rows = await session.execute(grouped, execution_options=_BESIDE)
    for body_id, begun, ended, is_done, stood, count in rows:
        first, last = _as_date(begun), now.date() if ended is None else min(_as_date(ended), now.date())
        waited = weeks[body_id].between(first, max(first, last - timedelta(days=stood)))
        (done if is_done else going_on).append((waited, count))
    return wait(done, going_on)


_A_DAY = 24 * 3600


def _day(session: AsyncSession, moment: Any) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "sqlite":
        return func.substr(moment, 1, 10)
    return func.date(func.timezone("UTC", moment))


def _as_date(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


class _Week:
    """The working days of one body, added up once for all of the period."""

    def __init__(self, body: Body, now: datetime) -> None:
        day, self._until, so_far = (now - PERIOD).date(), {}, 0
        while day <= now.date():
            so_far += working_days.is_working(day, body)
            self._until[day] = so_far
            day += timedelta(days=1)

    def between(self, first: date, last: date) -> int:
        """How many of them follow `first` until `last`."""
        return self._until[last] - self._until[first]


async def due(session: AsyncSession, *, now: datetime) -> Sequence[str]:
    """Whose numbers are to be counted anew: those of bodies and communities that have reports."""
    fresh = set(await session.scalars(select(ReportFigures.subject).where(ReportFigures.at > now - EVERY)))
    theirs, here = ServiceRequest.body_id == Body.id, ServiceRequest.community_id == Community.id
    bodies = await session.scalars(select(Body.id).where(exists().where(theirs)).order_by(Body.id))
    towns = await session.scalars(select(Community.id).where(exists().where(here)).order_by(Community.id))
    wanted = [f"body:{number}" for number in bodies] + [f"community:{number}" for number in towns]
    return [subject for subject in wanted if subject not in fresh]


async def counted(session: AsyncSession, subject: str, *, now: datetime) -> Numbers | None:
    """Count them; None for what there is no more."""
    whose, _, number = subject.partition(":")
    if whose == "body":
        body = await session.get(Body, int(number))
        return None if body is None else await of_body(session, body, now=now)
    community = await session.get(Community, int(number))
    return None if community is None else await of_community(session, community, now=now)


async def keep(session: AsyncSession, subject: str, numbers: Numbers, *, now: datetime) -> None:
    """Write down what was counted."""
    await session.merge(ReportFigures(subject=subject, figures=numbers.as_json(), at=now))


async def latest(session: AsyncSession, subject: str) -> tuple[Numbers, datetime] | None:
    """The numbers as they were counted last, and when."""
    kept = await session.get(ReportFigures, subject)
    return None if kept is None else (Numbers.from_json(kept.figures), kept.at)
