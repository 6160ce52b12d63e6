"""Points shared out among choices, as for money that is to be spent. The answer is how many each choice has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from bot.errors import Refused
from bot.i18n import N_, Tongue
from bot.kinds.choices import EQUAL, WANTED, choices, grown, labels, leading
from bot.kinds.kind import UNKNOWN_MOVE, Argument, Bar, Form, Kind, Marks, Table, Tap, Written

FEWEST, MOST, USUAL = 2, 20, 5  # points of one person
PLACE, ONE_MORE, NONE = 100, 50, -1
"""A move of `number * PLACE + points` gives a choice so many points, whatever it had; of `number * PLACE + ONE_MORE`
one more than it had; `NONE` takes all of them back."""


def _points(argument: str) -> str:
    if not argument:
        return str(USUAL)
    if not argument.isdecimal() or not FEWEST <= int(argument) <= MOST:
        raise Refused(
            N_("Please say how many points each person shares out: a number from {fewest} to {most}."),
            fewest=FEWEST,
            most=MOST,
        )
    return str(int(argument))


def _read(written: Written) -> Form:
    return Form(choices(written.parts), {"points": int(_points(written.argument))})


def _argued(form: Form) -> str:
    return str(form.options["points"])


def _grow(form: Form, written: Written) -> Form:
    return Form(grown(form, written), form.options)


def _given(form: Form, answer: Sequence[int] | None) -> list[int]:
    """The points of every choice, of those too that came after the answer."""
    given = list(answer or ())
    return given + [0] * (len(form.choices) - len(given))


def _taps(form: Form, mine: list[int] | None, tongue: Tongue, shared: bool) -> tuple[tuple[Tap, ...], ...]:
    again = (Tap(str(tongue._("Begin again").unescape()), NONE),)
    if shared:
        rows = [(Tap(label, number * PLACE + ONE_MORE),) for number, label in enumerate(form.choices)]
        return (*rows, again)
    given = _given(form, mine)
    rows = [
        (Tap(f"{label} {'●' * points}".rstrip(), number * PLACE + points + 1, chosen=points > 0),)
        for number, (label, points) in enumerate(zip(form.choices, given, strict=True))
    ]
    return (*rows, again) if any(given) else tuple(rows)


def _step(form: Form, before: list[int] | None, move: int) -> list[int]:
    given = _given(form, before)
    number, points = divmod(move, PLACE)
    if move == NONE:
        return [0] * len(given)
    if not 0 <= number < len(given) or not (0 <= points <= MOST + 1 or points == ONE_MORE):
        raise Refused(UNKNOWN_MOVE)
    given[number] = given[number] + 1 if points == ONE_MORE else points
    if sum(given) > form.options["points"]:
        raise Refused(
            N_("All {n} points are given. Tap “Begin again” to take them back."), n=form.options["points"]
        )
    return given


def _said(form: Form, answer: list[int], tongue: Tongue) -> str:
    said = [
        str(tongue._("{choice} ({points})", choice=label, points=tongue.number(points)).unescape())
        for label, points in zip(form.choices, answer, strict=False)
        if points
    ]
    return tongue.list(said) if said else str(tongue._("none of them").unescape())


def _marks(form: Form, answer: list[int]) -> Iterable[str]:
    return ["n", *(f"{number}:{points}" for number, points in enumerate(answer) if points)]


def _table(form: Form, counts: Marks, tongue: Tongue) -> Table:
    sums = [0] * len(form.choices)
    for mark, ballots in counts.items():
        number, given, points = mark.partition(":")
        if given:
            sums[int(number)] += int(points) * ballots
    whole = sum(sums)
    bars = [_bar(label, points, whole, tongue) for label, points in zip(form.choices, sums, strict=True)]
    return Table(tuple(bars), (tongue._("The shares are of all points that were given."),), leading(sums))


def _bar(label: str, points: int, whole: int, tongue: Tongue) -> Bar:
    share = points / whole if whole else 0.0
    said = tongue.n_(
        "{choice}: {n} point, {share}",
        "{choice}: {n} points, {share}",
        points,
        choice=label,
        share=tongue.percent(share),
    )
    return Bar(label, points, share, said)


def _hint(form: Form, tongue: Tongue) -> Markup:
    return tongue.n_(
        "You have {n} point. Tap an answer to give it.",
        "You have {n} points to share out. Each tap gives one.",
        form.options["points"],
    )


def _rule(form: Form, tongue: Tongue) -> Markup:
    has = tongue.n_(
        "Everyone has {n} point to give.", "Everyone has {n} points to share out.", form.options["points"]
    )
    return has + " " + tongue._(EQUAL)


KIND = Kind(
    "points",
    words=N_("points"),
    title=N_("Share out points"),
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
        N_("How many points does each person share out?"), (("3", None), ("5", None), ("10", None)), _points
    ),
    wants=WANTED,
)
