"""Places and spots from CSV and GeoJSON: put, changed, left alone; and what is wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.bodies_file import Change, FileWrong, Swapped, places
from bot.clock import utc_now
from bot.models import NamedPlace, PlaceWord, Spot
from bot.services.reporting import gazetteer
from tests.bodies_file.conftest import Folder, counts, real

PLACES = """name,kind,within,lat,long
Elm Road,street,North End,51.56,0.18
Elm Road,street,Oakham,52.67,-0.73
"St Mary's, the old one",church,,51.55,0.19
"""
SPOTS = """code,community,name,lat,long,service
lamp-17,elm-park,"Lamp post 17, Elm Road",51.56,0.18,lamps
bench-2,elm-park,Bench,51.54,0.20,
"""


async def put(folder: Folder, text: str, *, whole: bool = False, name: str = "places.csv") -> list[Change]:
    async with folder.database.writing() as session:
        read = places.read_places(folder.write(text, name))
        return await places.put_places(session, read, whole=whole, now=utc_now())


async def test_places_are_put_changed_and_left_alone(folder: Folder) -> None:
    assert counts(await put(folder, PLACES)) == {"added": 3}
    assert counts(await put(folder, PLACES)) == {"unchanged": 3}
    moved = await put(folder, PLACES.replace("52.67", "52.68"))
    assert real(moved) == [
        Change(
            "changed",
            "place",
            "Elm Road, Oakham (street)",
            (("place", "52.67000, -0.73000", "52.68000, -0.73000"),),
        )
    ]
    fewer = "\n".join(PLACES.splitlines()[:2])
    assert counts(await put(folder, fewer)) == {"unchanged": 1}
    assert counts(await put(folder, fewer, whole=True)) == {"unchanged": 1, "removed": 2}
    async with folder.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(NamedPlace)) == 1
        words = (await session.scalars(select(PlaceWord.word).order_by(PlaceWord.word))).all()
        assert list(words) == ["elm", "end", "north", "road"]
        (found,) = await gazetteer.find(session, "elm ro")
        assert found.within == "North End"


@pytest.mark.parametrize(
    "text",
    [
        PLACES.replace(",", ";").replace('"St Mary\'s; the old one"', "St Mary's"),
        "\ufeff" + PLACES,
        PLACES.replace("\n", "\r\n"),
        PLACES.replace("name,kind", "Name, Kind"),
        "long,lat,name\n0.18,51.56,Elm Road\n0.19,51.55,Oak Road\n0.19,51.55,Ash Road\n",
        PLACES + ",,,,\n\n",
        PLACES + "Elm Road,street,North End,51.57,0.18\n",
        "name;lat;long\nElm Road;51,56;0,18\nOak;51,5;0,1\nAsh;51,5;0,1\n",
    ],
)
async def test_tables_as_programs_write_them(folder: Folder, text: str) -> None:
    assert counts(await put(folder, text)) == {"added": 3}


async def test_points_of_geojson_are_places(folder: Folder) -> None:
    point = {"type": "Point", "coordinates": [0.18, 51.56]}
    feature = {
        "type": "Feature",
        "properties": {"name": "Big Elm", "kind": "tree", "age": 200},
        "geometry": point,
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    assert counts(await put(folder, text, name="places.geojson")) == {"added": 1}
    feature["geometry"] = {"type": "LineString", "coordinates": [[0, 1], [1, 2]]}
    with pytest.raises(FileWrong, match="feature 1: a place needs a Point"):
        await put(folder, json.dumps({"type": "FeatureCollection", "features": [feature]}), name="p.geojson")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "places.csv is empty."),
        ("name,lat\nElm,51", "line 1: a column is missing: long."),
        ("name,lat,long,colour\n", "line 1: I know the columns name, lat, long, kind, within, each once."),
        ("name,lat,long,lat\n", "each once"),
        ("name,lat,long\nElm,51", "line 2: there are 2 cells, and 3 in the first line."),
        ("name,lat,long\nElm,north,0", "line 2: lat and long should be numbers"),
        ("name,lat,long\nElm,nan,0", "line 2: the coordinates are not in degrees"),
        ("name,lat,long\nElm,530000,180000", "line 2: the coordinates are not in degrees"),
        ("name,lat,long\n=HYPERLINK(1),51,0", "line 2: name begins like a formula"),
        ("name,lat,long\n,51,0", "line 2: name should be text of 1 to 300 letters."),
        ('name,lat,long\n"Elm,51,0', "this is not CSV"),
        (f"name,lat,long\n{'x' * 200_000},51,0", "this is not CSV"),
    ],
)
async def test_a_wrong_table(folder: Folder, text: str, said: str) -> None:
    with pytest.raises(FileWrong) as wrong:
        await put(folder, text)
    assert said in str(wrong.value)


def test_a_file_of_a_hundred_megabytes_is_not_even_read(tmp_path: Path) -> None:
    huge = tmp_path / "places.csv"
    with huge.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(FileWrong, match="is 100 MB large, and I read 64 MB at most"):
        places.read_places(huge)


def test_north_and_east_that_changed_places_are_asked_about(tmp_path: Path) -> None:
    table = tmp_path / "places.csv"
    table.write_text("name,lat,long\nElm Road,0.18,51.56\n", "utf-8")
    with pytest.raises(Swapped):
        places.read_places(table, towns=[(51.55, 0.19)])
    (part,) = places.read_places(table, towns=[(51.55, 0.19)], swap=True)
    assert part.point == (51.56, 0.18)


async def test_spots_are_put_and_stay(folder: Folder) -> None:
    await folder.reads()

    async def read(text: str) -> list[Change]:
        async with folder.database.writing() as session:
            found = places.read_spots(folder.write(text, "spots.csv"))
            return await places.put_spots(session, found, now=utc_now())

    assert counts(await read(SPOTS)) == {"added": 2}
    assert counts(await read(SPOTS)) == {"unchanged": 2}
    changed = real(await read(SPOTS.replace("Bench", "Old bench")))
    assert changed == [Change("changed", "spot", "bench-2", (("name", "Bench", "Old bench"),))]
    await read("\n".join(SPOTS.splitlines()[:2]))
    async with folder.database.reading() as session:
        spots = (await session.scalars(select(Spot).order_by(Spot.code))).all()
        assert [(one.code, one.service_code) for one in spots] == [("bench-2", None), ("lamp-17", "lamps")]
    for before, after, said in (
        ("lamp-17", "LAMP 17", "code should be up to 16"),
        ("bench-2", "lamp-17", "the code lamp-17 stands there already, in spots.csv, line 2."),
        ("elm-park", "oak-row", "line 2: there is no community called oak-row."),
        (",lamps", ",lights", "line 2: there is no service called lights."),
    ):
        with pytest.raises(FileWrong) as wrong:
            await read(SPOTS.replace(before, after, 1))
        assert said in str(wrong.value)
