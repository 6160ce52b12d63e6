"""Which dates suit: yes, if need be, or no, for each. The answer is a list with 2, 1 or 0 for each date; for those that
came later it says nothing, which is no.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from markupsafe import Markup

from bot.errors import Refused
from bot.i18n import N_, Tongue
from bot.kinds.choices import EQUAL, FEWEST, MOST, leading, room_for_more
from bot.kinds.kind import UNKNOWN_MOVE, Bar, Form, Kind, Marks, Table, Tap, Written

YES, MAYBE, NO = 2, 1, 0
NEXT = {NO: YES, YES: MAYBE, MAYBE: NO}
SIGNS = {YES: "✔ ", MAYBE: "(✔) ", NO: ""}
NONE_SUITS = -1
SHARED = 100
"""A move of `3 * number + value` says how a date suits, of `SHARED + number` makes the next of what was said."""


def _read(written: Written) -> Form:
    if not FEWEST <= len(written.parts) <= MOST:
        raise Refused(
            N_("Please write {fewest} to {most} dates, each on a line of its own."), fewest=FEWEST, most=MOST
        )
    moments = sorted({written.moment(part) for part in written.parts})
    if len(moments) < len(written.parts):
        raise Refused(N_("One of these dates is there twice."))
    return Form(tuple(moment.isoformat() for moment in moments), {"zone": written.zone})


def _outdated(form: Form, now: datetime) -> bool:
    return any(datetime.fromisoformat(choice) <= now for choice in form.choices)


def _labels(form: Form, tongue: Tongue) -> tuple[str, ...]:
    return tuple(
        tongue.moment(datetime.fromisoformat(choice), form.options["zone"]) for choice in form.choices
    )


def _grow(form: Form, written: Written) -> Form:
    room_for_more(form)
    moment = written.moment(" ".join(written.parts)).isoformat()
    if moment in form.choices:
        raise Refused(N_("This date is there already."))
    return Form((*form.choices, moment), form.options)


def _whole(form: Form, answer: list[int] | None) -> list[int]:
    said = list(answer or ())
    return said + [NO] * (len(form.choices) - len(said))


def _taps(form: Form, mine: list[int] | None, tongue: Tongue, shared: bool) -> tuple[tuple[Tap, ...], ...]:
    names = _labels(form, tongue)
    if shared:
        rows = [(Tap(label, SHARED + number),) for number, label in enumerate(names)]
    else:
        said = _whole(form, mine)
        rows = [
            (Tap(SIGNS[value] + label, 3 * number + NEXT[value]),)
            for number, (label, value) in enumerate(zip(names, said, strict=True))
        ]
    nothing = mine is not None and not any(mine) and not shared
    return (*rows, (Tap(str(tongue._("None of these suits me").unescape()), NONE_SUITS, chosen=nothing),))


def _step(form: Form, before: list[int] | None, move: int) -> list[int]:
    said = _whole(form, before)
    if move == NONE_SUITS:
        return [NO] * len(said)
    number, value = (move - SHARED, None) if move >= SHARED else divmod(move, 3)
    if not 0 <= number < len(said):
        raise Refused(UNKNOWN_MOVE)
    said[number] = NEXT[said[number]] if value is None else value
    return said


def _said(form: Form, answer: list[int], tongue: Tongue) -> str:
    suits = [
        SIGNS[value] + label
        for label, value in zip(_labels(form, tongue), _whole(form, answer), strict=True)
        if value
    ]
    return " · ".join(suits) or str(tongue._("none of these dates").unescape())


def _marks(form: Form, answer: list[int]) -> Iterable[str]:
    yield "n"
    for number, value in enumerate(answer):
        if value != NO:
            yield f"{number}{'y' if value == YES else 'm'}"


def _table(form: Form, counts: Marks, tongue: Tongue) -> Table:
    people = counts.get("n", 0)
    bars = []
    for number, label in enumerate(_labels(form, tongue)):
        yes, maybe = counts.get(f"{number}y", 0), counts.get(f"{number}m", 0)
        said = tongue.n_(
            "{date}: suits {n} person, and {maybe} if need be",
            "{date}: suits {n} people, and {maybe} if need be",
            yes,
            date=label,
            maybe=tongue.number(maybe),
        )
        value = yes + maybe / 2
        bars.append(Bar(label, value, value / people if people else 0.0, said))
    best = leading([bar.value for bar in bars])
    notes: tuple[Markup, ...] = ()
    if best:
        names = tongue.list([bars[one].label for one in best])
        notes = (tongue._("The best: {dates}", dates=names),)
    return Table(tuple(bars), notes, best)


def _hint(form: Form, tongue: Tongue) -> Markup:
    return tongue._(
        "Tap what suits you: once for yes ✔, twice for if need be (✔), three times to take it back."
    )


def _rule(form: Form, tongue: Tongue) -> Markup:
    return tongue._("The best date suits most people; “if need be” counts half.") + " " + tongue._(EQUAL)


KIND = Kind(
    "dates",
    words=N_("dates"),
    title=N_("Find a date"),
    read=_read,
    labels=_labels,
    taps=_taps,
    step=_step,
    marks=_marks,
    table=_table,
    hint=_hint,
    rule=_rule,
    said=_said,
    grow=_grow,
    outdated=_outdated,
    steps=True,
    wants=N_("Which dates? Write each on a line of its own, such as “1 December 19:00”."),
    named=True,
)
