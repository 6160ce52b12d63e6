"""Count me in: it goes ahead when enough people are in. The answer is 1 for in, 0 for out again."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from bot.errors import Refused
from bot.i18n import N_, Tongue
from bot.kinds.kind import UNKNOWN_MOVE, Argument, Bar, Form, Kind, Marks, Table, Tap, Written

IN, OUT = 1, 0
MOST = 10_000  # people


def _needed(argument: str) -> str:
    if not argument.isdecimal() or not 2 <= int(argument) <= MOST:
        raise Refused(N_("Please say how many people are needed: a number from 2 to {most}."), most=MOST)
    return str(int(argument))


def _read(written: Written) -> Form:
    return Form((), {"need": int(_needed(written.argument))})


def _argued(form: Form) -> str:
    return str(form.options["need"])


def _labels(form: Form, tongue: Tongue) -> tuple[str, ...]:
    return (str(tongue._("Count me in").unescape()),)


def _taps(form: Form, mine: int | None, tongue: Tongue, shared: bool) -> tuple[tuple[Tap, ...], ...]:
    come = Tap(_labels(form, tongue)[0], IN, chosen=mine == IN and not shared)
    go = Tap(str(tongue._("Take me out again").unescape()), OUT)
    return ((come,), (go,)) if mine == IN or shared else ((come,),)


def _step(form: Form, before: int | None, move: int) -> int:
    if move not in (IN, OUT):
        raise Refused(UNKNOWN_MOVE)
    return move


def _said(form: Form, answer: int, tongue: Tongue) -> str:
    return str((tongue._("in") if answer == IN else tongue._("not in")).unescape())


def _marks(form: Form, answer: int) -> Iterable[str]:
    return ("in",) if answer == IN else ()


def _table(form: Form, counts: Marks, tongue: Tongue) -> Table:
    people, need = counts.get("in", 0), form.options["need"]
    said = tongue.n_(
        "{n} person of {need} is in.", "{n} people of {need} are in.", people, need=tongue.number(need)
    )
    note = tongue._("That is enough: it goes ahead.") if people >= need else None
    return Table(
        (Bar(_labels(form, tongue)[0], people, min(1.0, people / need), said),), (note,) if note else ()
    )


def _full(form: Form, counts: Marks) -> bool:
    return bool(counts.get("in", 0) >= form.options["need"])


def _hint(form: Form, tongue: Tongue) -> Markup:
    need = form.options["need"]
    return tongue.n_("It goes ahead with {n} person.", "It goes ahead when {n} people are in.", need)


def _rule(form: Form, tongue: Tongue) -> Markup:
    return tongue._("It closes by itself when enough people are in.")


KIND = Kind(
    "count",
    words=N_("count, count me in"),
    title=N_("Count me in"),
    read=_read,
    labels=_labels,
    taps=_taps,
    step=_step,
    marks=_marks,
    table=_table,
    hint=_hint,
    rule=_rule,
    said=_said,
    argued=_argued,
    full=_full,
    argument=Argument(N_("How many people are needed?"), (("5", None), ("10", None), ("20", None)), _needed),
    named=True,
)
