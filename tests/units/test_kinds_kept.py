"""What is kept of a poll of any kind: it can be read again, asked again, and added to."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import kinds
from bot.errors import Refused
from bot.kinds import Written
from tests.writings import ENGLISH, WRITINGS, answered, form_of, moment, moves


@pytest.mark.parametrize(
    ("name", "argument", "parts"),
    [
        *((name, *writing) for name, writing in WRITINGS.items()),
        ("several", "", ("A", "B", "C")),
        ("several", "3", ("A", "B", "C")),
        ("several", "2", ("A", "B")),
        ("scale", "0-10", ()),
        ("ranking", "borda", ("A", "B")),
    ],
)
def test_what_is_kept_of_a_form_is_read_as_the_same_form(
    name: str, argument: str, parts: tuple[str, ...]
) -> None:
    kind = kinds.named(name)
    form = kind.read(Written(argument, parts, moment, "Europe/London"))
    again = kind.argued(form)
    if kind.argument is not None:
        assert kind.argument.read(again) == again
    assert kind.read(Written(again, parts, moment, "Europe/London")) == form


def test_only_dates_pass() -> None:
    long_after = datetime(2100, 1, 1, tzinfo=UTC)
    assert [name for name in WRITINGS if kinds.named(name).outdated(form_of(name), long_after)] == ["dates"]
    assert not kinds.named("dates").outdated(form_of("dates"), datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("name", [name for name in WRITINGS if kinds.named(name).grow])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_choice_that_comes_later_leaves_every_answer_as_it_was(name: str, data: st.DataObject) -> None:
    kind, form = kinds.named(name), form_of(name)
    answer = answered(
        kind, form, lambda offered: data.draw(st.sampled_from(offered)), data.draw(st.integers(1, 6))
    )
    if answer is None:
        return
    added = "2026-12-09 19:00" if name == "dates" else data.draw(st.sampled_from(["D", " d\n e ", "<b>"]))
    assert kind.grow is not None
    grown = kind.grow(form, Written("", (added,), moment, "Europe/London"))
    assert grown.choices[:-1] == form.choices
    assert kind.said(grown, answer, ENGLISH) == kind.said(form, answer, ENGLISH)
    assert list(kind.marks(grown, answer)) == list(kind.marks(form, answer))
    before = kind.table(form, kind.count(form, [answer]), ENGLISH)
    after = kind.table(grown, kind.count(form, [answer]), ENGLISH)
    assert [bar.value for bar in after.bars] == [*(bar.value for bar in before.bars), 0]
    assert len(kind.taps(grown, answer, ENGLISH, False)) >= len(grown.choices)
    for move in moves(kind, grown, answer):
        with suppress(Refused):  # more than may be chosen
            assert list(kind.marks(grown, kind.step(grown, answer, move)))


@pytest.mark.parametrize("name", [name for name in WRITINGS if kinds.named(name).grow])
def test_ten_choices_are_enough_and_none_is_there_twice(name: str) -> None:
    kind, form = kinds.named(name), form_of(name)
    assert kind.grow is not None
    with pytest.raises(Refused):
        kind.grow(form, Written("", (WRITINGS[name][1][0],), moment, "Europe/London"))
    number = 0
    while len(form.choices) < 10:
        number += 1
        text = f"2027-01-{number:02} 19:00" if name == "dates" else f"More {number}"
        form = kind.grow(form, Written("", (text,), moment, "Europe/London"))
    with pytest.raises(Refused):
        kind.grow(form, Written("", ("2027-02-01 19:00",), moment, "Europe/London"))
