"""What everybody may see of the reports of a community: those that are open, and those that have ended lately.

However many are stored, no more is looked at than the newest open ones: an index leads to them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import BindParameter, ColumnElement, Select, Subquery, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.lifecycle import ENDED, OPEN
from bot.message import Place
from bot.models import Community, Service, ServiceRequest

LOOKED_AT = 5_000  # open reports of one community, the newest; a list of more helps nobody
ON_A_PAGE = 20
ON_A_MAP = 500  # pins
ENDED_LATELY = timedelta(days=30)
MOST_ENDED = 10
NEARLY = 4  # decimal places of a degree, some ten metres: enough to find a bin, too little for a front door


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see: a `kind` (a service's code, `other` for those without), a `status`, in which order
    (`new`: the newest first, `people`: those first that concern most), and which page, from 1."""

    kind: str | None = None
    status: str | None = None
    order: Literal["new", "people"] = "new"
    page: int = 1


OTHER = "other"
"""The kind of what is no kind that we know."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are open: (kind, state) → number. A kind is None for what is no kind that we know."""

    of: Mapping[tuple[str | None, str], int]

    def kinds(self) -> Mapping[str | None, int]:
        """By kind."""
        return self._sums(0)

    def statuses(self) -> Mapping[str | None, int]:
        """By state."""
        return self._sums(1)

    def fitting(self, wish: Wish) -> int:
        """How many somebody wants to see."""
        return sum(
            number
            for (kind, status), number in self.of.items()
            if wish.kind in (None, kind or OTHER) and wish.status in (None, status)
        )

    def _sums(self, part: int) -> Mapping[str | None, int]:
        sums: dict[str | None, int] = {}
        for key, number in self.of.items():
            sums[key[part]] = sums.get(key[part], 0) + number
        return sums


@dataclass(frozen=True, slots=True)
class Pin:
    """An open report on a map: what is public of it. The place is about where it is."""

    reference: str
    status: str
    kind: str | None
    name: Mapping[str, str] | None
    requested: datetime
    updated: datetime
    expected: datetime | None
    people: int
    place: Place


def nearly(lat: float, long: float) -> Place:
    """About there."""
    return Place(round(lat, NEARLY), round(long, NEARLY))


async def counted(session: AsyncSession, community_id: int) -> Counts:
    """How many of the newest open ones are of which kind and in which state."""
    seen = _newest_open(community_id)
    rows = await session.execute(
        select(seen.c.service_code, seen.c.status, func.count()).group_by(seen.c.service_code, seen.c.status)
    )
    return Counts({(kind, status): number for kind, status, number in rows})


async def kind_names(session: AsyncSession, kinds: Collection[str | None]) -> Mapping[str, Service]:
    """The kinds with these codes."""
    found = await session.scalars(
        select(Service)
        .where(Service.service_code.in_([one for one in kinds if one is not None]))
        .order_by(Service.order, Service.service_code)
    )
    return {one.service_code: one for one in found}


async def listed(session: AsyncSession, community_id: int, wish: Wish) -> Sequence[ServiceRequest]:
    """One page of what is open."""
    wanted = _wanted(community_id, wish).limit(ON_A_PAGE).offset((wish.page - 1) * ON_A_PAGE)
    numbers = (await session.scalars(wanted)).all()
    if not numbers:
        return []
    found = await session.scalars(select(ServiceRequest).where(ServiceRequest.id.in_(numbers)))
    return sorted(found, key=lambda one: numbers.index(one.id))


async def pins(session: AsyncSession, community_id: int, wish: Wish) -> Sequence[Pin]:
    """All pages of what somebody wants to see, as far as a map has room; those without a place are on the list only."""
    numbers = _wanted(community_id, wish).limit(ON_A_MAP).scalar_subquery()
    one = ServiceRequest
    columns = (one.service_request_id, one.status, one.service_code, Service.names)
    days = (one.requested_datetime, one.updated_datetime, one.expected_datetime)
    rows = await session.execute(
        select(*columns, *days, one.people, one.lat, one.long)
        .outerjoin(Service, Service.service_code == one.service_code)
        .where(one.id.in_(numbers), one.lat.is_not(None), one.long.is_not(None))
        .order_by(one.id.desc())
    )
    return [_pin(row) for row in rows]


def _pin(row: Any) -> Pin:
    return Pin(
        reference=row.service_request_id,
        status=row.status,
        kind=row.service_code,
        name=row.names,
        requested=row.requested_datetime,
        updated=row.updated_datetime,
        expected=row.expected_datetime,
        people=row.people,
        place=nearly(row.lat, row.long),
    )


async def ended(session: AsyncSession, community_id: int, *, now: datetime) -> Sequence[ServiceRequest]:
    """Those that have ended lately, the last one first; not those that go on in another report."""
    wanted = (
        select(ServiceRequest)
        .where(
            ServiceRequest.community_id == community_id,
            _within(ENDED),
            ServiceRequest.status != "duplicate",
            ServiceRequest.updated_datetime > now - ENDED_LATELY,
            *_public(),
        )
        .order_by(ServiceRequest.updated_datetime.desc())
        .limit(MOST_ENDED)
    )
    return (await session.scalars(wanted)).all()


async def middle(session: AsyncSession, community: Community) -> Place | None:
    """Where a map of it begins: in its middle, or else where its last report is; None where neither is known."""
    if community.lat is not None and community.long is not None:
        return Place(community.lat, community.long)
    seen = _newest_open(community.id)
    last = (
        select(ServiceRequest.lat, ServiceRequest.long)
        .where(ServiceRequest.id.in_(select(seen.c.id)), ServiceRequest.lat.is_not(None))
        .order_by(ServiceRequest.id.desc())
        .limit(1)
    )
    row = (await session.execute(last)).one_or_none()
    return None if row is None or row[0] is None or row[1] is None else nearly(row[0], row[1])


def _newest_open(community_id: int) -> Subquery:
    one = ServiceRequest
    return (
        select(one.id, one.service_code, one.status, one.people)
        .where(one.community_id == community_id, _within(OPEN), *_public())
        .order_by(one.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )


def _wanted(community_id: int, wish: Wish) -> Select[tuple[int]]:
    seen = _newest_open(community_id)
    wanted = select(seen.c.id)
    if wish.kind is not None:
        none = wish.kind == OTHER
        wanted = wanted.where(seen.c.service_code.is_(None) if none else seen.c.service_code == wish.kind)
    if wish.status is not None:
        wanted = wanted.where(seen.c.status == wish.status)
    if wish.order == "people":
        return wanted.order_by(seen.c.people.desc(), seen.c.id.desc())
    return wanted.order_by(seen.c.id.desc())


def _within(statuses: Sequence[str]) -> ColumnElement[bool]:
    """In one of these states, written out, so that the index of just these fits."""
    given: BindParameter[Sequence[str]] = bindparam(None, statuses, expanding=True, literal_execute=True)
    return ServiceRequest.status.in_(given)


def _public() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ServiceRequest.confidential.is_(False), ServiceRequest.hidden_because.is_(None)
