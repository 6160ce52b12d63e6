"""Which areas hold a point: all shapes in a tree in memory, one for each database, renewed when an area has changed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.pool import Pool

from bot.db import upsert
from bot.models import Area, Fact

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EDITION = "areas"
"""The fact whose value says that areas have changed."""

LARGE = 200  # areas; to make a tree of more takes a thread

PRIVATE = "private"
"""The kind of an area that is private ground."""


@dataclass(frozen=True, slots=True)
class Ground:
    """An area without its shape; `size` is in square kilometres."""

    id: int
    slug: str
    names: Mapping[str, str]
    kind: str
    body_id: int | None
    size: float

    def name_in(self, language: str) -> str:
        """The area's name in a language, or in the first one it has."""
        return self.names.get(language) or next(iter(self.names.values()))


@dataclass(frozen=True)
class Atlas:
    """All areas, the smallest first, and the tree that finds them."""

    grounds: Sequence[Ground]
    shapes: Any = field(repr=False)
    tree: Any = field(repr=False)

    @cached_property
    def by_number(self) -> Mapping[int, Ground]:
        """All of them by their ids."""
        return {one.id: one for one in self.grounds}

    def ground(self, number: int | None) -> Ground | None:
        """One of them, if it is still there."""
        return None if number is None else self.by_number.get(number)

    def holding(self, lat: float, long: float) -> list[Ground]:
        """The areas that hold a point, the smallest first. A border belongs to both sides, a hole to nobody."""
        if not (isfinite(lat) and isfinite(long)):
            return []
        _, numbers = self.holding_many([lat], [long])
        return [self.grounds[number] for number in numbers]

    def holding_many(
        self, lats: Sequence[float], longs: Sequence[float]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """For many points: pairs of a point's number and that of a ground that holds it, in rising order of both."""
        import numpy
        import shapely

        x, y = numpy.asarray(longs, dtype=float), numpy.asarray(lats, dtype=float)
        points, near = self.tree.query(shapely.points(x, y))
        held = shapely.intersects_xy(self.shapes[near], x[points], y[points])
        points, near = points[held], near[held]
        order = numpy.lexsort((near, points))
        return points[order], near[order]


@dataclass(frozen=True)
class _Kept:
    edition: tuple[Any, ...]
    atlas: Atlas


_kept: WeakKeyDictionary[Pool, _Kept] = WeakKeyDictionary()


async def holding(session: AsyncSession, lat: float, long: float) -> list[Ground]:
    """The areas that hold a point, the smallest first. A border belongs to both sides, a hole to nobody."""
    return (await atlas(session)).holding(lat, long)


async def atlas(session: AsyncSession) -> Atlas:
    """All areas as this transaction sees them."""
    pool = session.sync_session.get_bind().engine.pool
    edition = await _edition(session)
    kept = _kept.get(pool)
    if kept is None or kept.edition != edition:
        kept = _kept[pool] = _Kept(edition, await _drawn(session))
    return kept.atlas


async def changed(session: AsyncSession, *, now: datetime) -> None:
    """Say that areas were changed or taken away, to every process; new ones are noticed anyhow."""
    fact = {"name": EDITION, "value": {"edition": secrets.token_hex(8)}, "at": now}
    await session.execute(upsert(session, Fact, key=("name",), change=("value", "at")).values(fact))


async def _edition(session: AsyncSession) -> tuple[Any, ...]:
    newest = select(func.max(Area.id)).scalar_subquery()
    said = select(Fact.value).where(Fact.name == EDITION).scalar_subquery()
    row = (await session.execute(select(newest, said))).one()
    return row[0], (row[1] or {}).get("edition") if isinstance(row[1], dict) else row[1]


async def _drawn(session: AsyncSession) -> Atlas:
    columns = (Area.id, Area.slug, Area.names, Area.kind, Area.body_id, Area.size)
    rows = (await session.execute(select(*columns, Area.geometry).order_by(Area.size, Area.id))).all()
    if len(rows) > LARGE:
        return await asyncio.to_thread(draw, [(Ground(*row[:6]), row[6]) for row in rows])
    return draw([(Ground(*row[:6]), row[6]) for row in rows])


def draw(areas: Sequence[tuple[Ground, Mapping[str, Any]]]) -> Atlas:
    """An atlas of areas with their GeoJSON geometries. A shape that cannot be read holds nothing."""
    import numpy
    import shapely

    areas = sorted(areas, key=lambda one: (one[0].size, one[0].id))
    read = shapely.from_geojson(list(_as_text(areas)), on_invalid="ignore")
    shapes = numpy.atleast_1d(numpy.asarray(read, dtype=object))
    shapely.prepare(shapes)
    return Atlas([ground for ground, _ in areas], shapes, shapely.STRtree(shapes))


def _as_text(areas: Sequence[tuple[Ground, Mapping[str, Any]]]) -> Iterator[bytes]:
    import orjson

    return (orjson.dumps(geometry) for _, geometry in areas)
