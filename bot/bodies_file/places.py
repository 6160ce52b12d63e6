"""Places of the gazetteer, and lamp posts and bins with links of their own: read from CSV or GeoJSON, and put."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.bodies_file import shapes
from bot.bodies_file.changes import Change, compared
from bot.bodies_file.fields import Fields, line
from bot.bodies_file.reading import Said, features_of, rows_of
from bot.bodies_file.shapes import Point
from bot.bodies_file.wrong import FileWrong
from bot.db import take_numbers
from bot.models import Community, NamedPlace, PlaceWord, Service, Spot
from bot.services import audit
from bot.services.reporting import gazetteer

PLACE = ("name", "lat", "long"), ("kind", "within")
SPOT = ("code", "community", "name", "lat", "long"), ("service",)
LOT = 5000  # rows in one statement


@dataclass(frozen=True, slots=True)
class PlacePart:
    """A street, a square, a landmark."""

    name: str
    kind: str
    within: str
    point: Point

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others."""
        return self.name, self.within, self.kind


@dataclass(frozen=True, slots=True)
class SpotPart:
    """A lamp post, a bin, a bench."""

    code: str
    community: str
    name: str
    service: str | None
    point: Point
    where: str


def read_places(
    path: Path, *, towns: Sequence[Point] = (), swap: bool = False, as_it_is: bool = False
) -> list[PlacePart]:
    """The places of a CSV file (name, kind, within, lat, long), or the points of a GeoJSON file with such properties.
    The same place twice, as where a street has several parts, is one: the first."""
    found: dict[tuple[str, str, str], PlacePart] = {}
    for said in _rows(path, *PLACE):
        values = said.value
        part = PlacePart(
            _cell(said, "name", most=300),
            _cell(said, "kind", usual="street"),
            _cell(said, "within", usual="", most=300),
            shapes.point(said, values["lat"], values["long"], swap=swap),
        )
        found.setdefault(part.key, part)
    if not (swap or as_it_is):
        shapes.look_swapped(path.name, [one.point for one in found.values()], towns)
    return list(found.values())


def read_spots(
    path: Path, *, towns: Sequence[Point] = (), swap: bool = False, as_it_is: bool = False
) -> list[SpotPart]:
    """Spots of a CSV file (code, community, name, lat, long, service), or of a GeoJSON file with such properties."""
    found: dict[str, SpotPart] = {}
    for said in _rows(path, *SPOT):
        fields = Fields(
            Said({name: value or None for name, value in said.value.items()}, said.where), said.value
        )
        point = shapes.point(said, said.value["lat"], said.value["long"], swap=swap)
        part = SpotPart(
            fields.code("code", most=16),
            fields.code("community"),
            _cell(said, "name", most=300),
            fields.code_or_none("service"),
            point,
            said.where,
        )
        if part.code in found:
            raise said.wrong(f"the code {part.code} stands there already, in {found[part.code].where}.")
        found[part.code] = part
    if not (swap or as_it_is):
        shapes.look_swapped(path.name, [one.point for one in found.values()], towns)
    return list(found.values())


def _rows(path: Path, needed: tuple[str, ...], more: tuple[str, ...]) -> Iterator[Said]:
    if path.suffix.lower() == ".csv":
        yield from rows_of(path, needed, more)
        return
    if path.suffix.lower() not in (".json", ".geojson"):
        raise FileWrong(f"{path.name}: places are in CSV or GeoJSON files.")
    for said in features_of(path):
        geometry, properties = said.value.get("geometry"), said.value.get("properties") or {}
        if (
            not isinstance(geometry, dict)
            or geometry.get("type") != "Point"
            or not isinstance(properties, dict)
        ):
            raise said.wrong("a place needs a Point and properties.")
        at = geometry.get("coordinates")
        if not isinstance(at, list) or len(at) < 2:
            raise said.wrong("this point has no coordinates.")
        row = {name: properties.get(name) for name in (*needed, *more)}
        yield Said({**row, "long": at[0], "lat": at[1]}, said.where)


def _cell(said: Said, name: str, *, usual: str | None = None, most: int = 64) -> str:
    value = said.value.get(name)
    if value in (None, "") and usual is not None:
        return usual
    return line(Said("" if value is None else value, said.where), name, most=most)


