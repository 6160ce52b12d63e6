"""Every kind of poll as an organiser writes it, and answers that taps make: for tests of what holds for all kinds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from bot import i18n, kinds
from bot.errors import Refused
from bot.kinds import WRITE, Form, Kind, Written

ENGLISH = i18n.tongue("en")
WRITINGS = {
    "one": ("", ("A", "B", "C")),
    "several": ("2", ("A", "B", "C")),
    "scale": ("1-5", ("bad", "good")),
    "ranking": ("", ("A", "B", "C", "D")),
    "dates": ("", ("2026-12-01 19:00", "2026-12-03 19:00")),
    "text": ("", ()),
    "count": ("5", ()),
    "points": ("5", ("A", "B", "C")),
}
"""How an organiser writes each kind: the argument, and the parts."""


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def form_of(name: str) -> Form:
    argument, parts = WRITINGS[name]
    return kinds.named(name).read(Written(argument, parts, moment, "Europe/London"))


def moves(kind: Kind, form: Form, answer: object, *, shared: bool = False) -> list[int]:
    return [tap.move for row in kind.taps(form, answer, ENGLISH, shared) for tap in row]


def answered(kind: Kind, form: Form, choose: Callable[[list[int]], int], taps: int) -> object:
    """An answer that so many taps make, each on a button that is there then."""
    answer: object = None
    for _ in range(taps):
        move = choose(moves(kind, form, answer))
        if move == WRITE:
            return kind.write(form, "Words")
        try:
            answer = kind.step(form, answer, move)
        except Refused:
            continue
    return answer
