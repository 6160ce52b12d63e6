"""How many points a second find their areas among ten thousand, beside asking one area after the other; and what a
route and a look among half a million places cost."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from math import cos, pi, sin
from statistics import median
from typing import Any

import shapely
from sqlalchemy import insert

from bench.empty import KINDS, empty
from bench.postgresql import Server
from bot.clock import utc_now
from bot.db import Database, take_numbers
from bot.message import Place
from bot.models import Area, Body, Duty, NamedPlace, PlaceWord, Service, Team
from bot.services.in_charge import areas, routing
from bot.services.reporting import gazetteer

ACROSS = 100  # areas from west to east, and as many from south to north
CORNERS = 50
POINTS = 100_000
PLAINLY = 200  # points for the peer
LOOKS = 200
FEW, MANY = 1_000, 500_000  # places
AT_ONCE = 10_000
SOUTH, WEST, WIDE = 50.0, 0.0, 0.01  # degrees

Found = dict[str, Any]


async def measured(server: Server, rounds: int) -> Found:
    """For each database: points a second, milliseconds for one route, and for a place among few and among many; and
    points a second of asking every area."""
    found: Found = {"areas": ACROSS * ACROSS, "places": MANY, "plainly": [_plainly() for _ in range(rounds)]}
    for kind in KINDS:
        async with empty(kind, server) as database:
            found[kind] = await _of(database, rounds)
    return found


def _plainly() -> float:
    """Points a second where each area is asked in turn, prepared by the same library."""
    shapes = [shapely.from_geojson(json.dumps(_circle(*divmod(n, ACROSS)))) for n in range(ACROSS * ACROSS)]
    shapely.prepare(shapes)
    points = [shapely.Point(long, lat) for lat, long in zip(*_points(PLAINLY, seed=1), strict=True)]
    began = time.perf_counter()
    for point in points:
        shapely.covers(shapes, point)
    return PLAINLY / (time.perf_counter() - began)


async def _of(database: Database, rounds: int) -> Found:
    await _put_areas(database)
    found: Found = {"points_per_second": [], "route_ms": [], "place_ms": {}}
    async with database.reading() as session:
        atlas = await areas.atlas(session)
        for number in range(rounds):
            lats, longs = _points(POINTS, seed=number)
            began = time.perf_counter()
            atlas.holding_many(lats, longs)
            found["points_per_second"].append(POINTS / (time.perf_counter() - began))
            found["route_ms"].append(
                median([await _route(session, *at) for at in zip(*_points(LOOKS, seed=number), strict=True)])
            )
    for places in (FEW, MANY):
        await _put_places(database, places)
        async with database.reading() as session:
            found["place_ms"][str(places)] = [
                median([await _place(session, places, look) for look in range(LOOKS)]) for _ in range(rounds)
            ]
    return found


def _points(count: int, *, seed: int) -> tuple[Sequence[float], Sequence[float]]:
    dice = random.Random(seed)  # noqa: S311
    side = ACROSS * WIDE
    return (
        [SOUTH + side * dice.random() for _ in range(count)],
        [WEST + side * dice.random() for _ in range(count)],
    )


async def _route(session: Any, lat: float, long: float) -> float:
    began = time.perf_counter()
    await routing.route(session, 1, "bins", lat, long)
    return 1000 * (time.perf_counter() - began)


async def _place(session: Any, places: int, look: int) -> float:
    number = look * (places // LOOKS)
    began = time.perf_counter()
    (first, *_) = await gazetteer.find(session, f"12 {_name(number)}", near=Place(SOUTH, WEST))
    assert first.name == _name(number)
    return 1000 * (time.perf_counter() - began)


def _name(number: int) -> str:
    return f"{chr(97 + number % 26)}{number:x} elm road".title()


async def _put_areas(database: Database) -> None:
    """Ten thousand circles of fifty corners that overlap their neighbours; somebody does something in each."""
    now = utc_now()
    async with database.writing() as session:
        body = Body(slug="bench", names={"en": "Bench"}, kind="county", zone="Europe/London", created_at=now)
        session.add_all([body, Service(service_code="bins", names={"en": "Bins"})])
        await session.flush()
        team = Team(body_id=body.id, slug="bench", names={"en": "Bench"}, created_at=now)
        session.add(team)
        await session.flush()
        numbers = await take_numbers(session, Area, ACROSS * ACROSS)
        rows = [
            {
                "id": number,
                "slug": f"area-{number}",
                "names": {"en": f"Area {number}"},
                "kind": "ward",
                "geometry": _circle(*divmod(place, ACROSS)),
                "size": 1.0,
                "changed_at": now,
            }
            for place, number in enumerate(numbers)
        ]
        duty = {"body_id": body.id, "team_id": team.id, "service_code": "bins", "created_at": now}
        await session.execute(insert(Area), rows)
        await session.execute(insert(Duty), [{"area_id": number, **duty} for number in numbers])
        await areas.changed(session, now=now)


def _circle(east: int, north: int) -> dict[str, Any]:
    x, y = WEST + (east + 0.5) * WIDE, SOUTH + (north + 0.5) * WIDE
    turns = [2 * pi * corner / CORNERS for corner in range(CORNERS)]
    ring = [[x + 0.6 * WIDE * cos(turn), y + 0.6 * WIDE * sin(turn)] for turn in turns]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


async def _put_places(database: Database, count: int) -> None:
    async with database.writing() as session:
        await session.execute(NamedPlace.__table__.delete())  # type: ignore[attr-defined]
    for start in range(0, count, AT_ONCE):
        async with database.writing() as session:
            some = range(start, min(count, start + AT_ONCE))
            numbers = await take_numbers(session, NamedPlace, len(some))
            places, words = [], []
            for place, number in zip(some, numbers, strict=True):
                name = _name(place)
                about = {"kind": "street", "within": "Bench", "lat": SOUTH + place / 1e6, "long": WEST}
                places.append({"id": number, "name": name, "folded": gazetteer.fold(name), **about})
                words += [{"word": word, "place_id": number} for word in gazetteer.words_of(name, "Bench")]
            await session.execute(insert(NamedPlace), places)
            await session.execute(insert(PlaceWord), words)
