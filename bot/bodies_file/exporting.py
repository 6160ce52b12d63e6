"""What there is of bodies, written as a file that can be edited and read again."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.bodies_file.understanding import WEEK
from bot.models import Area, Body, Community, Duty, Emergency, Service, Team


async def export(session: AsyncSession, slugs: Collection[str], areas_file: str) -> tuple[str, str]:
    """YAML of these bodies, of all where none are named, and GeoJSON of all areas, to be kept under that name."""
    import yaml

    bodies = (await session.scalars(select(Body).order_by(Body.slug))).all()
    areas = (await session.scalars(select(Area).order_by(Area.slug))).all()
    area_slugs = {one.id: one.slug for one in areas}
    whole: dict[str, Any] = {
        "areas": [areas_file] if areas else [],
        "bodies": [await _body(session, one, area_slugs) for one in bodies if not slugs or one.slug in slugs],
        "services": [_service(one) for one in await _all(session, Service, Service.service_code)],
        "emergencies": [
            _emergency(one, area_slugs) for one in await _all(session, Emergency, Emergency.code)
        ],
        "communities": {
            one.slug: area_slugs[one.area_id]
            for one in await _all(session, Community, Community.slug)
            if one.area_id is not None
        },
    }
    text = yaml.safe_dump(_without_empty(whole), allow_unicode=True, sort_keys=False, width=110)
    return text, _geojson(areas, {one.id: one.slug for one in bodies})


async def _all(session: AsyncSession, table: Any, by: Any) -> Any:
    return (await session.scalars(select(table).order_by(by))).all()


async def _body(session: AsyncSession, one: Body, areas: Mapping[int, str]) -> dict[str, Any]:
    teams = await session.scalars(select(Team).where(Team.body_id == one.id).order_by(Team.slug))
    return _without_empty(
        {
            "code": one.slug,
            "names": dict(one.names),
            "kind": one.kind,
            "jurisdiction": one.jurisdiction_id,
            "zone": one.zone,
            "calendar": one.calendar,
            "week": [WEEK[day] for day in one.working_week],
            "closed": list(one.closed_days),
            "contact": dict(one.contact),
        }
    ) | {"teams": [await _team(session, team, areas) for team in teams.all()]}


async def _team(session: AsyncSession, team: Team, areas: Mapping[int, str]) -> dict[str, Any]:
    live = await session.scalars(
        select(Duty)
        .where(Duty.team_id == team.id, Duty.ended_at.is_(None), Duty.community_id.is_(None))
        .order_by(Duty.service_code, Duty.id)
    )
    return _without_empty(
        {"code": team.slug, "names": dict(team.names), "language": team.language, "email": team.email}
    ) | {"duties": [_duty(one, areas) for one in live.all()]}


def _duty(one: Duty, areas: Mapping[int, str]) -> dict[str, Any]:
    where = {} if one.area_id is None else {"areas": [areas[one.area_id]]}
    said = {
        "services": [one.service_code],
        **where,
        "acknowledge": one.acknowledge_days,
        "answer": one.answer_days,
        "resolve": one.resolve_days,
    }
    return {**said, "confidential": True} if one.confidential else said


def _service(one: Service) -> dict[str, Any]:
    return _without_empty(
        {
            "code": one.service_code,
            "names": dict(one.names),
            "descriptions": dict(one.descriptions),
            "keywords": dict(one.keywords),
            "group": one.group,
            "attributes": [_attribute(each) for each in one.attributes],
            "notice": dict(one.service_notice),
            "radius": one.radius,
            "months": list(one.months),
            "confidential": one.confidential or None,
        }
    ) | {"order": one.order}


def _attribute(one: Mapping[str, Any]) -> dict[str, Any]:
    values = [{"key": each["key"], "names": each["name"]} for each in one.get("values", ())]
    said = {name: value for name, value in one.items() if name not in ("order", "values")}
    return {**said, "values": values} if values else said


def _emergency(one: Emergency, areas: Mapping[int, str]) -> dict[str, Any]:
    area = None if one.area_id is None else areas[one.area_id]
    return _without_empty(
        {
            "code": one.code,
            "names": dict(one.names),
            "keywords": dict(one.keywords),
            "phone": one.phone,
            "area": area,
        }
    )


def _without_empty(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}


def _geojson(areas: Collection[Area], bodies: Mapping[int, str]) -> str:
    features = [
        {
            "type": "Feature",
            "properties": _without_empty(
                {
                    "code": one.slug,
                    "names": dict(one.names),
                    "kind": one.kind,
                    "body": None if one.body_id is None else bodies[one.body_id],
                }
            ),
            "geometry": one.geometry,
        }
        for one in areas
    ]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'
