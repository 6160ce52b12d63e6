"""What is to be known of a report to speak of it: its kind, place, body and team, read together for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlalchemy.orm.interfaces import ORMOption

from bot.db import loaded
from bot.letters.reporting.reports import View
from bot.models import Area, Body, Community, Photo, Service, ServiceRequest, Team
from bot.services.reporting import report_photos


async def of(session: AsyncSession, made: ServiceRequest) -> View:
    """One report as it is spoken of."""
    return (await of_many(session, [made]))[0]


async def of_many(session: AsyncSession, reports: Sequence[ServiceRequest]) -> list[View]:
    """Several, in the same order, with as many statements as for one. What this session has read of towns, bodies and
    the like is not read again."""
    services = await known(session, Service, Service.service_code, {one.service_code for one in reports})
    bodies = await known(session, Body, Body.id, {one.body_id for one in reports})
    teams = await known(session, Team, Team.id, {one.team_id for one in reports})
    areas = await known(session, Area, Area.id, {one.area_id for one in reports}, defer(Area.geometry))
    towns = await known(session, Community, Community.id, {one.community_id for one in reports})
    pictures: dict[int, list[Photo]] = {}
    shown = select(Photo).where(
        Photo.service_request_id.in_([one.id for one in reports]), *report_photos.for_everybody()
    )
    for photo in await session.scalars(shown.order_by(Photo.id)):
        pictures.setdefault(photo.service_request_id, []).append(photo)
    return [
        View(
            one,
            towns[one.community_id],
            services.get(one.service_code),
            bodies.get(one.body_id),
            teams.get(one.team_id),
            areas.get(one.area_id),
            tuple(pictures.get(one.id, ())),
        )
        for one in reports
    ]


async def known(
    session: AsyncSession, kind: Any, key: Any, wanted: set[Any], *leave_out: ORMOption
) -> dict[Any, Any]:
    """Rows by their keys."""
    there = {one: loaded(session, kind, one) for one in wanted if one is not None}
    missing = [one for one, row in there.items() if row is None]
    if missing:
        rows = await session.scalars(select(kind).where(key.in_(missing)).options(*leave_out))
        there |= {getattr(row, key.key): row for row in rows}
    return {one: row for one, row in there.items() if row is not None}
