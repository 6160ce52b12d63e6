"""What words tell already is not asked again, and nothing is taken for an answer that is not certain."""

from __future__ import annotations

from typing import Any

import pytest

from bot.services.reporting import said_already

LAMP: dict[str, Any] = {
    "code": "lamp",
    "datatype": "string",
    "found_after": {"en": ["lamp", "lamp post", "lamp no."], "pl": ["latarni*"], "ur": ["کھمبا نمبر"]},
}
HEIGHT: dict[str, Any] = {"code": "height", "datatype": "number", "found_after": {"en": ["height"]}}
HOW: dict[str, Any] = {
    "code": "how",
    "datatype": "singlevaluelist",
    "values": [
        {"key": "out", "name": {"en": "Dark", "pl": "Nie świeci", "ur": "بند ہے"}},
        {"key": "day", "name": {"en": "Dark by day", "cy": "Yn ystod y dydd"}},
        {"key": "flickers", "name": {"en": "Flickers", "pl": "Miga"}},
        {"key": "no", "name": {"en": "No", "pl": "Nie"}},
        {"key": "other", "name": {"en": "Another"}},
        {"key": "b", "name": {"en": "B2"}},
    ],
}
NEAR: dict[str, Any] = {
    "code": "near",
    "datatype": "multivaluelist",
    "values": [{"key": "school", "name": {"en": "School"}}, {"key": "bus", "name": {"en": "Bus stop"}}],
}
SAME: dict[str, Any] = {
    "code": "same",
    "datatype": "singlevaluelist",
    "values": [{"key": "a", "name": {"en": "Green"}}, {"key": "b", "name": {"en": "Blue", "cy": "Green"}}],
}


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("lamp 12 in Mill Lane is dark", "12"),
        ("LÁMP POST #L-12/3 is dark", "L-12/3"),
        ("It is lamp no. 7.", "7"),
        ("lamp-12", "12"),
        ("'lamp 12'", "12"),
        ("lamp 12, Mill Lane", "12"),
        ("lamp 12 is dark. Lamp post 12. The second lamp is well", "12"),
        ("Przy latarni 12a jest ciemno", "12a"),
        ("کھمبا نمبر ۱۲ بند ہے", "۱۲"),
    ],
)
def test_a_number_behind_one_of_its_words_is_the_answer(words: str, number: str) -> None:
    assert said_already.answers([LAMP], words) == {"lamp": number}


@pytest.mark.parametrize(
    "words",
    [
        "",
        "the lamp is dark",
        "12",
        "lamp",
        "lamps 12",
        "clamp 12",
        "the lamp. 12 people fell",
        "lamp: 12 mill lane",
        "lamp (12 mill lane)",
        "lamp 12 Mill Lane",
        "lamp near 12 Mill Lane",
        "the lamp 3 weeks dark",
        "the lamp 2 doors from us",
        "latarnia 3 dni nie świeci",
        "lamp 12 and 14",
        "lamp 12 or lamp 13",
        "lamp 12 is dark. The same with lamp 13",
        "lamp\n12",
        "lamp " + "1-" * 100,
        "lamp " + "1" * 41,
    ],
)
def test_a_number_that_is_not_certain_is_asked_for(words: str) -> None:
    assert said_already.answers([LAMP], words) == {}


def test_the_place_may_tell_a_number_but_no_answer_of_a_list() -> None:
    assert said_already.answers([LAMP, NEAR], "dark", "Lamp post 14, School Lane") == {"lamp": "14"}
    assert said_already.answers([LAMP], "lamp 12 is dark", "Lamp post 14, Elm Road") == {}


@pytest.mark.parametrize(
    ("words", "number"),
    [("height 4.5", 4.5), ("height 4", 4), ("height 0 of course", 0), ("height 4a", None), ("height 3-4", None),
     ("height -4", None), ("height " + "9" * 30, None), ("height nan", None), ("height 1e999", None)],
)  # fmt: skip
def test_a_number_is_read_as_one(words: str, number: float | None) -> None:
    assert said_already.answers([HEIGHT], words).get("height") == number


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("It flickers all night", "flickers"),
        ("Lampa MIGA", "flickers"),
        ("Latarnia nie swieci", "out"),
        ("dark by day", "day"),
        ("کھمبا بند ہے", "out"),
        ("It is dark", "out"),
        ("It is dark, and flickers", None),
        ("It is not dark", None),
        ("flickers? no", None),
        ("no light there", None),
        ("another lamp", None),
        ("opposite B2", None),
        ("darkness", None),
        ("", None),
    ],
)
def test_an_answer_of_a_list_is_taken_where_it_is_the_only_one(words: str, key: str | None) -> None:
    assert said_already.answers([HOW], words).get("how") == key


def test_of_several_answers_all_that_are_named_are_taken() -> None:
    assert said_already.answers([NEAR], "bus stop at the school") == {"near": ["school", "bus"]}
    assert said_already.answers([NEAR], "at the school") == {"near": ["school"]}
    assert said_already.answers([NEAR], "the bus did not stop") == {}


def test_a_name_of_two_answers_is_none() -> None:
    assert said_already.answers([SAME], "green") == {}
    assert said_already.answers([{**SAME, "datatype": "multivaluelist"}], "green") == {}
    assert said_already.answers([SAME], "blue") == {"same": "b"}


@pytest.mark.parametrize(
    "words",
    ["lamp " * 100_000, "1-" * 100_000, "'" * 100_000,
     "\u0301" * 100_000, "dark by " * 50_000, "\x00", "<b>lamp</b> 12", "ﷺ" * 9999],
)  # fmt: skip
def test_whatever_is_written_is_read_in_no_time(words: str) -> None:
    assert said_already.answers([LAMP], words[:1] + " " * said_already.LONGEST + "lamp 12") == {}
    assert set(said_already.answers([LAMP, HEIGHT, HOW, NEAR], words, words)) <= {"how"}
