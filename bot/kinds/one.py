"""One of several choices. The answer is the number of the choice."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from bot.errors import Refused
from bot.i18n import N_, Tongue
from bot.kinds.choices import EQUAL, WANTED, YES_NO, choices, grown, labels, leading, votes_bar
from bot.kinds.kind import UNKNOWN_MOVE, Form, Kind, Marks, Table, Tap, Written


def _read(written: Written) -> Form:
    return Form(choices(written.parts))


def _grow(form: Form, written: Written) -> Form:
    return Form(grown(form, written), form.options)


def _taps(form: Form, mine: int | None, tongue: Tongue, shared: bool) -> tuple[tuple[Tap, ...], ...]:
    return tuple(
        (Tap(label, number, chosen=number == mine and not shared),)
        for number, label in enumerate(form.choices)
    )


def _step(form: Form, before: int | None, move: int) -> int:
    if not 0 <= move < len(form.choices):
        raise Refused(UNKNOWN_MOVE)
    return move


def _marks(form: Form, answer: int) -> Iterable[str]:
    return (str(answer),)


def _table(form: Form, counts: Marks, tongue: Tongue) -> Table:
    votes = [counts.get(str(number), 0) for number in range(len(form.choices))]
    bars = [
        votes_bar(label, count, sum(votes), tongue) for label, count in zip(form.choices, votes, strict=True)
    ]
    return Table(tuple(bars), best=leading(votes))


def _said(form: Form, answer: int, tongue: Tongue) -> str:
    return form.choices[answer]


def _hint(form: Form, tongue: Tongue) -> Markup:
    return tongue._("Tap your answer.")


def _rule(form: Form, tongue: Tongue) -> Markup:
    return tongue._("Everyone has one vote.") + " " + tongue._(EQUAL)


KIND = Kind(
    "one",
    words=N_("one, choose one"),
    title=N_("Choose one answer"),
    read=_read,
    labels=labels,
    taps=_taps,
    step=_step,
    marks=_marks,
    table=_table,
    hint=_hint,
    rule=_rule,
    said=_said,
    grow=_grow,
    wants=WANTED,
    offers=(YES_NO,),
)
