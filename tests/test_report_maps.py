"""What the maps on pages show: marks of what is open, and what was loaded of a place, or tiles of one server."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from math import cos, sin, tau
from typing import Any

import pytest
from sqlalchemy.engine import URL

from bot import settings
from bot.errors import SettingWrong
from bot.message import Place
from bot.models import Area, NamedPlace
from bot.services.in_charge import areas
from bot.services.reporting import grounds
from tests.council import a_body
from tests.newsroom import Newsroom, a_newsroom
from tests.reports import HERE, a_report, square, surroundings
from tests.test_report_pages import LIST, pins, reads


async def test_the_map_gets_public_fields_only_and_about_where_it_is(newsroom: Newsroom) -> None:
    await a_body(newsroom.town)
    made = await a_report(newsroom.town)
    await a_report(newsroom.town, "Somewhere", at=None, address="behind the mill")
    (one,) = await pins(newsroom)
    assert one["geometry"] == {"type": "Point", "coordinates": [-0.1205, 51.5001]}
    assert one["properties"] == {
        "service_request_id": made.service_request_id,
        "status": "open",
        "extended_status": "OPEN",
        "service_code": "bins",
        "service_name": "Bins",
        "requested_datetime": "2026-11-23T10:00:00+00:00",
        "updated_datetime": "2026-11-23T10:00:00+00:00",
        "expected_datetime": "2026-12-21T17:00:00+00:00",
        "people": 1,
        "label": "Received",
    }
    assert "behind the mill" in await reads(newsroom)


async def test_a_map_begins_where_the_community_is_or_its_last_report(newsroom: Newsroom) -> None:
    await a_body(newsroom.town)
    await newsroom.town.community()
    assert 'class="map"' not in (await newsroom.gets(LIST))[1]
    await a_report(newsroom.town, at=Place(51.6, -0.3))
    assert 'data-lat="51.6" data-long="-0.3"' in (await newsroom.gets(LIST))[1]
    await surroundings(newsroom.town)
    assert f'data-lat="{HERE.lat}"' in (await newsroom.gets(LIST))[1]


async def ground(newsroom: Newsroom, query: str = "") -> list[dict[str, Any]]:
    status, text, headers = await newsroom.gets(f"/c/elm-park/ground.geojson{query}")
    assert (status, headers["Cache-Control"]) == (200, "public, max-age=300")
    found: list[dict[str, Any]] = json.loads(text)["features"]
    return found


async def test_a_map_is_drawn_from_what_was_loaded_around_it(newsroom: Newsroom) -> None:
    await newsroom.town.community()
    assert await ground(newsroom) == []
    newsroom.town.clock.pass_by(timedelta(minutes=5))
    await surroundings(newsroom.town)
    found = {one["properties"]["name"]: one for one in await ground(newsroom)}
    assert set(found) == {"North Ward", "Elm Road", "Mill Lane"}  # private ground is nothing to go by
    ring = found["North Ward"]["geometry"]["coordinates"][0]
    assert [-0.13049, 51.49012] in ring
    assert found["Elm Road"]["geometry"] == {"type": "Point", "coordinates": [-0.12009, 51.50052]}
    assert found["Elm Road"]["properties"] == {"what": "place", "name": "Elm Road"}
    (ward, *_) = await ground(newsroom, "?lang=ur")
    assert ward["properties"]["name"] == "شمالی وارڈ"


async def test_what_is_around_is_bounded_and_the_same_for_neighbours(newsroom: Newsroom) -> None:
    town = newsroom.town
    await surroundings(town)
    async with town.folkmoot.database.writing() as session:
        for number in range(grounds.MOST_PLACES + 50):
            off = number * 1e-5
            name = f"Place {number}"
            session.add(
                NamedPlace(name=name, folded=name.lower(), kind="x", lat=HERE.lat + off, long=HERE.long + off)
            )
        for number in range(grounds.MOST_AREAS + 5):
            session.add(
                Area(
                    slug=f"plot-{number}",
                    names={"en": f"Plot {number}"},
                    kind="plot",
                    geometry=square(HERE, 0.5 + number / 100),
                    size=1.0,
                    changed_at=town.clock(),
                )
            )
    found = await ground(newsroom)
    assert sum(one["properties"]["what"] == "place" for one in found) == grounds.MOST_PLACES
    assert sum(one["properties"]["what"] == "area" for one in found) == grounds.MOST_AREAS
    assert await ground(newsroom, "?near=51.501,-0.121") == await ground(newsroom, "?near=51.499,-0.119")
    assert await ground(newsroom, "?near=40,10") == []
    for near in ("x", "91,0", "nan,0", "1", "inf,inf"):
        assert (await newsroom.gets(f"/c/elm-park/ground.geojson?near={near}"))[0] == 400
    assert (await newsroom.gets("/c/nowhere/ground.geojson"))[0] == 404


def test_borders_of_many_corners_are_drawn_more_roughly() -> None:
    def coast(number: int) -> dict[str, Any]:
        ring = [
            [0.1 * cos(turn / 5000 * tau) * (1 + 0.05 * (turn % 2)), 0.1 * sin(turn / 5000 * tau)]
            for turn in range(5000)
        ]
        return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}

    atlas = areas.draw([(areas.Ground(n, f"a{n}", {"en": "A"}, "x", None, 1.0), coast(n)) for n in range(8)])
    drawn = grounds.borders(atlas, Place(0.0, 0.0))
    corners = sum(len(shape["coordinates"][0]) for _, shape in drawn)
    assert len(drawn) == 8
    assert 8 * 4 < corners <= grounds.MOST_CORNERS


async def test_a_server_with_tiles_is_the_only_one_that_is_asked_besides_us(database_url: URL) -> None:
    tiles = {
        "map_tiles": "https://tiles.example:8443/{z}/{x}/{y}.png",
        "map_attribution": "© <OpenStreetMap> contributors",
    }
    async with a_newsroom(database_url, **tiles) as newsroom:
        await a_body(newsroom.town)
        await surroundings(newsroom.town)
        made = await a_report(newsroom.town)
        for path in (LIST, f"/r/{made.service_request_id}", "/w/elm-park"):
            _, page, headers = await newsroom.gets(path)
            rules = headers["Content-Security-Policy"]
            assert re.search("img-src ([^;]+);", rules)[1] == "'self' data: https://tiles.example:8443"  # type: ignore[index]
            assert rules.count("tiles.example") == 1
            assert 'data-tiles="https://tiles.example:8443/{z}/{x}/{y}.png"' in page
            assert "© &lt;OpenStreetMap&gt; contributors" in page


@pytest.mark.parametrize(
    ("tiles", "why"),
    [
        ("https://tiles.example/{z}/{x}/{y}.png", "MAP_ATTRIBUTION is missing"),
        ("https://{s}.tiles.example/{z}/{x}/{y}.png", "MAP_TILES is wrong: must look like"),
        ("https://tiles.example/{z}/{x}.png", "MAP_TILES is wrong: must have {z}, {x} and {y} in it"),
        ("https://tiles.example; script-src */{z}/{x}/{y}", "MAP_TILES is wrong: must look like"),
        ("ftp://tiles.example/{z}/{x}/{y}.png", "MAP_TILES is wrong: must look like"),
    ],
)
def test_tiles_that_cannot_be_are_named(tiles: str, why: str) -> None:
    with pytest.raises(SettingWrong, match=re.escape(why)):
        settings.read(_env_file=None, map_tiles=tiles)
