"""What is kept of a poll of any kind: it can be read again, asked again, and added to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot import kinds
from bot.kinds import Written
from tests.writings import WRITINGS, form_of, moment


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
