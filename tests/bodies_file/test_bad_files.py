"""A bad file gets one clear sentence with the place in it, and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.bodies_file import FileWrong, Swapped, reading
from bot.models import Area, Body
from tests.bodies_file.conftest import BODIES, WARDS, Folder, counts, geojson
from tests.council.district import polygon, square

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nbodies: [*b, *b]\n"


async def complaint(folder: Folder, *names: str, **how: Any) -> str:
    """What is said of these files; nothing of them is there afterwards."""
    with pytest.raises(FileWrong) as wrong:
        await folder.reads(*names, **how)
    async with folder.database.reading() as session:
        for table in (Body, Area):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
    sentence = str(wrong.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("code: district\n", "code: North District\n", "line 4: code should be up to 64 small letters"),
        ("code: district\n", "code: 17\n", "line 4: code should be text; put it in quotes: “17”."),
        ("zone: Europe/London", "zone: Europe/Atlantis", "line 4: zone should be a time zone"),
        ("calendar: GB-ENG", "calendar: GB-XYZ", "line 8: I know no calendar of public holidays called GB-XYZ."),
        ("calendar: GB-ENG", "week: []", "line 4: this body has no working day"),
        ("calendar: GB-ENG", "week: [monday]", "week should be some of mon, tue"),
        ("closed: [2026-12-29]", "closed: [Christmas]", "closed should be days such as 2026-12-28: “Christmas”."),
        ("url: \"https://north.example\"", "url: \"javascript:alert(1)\"", "url should begin with https://."),
        ("names: Waste\n", "names: =1+1\n", "line 13: names begins like a formula: “=1+1”."),
        ("names: Waste\n", "names: \"@SUM(A1)\"\n", "begins like a formula"),
        ("names: Waste\n", "names: {english: Waste}\n", "a language is called by a code"),
        ("names: Waste\n", "names: []\n", "line 13: names should have a text in each language"),
        ("names: Waste\n", f"names: {'x' * 65}\n", "names should be text of 1 to 64 letters."),
        ("names: Waste\n", "nmaes: Waste\n", "line 13: I do not know nmaes. I know code, names"),
        ("waste@north.example", "waste at north", "email should be an address"),
        ("waste@north.example", '"a@b.example, c@d.example"', "email should be an address"),
        ("code: streets", "code: waste", "the team waste stands there already, in bodies.yaml, line 12."),
        ("[lamps]", "[lights]", "line 22: there is no service called lights"),
        ("areas: [north-ward, south-ward]", "areas: [east-ward]", "there is no area called east-ward"),
        ("[lamps]", "[lamps, lamps]", "this team does lamps in every place already."),
        ("[lamps]", "[bins]\n            areas: [north-ward]", "waste does bins in north-ward already."),
        ("answer: 3", "answer: three", "answer should be a whole number from 0 to 365: “three”."),
        ("answer: 3", "answer: -1", "answer should be a whole number"),
        ("answer: 3", "answer: true", "answer should be a whole number"),
        ("months: [6, 7, 8]", "months: [13]", "months should be a whole number from 1 to 12"),
        ("confidential: true", "confidential: perhaps", "confidential should be true or false"),
        ("code: lamps", "code: bins", "the service bins stands there already, in bodies.yaml, line"),
        ("datatype: singlevaluelist", "datatype: list", "datatype should be one of string"),
        ("datatype: singlevaluelist", "datatype: text", "values go with singlevaluelist"),
        ("datatype: singlevaluelist", "datatype: singlevaluelist\n        found_after: {en: [it]}",
         "found_after goes with string and number, and with nothing else."),
        ("{en: [lamp, lamp no.]}", "[lamp]", "found_after should have words in each language"),
        ("phone: 0800 111 999", "phone: ring us", "phone should be a telephone number"),
        ("elm-park: north-ward", "oak-row: north-ward", "there is no community called oak-row"),
        ("elm-park: north-ward", "elm-park: nowhere", "there is no area called nowhere"),
        ("areas: [areas.geojson]", "areas: [wards.geojson]", "line 2: there is no file wards.geojson beside this one."),
        ("areas: [areas.geojson]", "areas: areas.geojson", "areas should be a list."),
        ("bodies:\n", "bodies:\n  - just text\n", "line 4: there should be names and values here"),
        ("services:\n", "bodies: []\nservices:\n", "bodies stands there twice."),
        ("services:\n", "services: [\n", "this is not YAML"),
    ],
)  # fmt: skip
async def test_a_wrong_file_of_bodies(folder: Folder, before: str, after: str, said: str) -> None:
    assert before in BODIES
    folder.write(BODIES.replace(before, after, 1))
    sentence = await complaint(folder)
    assert said in sentence
    assert sentence.startswith("bodies.yaml, line ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00b", "is not in UTF-8"),
        ("bodies: []\nname: Caf\xe9".encode("latin-1"), "bodies.yaml, line 2: the file is not in UTF-8."),
        (BOMB.encode(), "bodies.yaml, line 2: please write it out; I do not follow *names."),
        (b"[" * 20_000, "lists lie too deep within each other."),
        (b"bodies: !!python/object/apply:os.system ['true']", "there should be names and values here"),
        (b"bodies: [!!python/name:os.system x]", "this is not YAML"),
        (b"\x00", "this is not YAML"),
        (b"just text", "there should be names and values here"),
        (b"bodies: 2026-13-45", "bodies.yaml"),
        (b"", "there should be names and values here"),
        (b"x" * 5 * reading.MEGABYTE, "bodies.yaml is 5 MB large, and I read 4 MB at most. Please split it."),
    ],
)
async def test_what_is_no_file_of_bodies_at_all(folder: Folder, content: bytes, said: str) -> None:
    (folder.path / "bodies.yaml").write_bytes(content)
    assert said in await complaint(folder)


async def test_a_file_of_another_kind_or_none(folder: Folder) -> None:
    folder.write("a,b", "bodies.xlsx")
    assert "bodies.xlsx: bodies are in YAML files" in await complaint(folder, "bodies.xlsx")
    assert "gone.yaml cannot be read: No such file or directory." in await complaint(folder, "gone.yaml")


@pytest.mark.parametrize("odd", ["\\ud800", "\\0", "\\u202e", "\\x07"])
async def test_a_name_with_letters_that_nobody_can_read_is_none(folder: Folder, odd: str) -> None:
    """The database could not keep some of them, and others turn round what stands beside them."""
    assert "names: Waste" in BODIES
    folder.write(BODIES.replace("names: Waste", f'names: "Waste{odd}"', 1))
    assert "has a character in it that nobody can read" in await complaint(folder)


BOWTIE = {"type": "Polygon", "coordinates": [[[0.1, 51], [0.2, 51.1], [0.2, 51], [0.1, 51.1], [0.1, 51]]]}
LINE = {"type": "LineString", "coordinates": [[0, 51], [1, 52]]}
FLAT = {"type": "Polygon", "coordinates": [[[0, 51], [1, 51], [0.5, 51], [0, 51]]]}


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (None, "feature 1: an area needs a Polygon or MultiPolygon, and this is nothing."),
        (LINE, "feature 1: an area needs a Polygon or MultiPolygon, and this is LineString."),
        (FLAT, "feature 1: this shape holds nothing"),
        ({"type": "Polygon", "coordinates": []}, "feature 1"),
        ({"type": "Polygon", "coordinates": "here"}, "feature 1: this shape cannot be read."),
        ({"type": "Polygon", "coordinates": [[[0, 51], ["x", 52], [1, 52]]]}, "this shape cannot be read."),
        (polygon(square(530_000, 180_000, 531_000, 181_000)), "the coordinates are not in degrees (WGS 84)."),
        ({"type": "Polygon", "coordinates": {"a": 1}}, "this shape cannot be read."),
        (polygon([[10**400, 51], [1, 51], [1, 52], [0, 51]]), "this shape cannot be read."),
        (polygon(square(-179, 51, 179, 52)), "reaches around the earth"),
        (polygon(square(0.1, 95, 0.2, 96)), "north and east seem to have changed places"),
    ],
)  # fmt: skip
async def test_a_wrong_shape(folder: Folder, shape: Any, said: str) -> None:
    folder.write(geojson({"north-ward": shape}), "areas.geojson")
    assert said in await complaint(folder, "areas.geojson")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "areas.geojson, line 1: this is not JSON"),
        ("[]", "it should be a FeatureCollection."),
        ('{"type": "FeatureCollection", "features": [7]}', "feature 1: this is no feature."),
        ('{"type": "FeatureCollection", "features": [NaN]}', "this is not JSON."),
        ("[" * 100_000, "this is not JSON."),
        (geojson(WARDS, crs={"properties": {"name": "EPSG:27700"}}), "not in degrees (WGS 84)"),
        (
            geojson(WARDS).replace('"code": "south-ward"', '"code": "north-ward"'),
            "the area north-ward stands",
        ),
        (geojson(WARDS).replace('"code"', '"id"'), "feature 1: code is missing."),
    ],
)
async def test_what_is_no_geojson(folder: Folder, text: str, said: str) -> None:
    folder.write(text, "areas.geojson")
    assert said in await complaint(folder, "areas.geojson")


async def test_a_shape_that_crosses_itself_is_mended_and_named(folder: Folder) -> None:
    from bot import bodies_file
    from bot.clock import utc_now

    folder.write(geojson({"north-ward": BOWTIE}), "areas.geojson")
    bundle = bodies_file.read([folder.path / "areas.geojson"], today=utc_now().date())
    (note,) = bundle.notes
    assert note.startswith("areas.geojson, feature 1: the shape of north-ward was mended (Self-intersection")
    assert bundle.areas[0].shape.geometry["type"] == "MultiPolygon"
    await folder.reads("areas.geojson")
    assert counts(await folder.reads("areas.geojson")) == {"unchanged": 1}


async def test_north_and_east_that_changed_places_are_asked_about(folder: Folder) -> None:
    turned = polygon(square(51.4, 0.1, 51.6, 0.3))
    folder.write(geojson({"district": turned}), "areas.geojson")
    with pytest.raises(Swapped, match="--swap to change them back, or --as-it-is"):
        await folder.reads("areas.geojson", towns=[(51.55, 0.19)])
    await folder.reads("areas.geojson", towns=[(51.55, 0.19)], swap=True)
    async with folder.database.reading() as session:
        area = (await session.scalars(select(Area))).one()
        assert sorted(area.geometry["coordinates"][0]) == sorted(
            polygon(square(0.1, 51.4, 0.3, 51.6))["coordinates"][0]
        )
    await folder.reads("areas.geojson", towns=[(51.55, 0.19)], as_it_is=True)
    folder.write(geojson({"far": polygon(square(10, 40, 11, 41))}), "areas.geojson")
    await folder.reads("areas.geojson", towns=[(51.55, 0.19)])


async def test_properties_of_a_councils_own_file_are_named(folder: Folder) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"WD23CD": "E05009317", "WD23NM": "Bethnal Green"},
            "geometry": WARDS["north-ward"],
        }
    ]
    folder.write(json.dumps({"type": "FeatureCollection", "features": features}), "wards.geojson")
    folder.write("areas:\n  - {file: wards.geojson, code: WD23CD, name: WD23NM, kind: ward}\n")
    await folder.reads()
    async with folder.database.reading() as session:
        area = (await session.scalars(select(Area))).one()
        assert (area.slug, area.names, area.kind) == ("e05009317", {"en": "Bethnal Green"}, "ward")
        assert 60 < area.size < 80
