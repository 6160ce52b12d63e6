"""Which kind of problem is meant, and whether it can wait: from words in any of our languages, season and place."""

from __future__ import annotations

import pytest

from bot.clock import utc_now
from bot.db import Database
from bot.models import Area, Emergency, Service
from bot.services.in_charge import areas
from bot.services.reporting import guessing
from tests.council.district import polygon, square

BINS = Service(
    service_code="bins",
    names={"en": "Overflowing bin", "pl": "Przepełniony kosz"},
    keywords={"en": ["bin", "rubbish"], "cy": ["bin", "sbwriel"], "pl": ["śmiec*"], "ur": ["کوڑا", "کچرا"]},
    months=[],
    order=1,
)
LAMPS = Service(
    service_code="lamps",
    names={"en": "Street light"},
    keywords={"en": ["street light", "lamp"], "pl": ["latarni*"], "cy": ["golau stryd"]},
    months=[],
    order=2,
)
ICE = Service(
    service_code="ice",
    names={"en": "Icy path"},
    keywords={"en": ["ice", "icy", "slippery"], "pl": ["ślisk*"]},
    months=[11, 12, 1, 2, 3],
    order=3,
)
ALL = [ICE, LAMPS, BINS]


def first(words: str, month: int = 6, here: dict[str, int] | None = None) -> str:
    return guessing.likely(ALL, words, month=month, here=here or {})[0].service_code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("The bins are full again", "bins"),
        ("RUBBISH everywhere", "bins"),
        ("Śmieci leżą wszędzie", "bins"),
        ("smieci", "bins"),
        ("یہاں کچرا پڑا ہے", "bins"),
        ("mae'r bin yn llawn", "bins"),
        ("street lights are out", "lamps"),
        ("latarnia nie świeci", "lamps"),
        ("Mae'r golau stryd wedi torri", "lamps"),
        ("bardzo ślisko tutaj", "ice"),
        ("the pavement is icy", "ice"),
    ],
)
def test_words_in_any_language_name_the_kind(words: str, code: str) -> None:
    assert first(words) == code


@pytest.mark.parametrize(
    "words", ["a cabinet", "binary", "the light in the street", "lam", "", "x" * 100_000]
)
def test_a_word_within_another_means_nothing(words: str) -> None:
    assert not any(guessing.is_meant(one, words) for one in ALL)


def test_two_words_together_say_more_than_one() -> None:
    assert first("street light beside the bin") == "lamps"


def test_without_words_the_season_and_what_is_usual_around_there_decide() -> None:
    assert first("", month=1) == "ice"
    assert first("", month=7) == "bins"
    assert first("", month=7, here={"lamps": 4, "bins": 1}) == "lamps"
    assert guessing.likely(ALL, "", month=7, here=["lamps", "lamps"])[0] is LAMPS
    assert first("bin", month=1, here={"lamps": 9}) == "bins"


def test_every_kind_is_in_the_list_however_unlikely() -> None:
    assert set(guessing.likely(ALL, "bin", month=7)) == set(ALL)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("There is a smell of gas in Elm Road", "gas"),
        ("czuć gaz na klatce", "gas"),
        ("mae arogl nwy yma", "gas"),
        ("گلی میں گیس کی بو ہے", "gas"),
        ("the bin is on FIRE", "fire"),
        ("pali się kosz", "fire"),
        ("mae'r bin ar dân", "fire"),
        ("یہاں آگ لگی ہے", "fire"),
        ("a live wire hangs from the lamp post", "wires"),
        ("gwifrau'n hongian", "wires"),
        ("przewody pod napięciem", "wires"),
        ("somebody is bleeding", "injured"),
        ("gas smell in the cellar", "gas"),
        ("Czuję gaz w piwnicy", "gas"),
        ("gaz się ulatnia", "gas"),
        ("Płoną śmieci", "fire"),
        ("zwisający kabel nad chodnikiem", "wires"),
        ("a fire beside the fire hydrant", "fire"),
        ("the fire hydrant is broken", None),
        ("mae'r hydrant tân wedi torri", None),
        ("Latarnia nie pali się od tygodnia", None),
        ("asfalt się topi", None),
        ("W upale topi się asfalt na Wiązowej", None),
        ("Nawierzchnia topi się i klei", None),
        ("dziecko się topi", "injured"),
        ("Ktoś topi się w stawie", "injured"),
        ("Asfalt się topi, a w stawie ktoś się topi", "injured"),
        ("Lód pękł, topią się dzieci", "injured"),
        ("Pękł lód, topi się dziecko", "injured"),
        ("گلی کی بتی نہیں جل رہی", None),
        ("دن میں بتی جل رہی ہے", None),
        ("latarnia pali się cały dzień", None),
        ("Park tonie w śmieciach", None),
        ("mae sbwriel o dan y fainc", None),
        ("ar gau tan ddydd Gwener", None),
        ("a hole bigger than a plate", None),
        ("mae 'na dân yn y parc", "fire"),
        ("Ta\u0302n", "fire"),
        ("mellt a thân wrth y bont", "fire"),
        ("y drws tân a'r orsaf dân", None),
        ("a gaslight", None),
        ("fireplace dumped here", None),
        ("the bin is full", None),
        ("", None),
    ],
)
async def test_what_cannot_wait_is_known_in_every_language(
    database: Database, words: str, code: str | None
) -> None:
    async with database.reading() as session:
        found = await guessing.emergency(session, words, None, None)
        assert (found.code if found else None) == code
        assert found is None or found.phone == "112"
        assert found is None or set(found.names) == {"en", "cy", "pl", "ur"}


async def test_the_operator_knows_better_numbers_where_they_hold(database: Database) -> None:
    async with database.writing() as session:
        here = Area(
            slug="here",
            names={"en": "Here"},
            kind="county",
            geometry=polygon(square(0, 51, 1, 52)),
            size=1.0,
            changed_at=utc_now(),
        )
        session.add(here)
        await session.flush()
        session.add_all(
            [
                Emergency(code="emergency", names={"en": "Any"}, keywords={}, phone="999", area_id=here.id),
                Emergency(
                    code="gas", names={"en": "Gas"}, keywords={}, phone="0800 111 999", area_id=here.id
                ),
                Emergency(code="flood", names={"en": "Flood"}, keywords={"en": ["flood*"]}, phone="105"),
            ]
        )
        await areas.changed(session, now=utc_now())
    async with database.reading() as session:

        async def phone(words: str, *at: float) -> str | None:
            found = await guessing.emergency(session, words, *(at or (None, None)))
            return found.phone if found else None

        assert await phone("smell of gas", 51.5, 0.5) == "0800 111 999"
        assert await phone("fire", 51.5, 0.5) == "999"
        assert await phone("fire", 40.0, 0.5) == "112"
        assert await phone("smell of gas") == "112"
        assert await phone("flooding in the road") == "105"
