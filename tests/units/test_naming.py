"""What words may be about a private person, in our languages, and what is none of it."""

from __future__ import annotations

import time

import pytest

from bot.services.reporting.naming import private_matters

FOUND = [
    ("Mr Brown always parks there", ["Mr Brown"]),
    ("It was Mrs. O'Neill from number 4", ["Mrs. O'Neill"]),
    ("Dr Anna Smith told me, call 07700 900123", ["Dr Anna Smith", "07700 900123"]),
    ("My neighbour John Smith burns rubbish", ["My neighbour John Smith"]),
    ("Mae Mrs Eleri Jones yn gadael ei biniau", ["Mrs Eleri Jones"]),
    ("Fy nghymydog Gareth sy'n gwneud hyn", ["Fy nghymydog Gareth"]),
    ("Pan Kowalski znowu parkuje na trawniku", ["Pan Kowalski"]),
    ("To śmieci pani Anny Nowak spod piątki", ["pani Anny Nowak"]),
    ("Widziałem pana Wiśniewskiego", ["pana Wiśniewskiego"]),
    ("اسلم صاحب یہاں کچرا پھینکتے ہیں", ["اسلم صاحب"]),
    ("جناب رشید خان نے راستہ بند کیا", ["جناب رشید خان"]),
    ("write to john.smith@example.org", ["john.smith@example.org"]),
    ("+44 (0)20 7946 0958 is his number", ["+44 (0)20 7946 0958"]),
    ("the car AB12 CDE blocks the path", ["AB12 CDE"]),
    ("auto KR 1A234 stoi na chodniku", ["KR 1A234"]),
    ("car LEA-1234 stands there", ["LEA-1234"]),
]
NOTHING = [
    "The bin on Elm Road is full since 23 November 2026.",
    "A lamp is out beside number 14, post code CF10 3AT, lamp 123456.",
    "Mae'r bin ar Heol y Farchnad yn llawn ers 3 diwrnod.",
    "Kosz przy ulicy Długiej jest pełny od 2026-11-20.",
    "کوڑے دان تین دن سے بھرا ہوا ہے",
    "MR BIN IS FULL and nobody comes, 3.50 m wide",
    "",
]


@pytest.mark.parametrize(("text", "pieces"), FOUND)
def test_what_may_name_somebody_is_found(text: str, pieces: list[str]) -> None:
    assert private_matters(text) == pieces


@pytest.mark.parametrize("text", NOTHING)
def test_what_names_nobody_is_left_alone(text: str) -> None:
    assert private_matters(text) == []


def test_there_are_five_at_most_and_each_once() -> None:
    names = ["Brown", "Green", "White", "Black", "Gray", "Stone"]
    assert private_matters("; ".join(f"Mr {name}" for name in names * 2)) == [
        f"Mr {name}" for name in names[:5]
    ]


@pytest.mark.parametrize("text", ["1 " * 3000, "A" * 4000, "a.b-" * 1000 + "@", "pan " * 1000, "Mr " * 1300])
def test_hostile_words_take_no_time(text: str) -> None:
    began = time.process_time()
    private_matters(text)
    assert time.process_time() - began < 1
