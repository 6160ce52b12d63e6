"""Several of the choices, up to a number. The answer is the numbers of those chosen, in order."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from bot.errors import Refused
from bot.i18n import N_, Tongue
from bot.kinds.choices import EQUAL, MOST, WANTED, choices, grown, labels, leading, votes_bar
from bot.kinds.kind import UNKNOWN_MOVE, Argument, Form, Kind, Marks, Table, Tap, Written

SWITCH = 100
"""A move of `number` chooses, of `-1 - number` takes back, of `SWITCH + number` does what was not done yet."""


def _number(argument: str) -> str:
    if argument in ("", "0"):
        return ""
    if not argument.isdecimal() or not 2 <= int(argument) <= MOST:
        raise Refused(
            N_("Please say how many answers people may choose: a number from 2 to {most}."), most=MOST
        )
    return str(int(argument))


def _read(written: Written) -> Form:
    texts = choices(written.parts)
    argument = _number(written.argument)
    return Form(texts, {"most": min(int(argument or MOST), len(texts))})


def _argued(form: Form) -> str:
    most = form.options["most"]
    return "" if most == len(form.choices) else str(most)


def _grow(form: Form, written: Written) -> Form:
    texts, most = grown(form, written), form.options["most"]
    # Whoever may choose as many as they like may do so then too.
    return Form(texts, {**form.options, "most": len(texts) if most == len(form.choices) else most})


def _taps(form: Form, mine: list[int] | None, tongue: Tongue, shared: bool) -> tuple[tuple[Tap, ...], ...]:
    if shared:
        return tuple((Tap(label, SWITCH + number),) for number, label in enumerate(form.choices))
    chosen = set(mine or ())
    return tuple(
        (Tap(label, -1 - number if number in chosen else number, chosen=number in chosen),)
        for number, label in enumerate(form.choices)
    )


def _step(form: Form, before: list[int] | None, move: int) -> list[int]:
    chosen = set(before or ())
    number = move - SWITCH if move >= SWITCH else move if move >= 0 else -1 - move
    if not 0 <= number < len(form.choices):
        raise Refused(UNKNOWN_MOVE)
    if move < 0 or (move >= SWITCH and number in chosen):
        chosen.discard(number)
    else:
        chosen.add(number)
    if len(chosen) > form.options["most"]:
        raise Refused(
            N_("You can choose {most} at most. Tap one that you have chosen to take it back."),
            most=form.options["most"],
        )
    return sorted(chosen)


def _said(form: Form, answer: list[int], tongue: Tongue) -> str:
    if not answer:
        return str(tongue._("none of them").unescape())
    return tongue.list([form.choices[one] for one in answer])


def _marks(form: Form, answer: list[int]) -> Iterable[str]:
    return ("n", *map(str, answer))


def _table(form: Form, counts: Marks, tongue: Tongue) -> Table:
    votes = [counts.get(str(number), 0) for number in range(len(form.choices))]
    people = counts.get("n", 0)
    bars = [votes_bar(label, count, people, tongue) for label, count in zip(form.choices, votes, strict=True)]
    return Table(tuple(bars), (tongue._("The shares are of the people who answered."),), leading(votes))


def _hint(form: Form, tongue: Tongue) -> Markup:
    if form.options["most"] == len(form.choices):
        return tongue._("Tap all that you would choose.")
    return tongue.n_("Tap up to {n} answer.", "Tap up to {n} answers.", form.options["most"])


def _rule(form: Form, tongue: Tongue) -> Markup:
    may = tongue.n_(
        "Everyone may choose {n} answer.", "Everyone may choose up to {n} answers.", form.options["most"]
    )
    return may + " " + tongue._(EQUAL)


KIND = Kind(
    "several",
    words=N_("several"),
    title=N_("Choose several answers"),
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
    argued=_argued,
    steps=True,
    argument=Argument(
        N_("How many answers may each person choose?"),
        (("2", N_("Up to 2")), ("3", N_("Up to 3")), ("0", N_("As many as they like"))),
        _number,
    ),
    wants=WANTED,
)
