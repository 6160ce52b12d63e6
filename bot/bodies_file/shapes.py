"""Shapes of areas: read from GeoJSON, mended where that is plain, measured; and points whose parts changed places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from bot.bodies_file.reading import Said
from bot.bodies_file.wrong import FileWrong, Swapped

DEGREE = 111.195  # kilometres of latitude
FAR = 10.0  # degrees from every community of the town, at which one begins to wonder
SMALLEST = 1e-7  # square kilometres, a tenth of a square metre
DIGITS = 7  # of a degree, about a centimetre

Point = tuple[float, float]
"""North and east: latitude and longitude."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A GeoJSON geometry that holds together, in square kilometres; `mended` says what was wrong with it."""

    geometry: dict[str, Any]
    size: float
    mended: str | None


def read(said: Said, geometry: Any, *, swap: bool) -> Shape:
    """A polygon, or several."""
    import shapely
    from shapely.geometry import mapping, shape

    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        found = geometry.get("type") if isinstance(geometry, dict) else None
        raise said.wrong(f"an area needs a Polygon or MultiPolygon, and this is {found or 'nothing'}.")
    try:
        drawn = shape(geometry)
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, shapely.GEOSException):
        raise said.wrong("this shape cannot be read.") from None
    drawn = shapely.force_2d(drawn)
    if swap:
        drawn = shapely.transform(drawn, lambda points: points[:, ::-1])
    _bounded(said, drawn.bounds)
    mended = None
    if not drawn.is_valid:
        mended = str(shapely.is_valid_reason(drawn))
        drawn = _areas_only(shapely.make_valid(drawn))
    size = _size(drawn) if not drawn.is_empty else 0.0
    if size < SMALLEST:
        raise said.wrong(f"this shape holds nothing{f' ({mended})' if mended else ''}.")
    drawn = shapely.set_precision(drawn, 10.0**-DIGITS, mode="pointwise") if drawn.is_valid else drawn
    return Shape(_as_lists(mapping(drawn)), round(size, 6), mended)


def _areas_only(drawn: Any) -> Any:
    """Of what mending left, the parts that hold something."""
    import shapely

    parts = [
        one
        for one in shapely.get_parts(shapely.get_parts(drawn))
        if one.geom_type in ("Polygon", "MultiPolygon")
    ]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def _as_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_lists(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_as_lists(one) for one in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def _size(drawn: Any) -> float:
    """As if the earth were flat around the middle of it, which is near enough to tell which of two is smaller."""
    _, south, _, north = drawn.bounds
    return float(drawn.area) * DEGREE * DEGREE * cos(radians((south + north) / 2))


def _bounded(said: Said, bounds: Sequence[float]) -> None:
    west, south, east, north = bounds
    if not all(abs(value) <= 180 for value in bounds):
        raise said.wrong("the coordinates are not in degrees (WGS 84).")
    if max(abs(south), abs(north)) > 90:
        raise Swapped(f"{said.where}: {_swapped_around((south, west))}")
    if east - west > 180:
        raise said.wrong(
            "this shape reaches around the earth. Please cut it in two where 180° east meets 180° west."
        )


def look_swapped(where: str, points: Iterable[Point], towns: Sequence[Point]) -> None:
    """Raises Swapped when all of this is far from every community, and would be near one the other way round."""
    points = list(points)
    if points and towns and not _near(points, towns) and _near([(e, n) for n, e in points], towns):
        raise Swapped(f"{where}: {_swapped_around(points[0])}")


def _near(points: Sequence[Point], towns: Sequence[Point]) -> bool:
    return any(
        abs(north - town[0]) < FAR and abs(east - town[1]) < FAR for north, east in points for town in towns
    )


def _swapped_around(point: Point) -> str:
    return (
        f"north and east seem to have changed places: {point[0]:g} north, {point[1]:g} east. "
        "Say --swap to change them back, or --as-it-is if this is right."
    )


def point(said: Said, north: Any, east: Any, *, swap: bool) -> Point:
    """A point from two numbers, which may be text."""
    try:
        lat, long = (float(str(one).replace(",", ".")) for one in (north, east))
    except ValueError:
        raise said.wrong(
            f"lat and long should be numbers such as 51.55 and 0.19: “{north}”, “{east}”."
        ) from None
    if swap:
        lat, long = long, lat
    if not (abs(lat) <= 180 and abs(long) <= 180):  # not a number is neither
        raise FileWrong(f"{said.where}: the coordinates are not in degrees (WGS 84).")
    if abs(lat) > 90:
        raise Swapped(f"{said.where}: {_swapped_around((lat, long))}")
    return round(lat, DIGITS), round(long, DIGITS)