# --- put ----------------------------------------------------------------------------------------


async def put_places(
    session: AsyncSession, parts: Sequence[PlacePart], *, whole: bool, now: datetime
) -> list[Change]:
    """Put places; with `whole` those that are not among them go. What stays as it is, is only counted."""
    rows = await session.execute(
        select(
            NamedPlace.id,
            NamedPlace.name,
            NamedPlace.within,
            NamedPlace.kind,
            NamedPlace.lat,
            NamedPlace.long,
        )
    )
    there = {(name, within, kind): (number, lat, long) for number, name, within, kind, lat, long in rows}
    changes: list[Change] = []
    new: list[PlacePart] = []
    for part in parts:
        known = there.pop(part.key, None)
        if known is None:
            new.append(part)
        elif (known[1], known[2]) == part.point:
            changes.append(Change("unchanged", "place", part.name))
        else:
            await _move(session, known[0], part)
            change = ("place", _as_text((known[1], known[2])), _as_text(part.point))
            changes.append(Change("changed", "place", _place_name(part.key), (change,)))
    await _add(session, new)
    changes += [Change("added", "place", _place_name(one.key)) for one in new]
    if whole and there:
        gone = [number for number, _, _ in there.values()]
        for start in range(0, len(gone), LOT):
            await session.execute(delete(NamedPlace).where(NamedPlace.id.in_(gone[start : start + LOT])))
        changes += [Change("removed", "place", _place_name(key)) for key in there]
    if any(one.what != "unchanged" for one in changes):
        audit.record(session, "places.import", by=None, community_id=None, now=now)
    return changes


async def _move(session: AsyncSession, number: int, part: PlacePart) -> None:
    lat, long = part.point
    await session.execute(update(NamedPlace).where(NamedPlace.id == number).values(lat=lat, long=long))


async def _add(session: AsyncSession, parts: Sequence[PlacePart]) -> None:
    for start in range(0, len(parts), LOT):
        lot = parts[start : start + LOT]
        numbers = await take_numbers(session, NamedPlace, len(lot))
        places: list[dict[str, Any]] = []
        words: list[dict[str, Any]] = []
        for number, one in zip(numbers, lot, strict=True):
            about = {"name": one.name, "kind": one.kind, "within": one.within}
            lat, long = one.point
            places.append(
                {"id": number, "folded": gazetteer.fold(one.name), "lat": lat, "long": long, **about}
            )
            found = gazetteer.words_of(one.name, one.within)
            words += [{"word": word, "place_id": number} for word in sorted(found)]
        await session.execute(insert(NamedPlace), places)
        await session.execute(insert(PlaceWord), words)


def _place_name(key: tuple[str, str, str]) -> str:
    name, within, kind = key
    return f"{name}, {within} ({kind})" if within else f"{name} ({kind})"


def _as_text(point: Point) -> str:
    return f"{point[0]:.5f}, {point[1]:.5f}"


async def put_spots(session: AsyncSession, parts: Sequence[SpotPart], *, now: datetime) -> list[Change]:
    """Put spots; those that are not in the file stay, because their links hang outside."""
    towns = {one.slug: one.id for one in (await session.scalars(select(Community))).all()}
    services = set((await session.scalars(select(Service.service_code))).all())
    there = {one.code: one for one in (await session.scalars(select(Spot))).all()}
    changes: list[Change] = []
    for part in parts:
        if part.community not in towns:
            raise FileWrong(f"{part.where}: there is no community called {part.community}.")
        if part.service is not None and part.service not in services:
            raise FileWrong(f"{part.where}: there is no service called {part.service}.")
        wanted = {
            "community_id": towns[part.community],
            "name": part.name,
            "lat": part.point[0],
            "long": part.point[1],
            "service_code": part.service,
        }
        row = there.get(part.code)
        if row is None:
            session.add(Spot(code=part.code, made_at=now, **wanted))
            changes.append(Change("added", "spot", f"{part.code}: {part.name}"))
        else:
            fields = tuple(compared(row, wanted))
            changes.append(Change("changed" if fields else "unchanged", "spot", part.code, fields))
    await session.flush()
    if any(one.what != "unchanged" for one in changes):
        audit.record(session, "spots.import", by=None, community_id=None, now=now)
    return changes
