"""Choices put in order, the best first. The answer is their numbers in that order; those left out come last.

Counted by the method of Schulze, or by Borda's points, as announced. Both follow from one table: how many people put
one choice before another. Sources: M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and
condorcet-consistent single-winner election method", Social Choice and Welfare 36 (2011), 267-303; and for points with
choices left out Borda "by tournament": a point for each choice that somebody puts behind, half a point for an equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations

from markupsafe import Markup

from bot.errors import Refused
from bot.i18n import N_, Tongue
from bot.kinds.choices import EQUAL, WANTED, choices, labels, leading
from bot.kinds.kind import UNKNOWN_MOVE, Argument, Bar, Form, Kind, Marks, Table, Tap, Written

METHODS = ("schulze", "borda")
Pairs = Sequence[Sequence[int]]
"""`pairs[i][j]`: how many people put choice i before choice j."""


def _method(argument: str) -> str:
    method = argument.casefold() or METHODS[0]
    if method not in METHODS:
        raise Refused(N_("I can count orders by “schulze” or by “borda”."))
    return method


def _read(written: Written) -> Form:
    return Form(choices(written.parts), {"method": _method(written.argument)})


def _argued(form: Form) -> str:
    return str(form.options["method"])


def _taps(form: Form, mine: list[int] | None, tongue: Tongue, shared: bool) -> tuple[tuple[Tap, ...], ...]:
    order = [] if shared else list(mine or ())
    place = {number: tongue.number(order.index(number) + 1) for number in order}
    rows = [
        (Tap(f"{place[number]}. {label}" if number in place else label, number, chosen=number in place),)
        for number, label in enumerate(form.choices)
    ]
    if shared:
        return (*rows, (Tap(str(tongue._("Begin again").unescape()), -1),))
    # The button says which place it empties, so that two taps on it undo one.
    return (*rows, (Tap(str(tongue._("Undo").unescape()), -len(order)),)) if order else tuple(rows)


def _step(form: Form, before: list[int] | None, move: int) -> list[int]:
    order = list(before or ())
    if -len(form.choices) <= move < 0:
        return order[: -move - 1]
    if not 0 <= move < len(form.choices):
        raise Refused(UNKNOWN_MOVE)
    return order if move in order else [*order, move]


def _said(form: Form, answer: list[int], tongue: Tongue) -> str:
    if not answer:
        return str(tongue._("nothing in order yet").unescape())
    return " · ".join(f"{tongue.number(place)}. {form.choices[one]}" for place, one in enumerate(answer, 1))


def _marks(form: Form, answer: list[int]) -> Iterable[str]:
    yield "n"
    behind = set(range(len(form.choices)))
    for one in answer:
        behind.discard(one)
        for other in behind:
            yield f"{one}>{other}"


def pairs(form: Form, counts: Marks) -> tuple[tuple[int, ...], ...]:
    """Who was put before whom, by how many."""
    numbers = range(len(form.choices))
    return tuple(tuple(counts.get(f"{one}>{other}", 0) for other in numbers) for one in numbers)


def beats(table: Pairs) -> tuple[tuple[bool, ...], ...]:
    """By Schulze: whether the strongest path from one choice to another is stronger than the one back.

    A path is as strong as its weakest step; a step is as strong as the people who prefer it, where they are more than
    those against.
    """
    numbers = range(len(table))
    strength = [[table[i][j] if table[i][j] > table[j][i] else 0 for j in numbers] for i in numbers]
    for through, i, j in permutations(numbers, 3):
        strength[i][j] = max(strength[i][j], min(strength[i][through], strength[through][j]))
    return tuple(tuple(strength[i][j] > strength[j][i] for j in numbers) for i in numbers)


def points(table: Pairs, people: int) -> tuple[float, ...]:
    """By Borda: a point for each choice put behind, half a point for each one left equal, over all people."""
    numbers = range(len(table))
    return tuple(sum((people + table[i][j] - table[j][i]) / 2 for j in numbers if j != i) for i in numbers)


def _table(form: Form, counts: Marks, tongue: Tongue) -> Table:
    table, people = pairs(form, counts), counts.get("n", 0)
    if form.options["method"] == "borda":
        return _by_points(form, table, people, tongue)
    better = beats(table)
    wins = [sum(row) for row in better]
    others = max(1, len(form.choices) - 1)
    bars = tuple(
        Bar(
            label,
            won,
            won / others if people else 0.0,
            tongue.n_(
                "{choice}: better than {n} other", "{choice}: better than {n} others", won, choice=label
            ),
        )
        for label, won in zip(form.choices, wins, strict=True)
    )
    best = tuple(i for i in range(len(bars)) if not any(row[i] for row in better)) if people else ()
    return Table(bars, _leads(form, best, tongue), best, table)


def _by_points(form: Form, table: tuple[tuple[int, ...], ...], people: int, tongue: Tongue) -> Table:
    got = points(table, people)
    most = people * (len(form.choices) - 1)
    bars = tuple(
        Bar(
            label,
            value,
            value / most if most else 0.0,
            tongue._(
                "{choice}: {points} of {most} points", choice=label, points=tongue.number(value), most=most
            ),
        )
        for label, value in zip(form.choices, got, strict=True)
    )
    best = leading(got)
    return Table(bars, _leads(form, best, tongue), best, table)


def _leads(form: Form, best: tuple[int, ...], tongue: Tongue) -> tuple[Markup, ...]:
    if not best:
        return ()
    names = tongue.list([form.choices[one] for one in best])
    if len(best) == 1:
        return (tongue._("In front: {choice}", choice=names),)
    return (tongue._("Equal in front: {choices}", choices=names),)


def _hint(form: Form, tongue: Tongue) -> Markup:
    return tongue._("Tap them in your order, the best first. You may leave some out.")


def _rule(form: Form, tongue: Tongue) -> Markup:
    if form.options["method"] == "borda":
        how = tongue._(
            "Counted by points (Borda): each choice gets a point for every choice that somebody puts behind it."
        )
    else:
        how = tongue._(
            "Counted by comparing each two (Schulze): in front is what people prefer to every other choice, directly "
            "or by a stronger chain."
        )
    return how + " " + tongue._(EQUAL)


KIND = Kind(
    "ranking",
    words=N_("rank, ranking, order"),
    title=N_("Put in order"),
    read=_read,
    labels=labels,
    taps=_taps,
    step=_step,
    marks=_marks,
    table=_table,
    hint=_hint,
    rule=_rule,
    said=_said,
    argued=_argued,
    steps=True,
    argument=Argument(
        N_("How shall it be counted?"),
        (("schulze", N_("Compare each two (Schulze)")), ("borda", N_("By points (Borda)"))),
        _method,
    ),
    wants=WANTED,
)
