"""Languages: chosen from what an app says, plural forms, isolates, numbers and days in the reader's way."""

from __future__ import annotations

from datetime import UTC, datetime
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from bot import i18n
from bot.message import ISOLATES
from tests.house.tree import ROOT


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("pl-PL", "pl"),
        ("pl", "pl"),
        ("ur_PK", "ur"),
        ("cy-GB", "cy"),
        ("de", "en"),
        (None, "en"),
        ("PL", "pl"),
    ],
)
def test_the_nearest_language_is_chosen(wanted: str | None, chosen: str) -> None:
    assert i18n.choose(wanted, ("en", "cy", "pl", "ur"), "en") == chosen


def test_the_four_languages_are_there() -> None:
    assert {"en", "cy", "pl", "ur"} <= set(i18n.available())


@given(text=st.text(alphabet=st.characters(exclude_characters="".join(map(chr, ISOLATES)))))
def test_somebodys_words_never_become_markup(text: str) -> None:
    said = i18n.tongue("en")._("Name: {name}", name=text)
    assert isinstance(said, Markup)
    assert "<" not in said.removeprefix("Name: ")
    assert str(said).translate(ISOLATES) == "Name: " + escape(text)


def test_names_and_numbers_are_isolated_where_scripts_meet() -> None:
    urdu, english = i18n.tongue("ur"), i18n.tongue("en")
    assert "\u2068Elm Park\u2069" in urdu._("{community}: have your say", community="Elm Park")
    assert "\u2068" not in english._("{community}: have your say", community="Elm Park")
    assert "\u2068ایلم\u2069" in english._("{community}: have your say", community="ایلم")


def test_a_command_stays_whole_in_a_line_that_runs_to_the_left() -> None:
    assert "\u2068/help\u2069" in i18n.tongue("ur")._(
        "I do not know that one. Send /help to see what I can do."
    )
    assert "\u2068/polls\u2069" in i18n.tongue("ur")._("{command}: {about}", command="/polls", about="x")
    assert "\u2068" not in i18n.tongue("pl")._("I do not know that one. Send /help to see what I can do.")


def test_days_and_times_are_said_in_the_reader_s_language_and_the_town_s_zone() -> None:
    moment = datetime(2026, 7, 3, 17, 0, tzinfo=UTC)
    assert i18n.tongue("en").moment(moment, "Europe/London") == "Friday 3 July, 18:00"
    assert i18n.tongue("pl").moment(moment, "Europe/Warsaw") == "piątek 3 lipca, 19:00"
    assert i18n.tongue("cy").day(moment, "Europe/London") == "Dydd Gwener 3 Gorffennaf"


@pytest.mark.parametrize("code", i18n.available())
def test_every_sentence_can_be_said_with_every_plural_form(code: str) -> None:
    with (ROOT / "locales" / "folkmoot.pot").open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id]
    tongue = i18n.tongue(code)
    for entry in entries:
        one, many = (entry.id, entry.id) if isinstance(entry.id, str) else entry.id
        holes = {hole: "x" for _, hole, _, _ in Formatter().parse(one + many) if hole}
        holes.pop("n", None) if one != many else None
        if one == many:
            assert "{" not in tongue._(one, **holes), one
            continue
        for n in (0, 1, 2, 3, 5, 6, 11, 22, 100, 101):
            assert "{" not in tongue.n_(one, many, n, **holes), (one, n)
