"""What people type for a place: parts of names, house numbers, accents, the same name in two towns."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from bot.message import Place
from bot.models import NamedPlace, PlaceWord
from bot.services.reporting import gazetteer
from tests.plans import listening, looking, read_from_end_to_end

PLACES = (
    ("Elm Road", "street", "North End, Elm Park", 51.552, 0.191),
    ("Elm Road", "street", "Oakham", 52.670, -0.730),
    ("Elm Road Allotments", "park", "North End, Elm Park", 51.553, 0.192),
    ("The Old Elm Road Inn", "pub", "Oakham", 52.671, -0.731),
    ("Church Street", "street", "Elm Park", 51.551, 0.185),
    ("St Mary's Church", "church", "Elm Park", 51.550, 0.186),
    ("Heol yr Eglwys", "street", "Parc y Llwyf", 51.549, 0.187),
    ("ulica Wiązowa", "street", "Łódź", 51.759, 19.456),
    ("ایلم روڈ", "street", "ایلم پارک", 51.552, 0.191),
)
HERE = Place(51.55, 0.19)


async def load(session: AsyncSession) -> None:
    for name, kind, within, lat, long in PLACES:
        one = NamedPlace(name=name, folded=gazetteer.fold(name), kind=kind, within=within, lat=lat, long=long)
        session.add(one)
        await session.flush()
        session.add_all(PlaceWord(word=word, place_id=one.id) for word in gazetteer.words_of(name, within))
    await session.flush()


async def found(database: Database, words: str, near: Place | None = HERE) -> list[str]:
    async with database.reading() as session:
        places = await gazetteer.find(session, words, near=near)
        return [f"{one.name} ({one.within})" for one in places]


ELM, OAKHAM = "Elm Road (North End, Elm Park)", "Elm Road (Oakham)"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("elm road", ELM),
        ("12 Elm Road", ELM),
        ("Elm  Road 12a", ELM),
        ("ELM ROA", ELM),
        ("Elm Road, Oakham", OAKHAM),
        ("oakham elm", OAKHAM),
        ("at the corner of Elm Road by the shop", ELM),
        ("opposite Church Street, behind the wall", "Church Street (Elm Park)"),
        ("elm allot", "Elm Road Allotments (North End, Elm Park)"),
        ("st marys", "St Mary's Church (Elm Park)"),
        ("church", "Church Street (Elm Park)"),
        ("Eglwys", "Heol yr Eglwys (Parc y Llwyf)"),
        ("ulica wiazowa 3/4", "ulica Wiązowa (Łódź)"),
        ("Wiązowa", "ulica Wiązowa (Łódź)"),
        ("wiązowa lodz", "ulica Wiązowa (Łódź)"),
        ("ایلم روڈ", "ایلم روڈ (ایلم پارک)"),
    ],
)
async def test_a_place_is_found_by_what_people_type(database: Database, typed: str, first: str) -> None:
    async with database.writing() as session:
        await load(session)
    assert (await found(database, typed))[0] == first


async def test_of_the_same_name_the_near_one_comes_first_and_the_other_is_offered(database: Database) -> None:
    async with database.writing() as session:
        await load(session)
    assert (await found(database, "elm road"))[:2] == [ELM, OAKHAM]
    assert (await found(database, "elm road", Place(52.67, -0.73)))[0] == OAKHAM
    assert set((await found(database, "elm road", None))[:2]) == {ELM, OAKHAM}


@pytest.mark.parametrize("typed", ["", "e", "!!", "7", "elm zzz", "%", "\U0010ffff", "x" * 5000, "a " * 999])
async def test_what_names_no_place_finds_none(database: Database, typed: str) -> None:
    async with database.writing() as session:
        await load(session)
    assert await found(database, typed) == []


def test_house_numbers_are_kept_off() -> None:
    assert gazetteer.sought("12a Elm Road") == gazetteer.Sought(("elm", "road"), "12a")
    assert gazetteer.sought("Elm Road 7") == gazetteer.Sought(("elm", "road"), "7")
    assert gazetteer.sought("101") == gazetteer.Sought(("101",), None)


async def test_the_nearest_name_is_found_up_to_five_kilometres_away(database: Database) -> None:
    async with database.writing() as session:
        await load(session)
    async with database.reading() as session:
        near = await gazetteer.nearest(session, 51.5511, 0.1851)
        further = await gazetteer.nearest(session, 51.58, 0.19)
        assert near is not None
        assert further is not None
        assert (near.name, further.name) == ("Church Street", "Elm Road Allotments")
        assert await gazetteer.nearest(session, 55.0, 0.19) is None


async def test_looking_for_a_place_reads_no_table_from_end_to_end(database: Database) -> None:
    async with database.writing() as session:
        await load(session)
    with listening(database) as asked:
        async with database.reading() as session:
            await gazetteer.find(session, "elm roa", near=HERE)
            await gazetteer.find(session, "marys church")
            await gazetteer.nearest(session, HERE.lat, HERE.long)
    assert len(asked) > 5
    assert await read_from_end_to_end(database, looking(asked)) == {}
