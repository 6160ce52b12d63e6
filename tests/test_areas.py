"""Which areas hold a point: on a border, in a hole, in none, in several; and an atlas that is renewed in time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import URL

from bot.clock import utc_now
from bot.db import Database
from bot.models import Area
from bot.services.in_charge import areas
from bot.services.in_charge.areas import Atlas, Ground
from tests.council import district
from tests.council.district import polygon, square


def ground(number: int, size: float, kind: str = "ward") -> Ground:
    return Ground(number, f"area-{number}", {"en": f"Area {number}"}, kind, None, size)


def names(found: list[Ground]) -> list[str]:
    return [one.slug for one in found]


@pytest.mark.parametrize(
    ("point", "held"),
    [
        (district.IN_NORTH, ["north-ward", "district", "county"]),
        (district.IN_HOLE, ["district", "county"]),
        (district.ON_BORDER, ["north-ward", "south-ward", "district", "county"]),
        ((51.6, 0.1), ["north-ward", "district", "county"]),
        ((51.54, 0.15), ["north-ward", "district", "county"]),
        (district.IN_ESTATE, ["estate", "district", "county"]),
        (district.AT_SEA, []),
        ((float("nan"), 0.1), []),
        ((51.5, float("inf")), []),
    ],
)
async def test_the_smallest_area_comes_first(
    database: Database, point: tuple[float, float], held: list[str]
) -> None:
    async with database.writing() as session:
        await district.put(session, now=utc_now())
        found = await areas.holding(session, *point)
        assert sorted(names(found)) == sorted(held)
        assert [one.size for one in found] == sorted(one.size for one in found)


FOURTHS = st.integers(0, 40).map(lambda n: n / 4)
SQUARES = st.tuples(FOURTHS, FOURTHS, st.integers(1, 20), st.integers(1, 20)).map(
    lambda at: (at[0], at[1], at[0] + at[2] / 4, at[1] + at[3] / 4)
)


@settings(deadline=None)
@given(st.lists(SQUARES, max_size=12), st.lists(st.tuples(FOURTHS, FOURTHS), min_size=1, max_size=20))
def test_areas_hold_what_lies_in_them_and_on_their_borders(
    squares: list[tuple[float, float, float, float]], points: list[tuple[float, float]]
) -> None:
    drawn = atlas(squares)
    for lat, long in points:
        held = {one.id for one in drawn.holding(lat, long)}
        assert held == {n for n, (w, s, e, t) in enumerate(squares) if w <= long <= e and s <= lat <= t}


@settings(deadline=None)
@given(SQUARES, st.tuples(FOURTHS, FOURTHS))
def test_a_hole_belongs_to_nobody_and_its_border_to_both(
    hole: tuple[float, float, float, float], point: tuple[float, float]
) -> None:
    west, south, east, north = hole
    around = polygon(square(west - 1, south - 1, east + 1, north + 1), square(*hole))
    drawn = areas.draw([(ground(0, 9.0), around), (ground(1, 1.0), polygon(square(*hole)))])
    lat, long = point
    inside = west < long < east and south < lat < north
    within = west - 1 <= long <= east + 1 and south - 1 <= lat <= north + 1
    held = {one.id for one in drawn.holding(lat, long)}
    assert (0 in held) == (within and not inside)
    assert (1 in held) == (west <= long <= east and south <= lat <= north)


@settings(deadline=None)
@given(st.lists(SQUARES, min_size=1, max_size=12), st.lists(st.tuples(FOURTHS, FOURTHS), max_size=20))
def test_many_points_at_once_find_what_each_finds_alone(
    squares: list[tuple[float, float, float, float]], points: list[tuple[float, float]]
) -> None:
    drawn = atlas(squares)
    which, held = drawn.holding_many([lat for lat, _ in points], [long for _, long in points])
    for number, (lat, long) in enumerate(points):
        together = [drawn.grounds[n] for n in held[which == number]]
        assert together == drawn.holding(lat, long)


def atlas(squares: list[tuple[float, float, float, float]]) -> Atlas:
    return areas.draw(
        [
            (ground(n, (e - w) * (t - s)), polygon(square(w, s, e, t)))
            for n, (w, s, e, t) in enumerate(squares)
        ]
    )


def test_a_shape_that_cannot_be_read_holds_nothing() -> None:
    drawn = areas.draw(
        [(ground(0, 1.0), {"type": "Nonsense"}), (ground(1, 2.0), polygon(square(0, 0, 1, 1)))]
    )
    assert names(drawn.holding(0.5, 0.5)) == ["area-1"]
    assert areas.draw([]).holding(0.5, 0.5) == []


async def test_what_was_changed_holds_at_once_and_what_was_undone_does_not(database: Database) -> None:
    async with database.writing() as session:
        put = await district.put(session, now=utc_now())
        assert await areas.holding(session, *district.AT_SEA) == []
    async with database.rehearsing() as session:
        (await session.get_one(Area, put.areas["estate"].id)).geometry = polygon(square(-6, 49, -4, 51))
        await session.flush()
        await areas.changed(session, now=utc_now())
        assert names(await areas.holding(session, *district.AT_SEA)) == ["estate"]
    async with database.reading() as session:
        assert await areas.holding(session, *district.AT_SEA) == []
    async with database.writing() as session:
        (await session.get_one(Area, put.areas["estate"].id)).geometry = polygon(square(-6, 49, -4, 51))
        await areas.changed(session, now=utc_now())
    async with database.reading() as session:
        assert names(await areas.holding(session, *district.AT_SEA)) == ["estate"]


async def test_each_database_has_an_atlas_of_its_own_and_another_process_sees_what_changed(
    database: Database, database_url: URL, open_database: Callable[[URL], Database]
) -> None:
    other = open_database(database_url)
    async with other.reading() as session:
        assert await areas.holding(session, *district.IN_NORTH) == []
    async with database.writing() as session:
        await district.put(session, now=utc_now())
    async with other.reading() as session:
        assert len(await areas.holding(session, *district.IN_NORTH)) == 3
