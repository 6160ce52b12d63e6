"""What a map without tiles is drawn from: borders of areas and named places around a point, as they were loaded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Place
from bot.models import NamedPlace
from bot.services.in_charge import areas
from bot.services.in_charge.areas import Atlas, Ground
from bot.services.reporting.gazetteer import around as box_around

WIDE = 0.25  # degrees to each side; borders end there
MOST_AREAS, MOST_PLACES = 60, 250
MOST_CORNERS = 20_000  # of all borders together; with more of them they are drawn more roughly
ROUGH = 0.0001  # degrees, some ten metres: what a border may be off
BOXES = (0.004, 0.016, 0.064)  # degrees, in which named places are looked for
DECIMALS = 5


@dataclass(frozen=True, slots=True)
class Around:
    """Areas with the part of their borders that is near (GeoJSON geometries), and named places."""

    areas: Sequence[tuple[Ground, Mapping[str, Any]]]
    places: Sequence[NamedPlace]


async def around(session: AsyncSession, here: Place) -> Around:
    """What there is around a point: the areas nearest to it, the places nearest to it first."""
    found: dict[int, NamedPlace] = {}
    for degrees in BOXES:
        if len(found) < MOST_PLACES:
            wanted = select(NamedPlace).where(*box_around(here, degrees)).order_by(NamedPlace.id)
            rows = await session.scalars(wanted.limit(MOST_PLACES))
            found |= {one.id: one for one in rows if one.id not in found}
    atlas = await areas.atlas(session)
    return Around(await asyncio.to_thread(borders, atlas, here), list(found.values())[:MOST_PLACES])


def borders(atlas: Atlas, here: Place) -> list[tuple[Ground, Mapping[str, Any]]]:
    """The areas nearest to a point, as roughly as a small map needs them. Takes a moment where they are large."""
    import numpy
    import shapely

    window = shapely.box(here.long - WIDE, here.lat - WIDE, here.long + WIDE, here.lat + WIDE)
    numbers = [one for one in atlas.tree.query(window) if atlas.grounds[one].kind != areas.PRIVATE]
    if not numbers:
        return []
    far = shapely.distance(atlas.shapes[numbers], shapely.points(here.long, here.lat))
    chosen = [numbers[one] for one in numpy.lexsort((numbers, far))[:MOST_AREAS]]
    rough, shapes = ROUGH, atlas.shapes[chosen]
    while True:
        drawn = shapely.intersection(shapely.simplify(shapes, rough), window)
        if int(shapely.get_num_coordinates(drawn).sum()) <= MOST_CORNERS or rough >= WIDE:
            break
        rough *= 4
    return [
        (atlas.grounds[number], _as_geojson(shape))
        for number, shape in zip(chosen, drawn, strict=True)
        if not shapely.is_empty(shape)
    ]


def _as_geojson(shape: Any) -> Mapping[str, Any]:
    import orjson
    import shapely

    geometry: dict[str, Any] = orjson.loads(shapely.to_geojson(shape))
    if "coordinates" in geometry:
        geometry["coordinates"] = _rounded(geometry["coordinates"])
    return geometry


def _rounded(numbers: Any) -> Any:
    if isinstance(numbers, list):
        return [_rounded(one) for one in numbers]
    return round(numbers, DECIMALS)
