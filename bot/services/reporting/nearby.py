"""Open reports of the same kind around a place: found by a grid, so that their number elsewhere costs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, radians

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Place
from bot.models import ServiceRequest, is_open
from bot.services.community.communities import kilometres

CELL = 0.002  # degrees; some 220 metres from south to north, and less from west to east
ROW = 200_000  # more than there are cells around the earth, 360 / CELL
LATITUDE = 111_320.0  # metres of a degree of latitude
MOST = 400  # looked at; more of the same kind within one radius is one problem
USUAL = 60  # metres, for what is no kind that we know


@dataclass(frozen=True, slots=True)
class Near:
    """An open report, and how far it is, in metres."""

    report: ServiceRequest
    metres: int


def cell(lat: float, long: float) -> int:
    """The number of the cell that holds a point."""
    return floor((lat + 90) / CELL) * ROW + floor((long + 180) / CELL)


def _around(lat: float, long: float, metres: float) -> Iterator[int]:
    up = ceil(metres / (LATITUDE * CELL))
    along = ceil(metres / (LATITUDE * max(cos(radians(lat)), 0.01) * CELL))
    middle = cell(lat, long)
    for north in range(-up, up + 1):
        for east in range(-along, along + 1):
            yield middle + north * ROW + east


async def find(
    session: AsyncSession, service_code: str | None, place: Place, *, within: int = USUAL, most: int = 3
) -> Sequence[Near]:
    """Open reports of this kind within so many metres of a place, the nearest first. Confidential ones are told to
    nobody."""
    found = (
        select(ServiceRequest.id, ServiceRequest.lat, ServiceRequest.long)
        .where(
            ServiceRequest.cell.in_(list(_around(place.lat, place.long, within))),
            _kind(service_code),
            is_open(),
            ServiceRequest.confidential.is_(False),
            ServiceRequest.hidden_because.is_(None),
        )
        .limit(MOST)
    )
    rows = await session.execute(found)
    far = sorted(
        (kilometres(place, Place(lat, long)) * 1000, number)
        for number, lat, long in rows
        if lat is not None and long is not None
    )
    chosen = {number: metres for metres, number in far[:most] if metres <= within}
    if not chosen:
        return ()
    reports = await session.scalars(select(ServiceRequest).where(ServiceRequest.id.in_(chosen)))
    near = [Near(one, round(chosen[one.id])) for one in reports]
    return sorted(near, key=lambda one: (one.metres, one.report.id))


async def usual(session: AsyncSession, place: Place) -> dict[str, int]:
    """How many open reports of each kind there are around a place, of those that everybody may know of: what is offered
    first shall tell nobody of the others."""
    counted = (
        select(ServiceRequest.service_code, func.count())
        .where(
            ServiceRequest.cell.in_(list(_around(place.lat, place.long, USUAL))),
            ServiceRequest.service_code.is_not(None),
            is_open(),
            ServiceRequest.confidential.is_(False),
        )
        .group_by(ServiceRequest.service_code)
    )
    return {code: number for code, number in await session.execute(counted) if code is not None}


def _kind(service_code: str | None) -> ColumnElement[bool]:
    if service_code is None:
        return ServiceRequest.service_code.is_(None)
    return ServiceRequest.service_code == service_code
