"""A number on a scale with named ends. The answer is the number."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup

from bot.errors import Refused
from bot.i18n import N_, Tongue
from bot.kinds.choices import CHOICE_LIMIT, votes_bar
from bot.kinds.kind import UNKNOWN_MOVE, Argument, Figure, Form, Kind, Marks, Table, Tap, Written

_SPAN = re.compile(r"([01])\s*[-–—]\s*(10|[3-9])")
IN_A_ROW = 6  # buttons; eleven would be too small for a thumb


def _span(argument: str) -> str:
    found = _SPAN.fullmatch(argument or "1-5")
    if found is None:
        raise Refused(N_("Please write the scale as two numbers, such as 1-5 or 0-10."))
    return f"{found[1]}-{found[2]}"


def _read(written: Written) -> Form:
    low, high = map(int, _span(written.argument).split("-"))
    ends = tuple(" ".join(part.split()) for part in written.parts)
    if len(ends) not in (0, 2):
        raise Refused(N_("Please name both ends of the scale, or none."))
    if any(len(end) > CHOICE_LIMIT for end in ends):
        raise Refused(N_("Please name each end in {most} letters or fewer."), most=CHOICE_LIMIT)
    return Form((), {"low": low, "high": high, "ends": list(ends)})


def _argued(form: Form) -> str:
    return f"{form.options['low']}-{form.options['high']}"


def _values(form: Form) -> range:
    return range(form.options["low"], form.options["high"] + 1)


def _labels(form: Form, tongue: Tongue) -> tuple[str, ...]:
    return tuple(tongue.number(value) for value in _values(form))


def _taps(form: Form, mine: int | None, tongue: Tongue, shared: bool) -> tuple[tuple[Tap, ...], ...]:
    taps = [Tap(tongue.number(value), value, chosen=value == mine and not shared) for value in _values(form)]
    return tuple(tuple(taps[start : start + IN_A_ROW]) for start in range(0, len(taps), IN_A_ROW))


def _step(form: Form, before: int | None, move: int) -> int:
    if move not in _values(form):
        raise Refused(UNKNOWN_MOVE)
    return move


def _marks(form: Form, answer: int) -> Iterable[str]:
    return (str(answer),)


def _table(form: Form, counts: Marks, tongue: Tongue) -> Table:
    votes = [(value, counts.get(str(value), 0)) for value in _values(form)]
    people = sum(count for _, count in votes)
    bars = tuple(votes_bar(tongue.number(value), count, people, tongue) for value, count in votes)
    if not people:
        return Table(bars)
    mean = round(sum(value * count for value, count in votes) / people, 1)
    notes = (
        *_ends(form, tongue),
        tongue._("The average is {mean}.", mean=tongue.number(mean)),
        tongue._("The middle answer is {median}.", median=tongue.number(quantile(votes, 0.5))),
        tongue._(
            "Half of the answers are from {low} to {high}.",
            low=tongue.number(quantile(votes, 0.25)),
            high=tongue.number(quantile(votes, 0.75)),
        ),
    )
    return Table(
        bars, notes, figures=(_average(form, sum(value * count for value, count in votes) / people, tongue),)
    )


def _average(form: Form, mean: float, tongue: Tongue) -> Figure:
    low, high = form.options["low"], form.options["high"]
    return Figure(
        f"{low}-{high}",
        str(tongue._("The average").unescape()),
        mean,
        (mean - low) / (high - low),
        tongue.number(round(mean, 1)),
        tongue.number(low),
        tongue.number(high),
    )


def quantile(votes: Iterable[tuple[int, int]], share: float) -> float:
    """The value below and at which this share of the answers lies; between two of them where it falls between.

    `votes` are (value, how many), the smallest value first, and somebody has answered.
    """
    votes = [pair for pair in votes if pair[1]]
    whole = sum(count for _, count in votes)
    below = 0
    for number, (value, count) in enumerate(votes):
        below += count
        if below == share * whole and number + 1 < len(votes):
            return (value + votes[number + 1][0]) / 2
        if below >= share * whole:
            return value
    raise ValueError("nobody has answered")


def _ends(form: Form, tongue: Tongue) -> tuple[Markup, ...]:
    if not form.options["ends"]:
        return ()
    low, high = (tongue.number(form.options[end]) for end in ("low", "high"))
    first, last = form.options["ends"]
    return (
        tongue._("{low} means “{first}”, {high} means “{last}”.", low=low, first=first, high=high, last=last),
    )


def _said(form: Form, answer: int, tongue: Tongue) -> str:
    return tongue.number(answer)


def _hint(form: Form, tongue: Tongue) -> Markup:
    return Markup(" ").join((tongue._("Tap a number."), *_ends(form, tongue)))


def _rule(form: Form, tongue: Tongue) -> Markup:
    return tongue._("The average, the middle answer and the spread are shown.")


KIND = Kind(
    "scale",
    words=N_("scale"),
    title=N_("A number on a scale"),
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
    argument=Argument(
        N_("Which numbers can people choose?"),
        (("1-5", N_("From 1 to 5")), ("0-10", N_("From 0 to 10"))),
        _span,
    ),
    wants=N_("What do the two ends mean? Write two lines, such as “not at all” and “very much”."),
    offers=((N_("not at all"), N_("very much")), (N_("very bad"), N_("very good")), ()),
)
