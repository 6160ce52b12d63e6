"""The words of questions that were asked again: a table over time, the picture of it, and the same in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from bot import kinds
from bot.charts import Line, Lines
from bot.i18n import Tongue
from bot.kinds import Figure
from bot.letters.markup import lines, opening
from bot.letters.polling.pictures import short
from bot.models import Standing

DRAWN = 6  # lines in one picture; more cannot be told apart, and all of them are in the table
LABEL = 40  # characters of a choice beside its line


@dataclass(frozen=True, slots=True)
class Asking:
    """One time that it was asked: when it closed, how many took part, and its figures by their names."""

    standing: Standing
    when: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Series:
    """All of them, the oldest first, and the labels of the figures: those of the newest first, then those that were
    given up."""

    askings: tuple[Asking, ...]
    labels: Mapping[str, str]


def compared(standings: tuple[Standing, ...], tongue: Tongue) -> Series | None:
    """What may be compared; None where there is only one to be seen."""
    if len(standings) < 2:
        return None
    askings = tuple(_asking(one, tongue) for one in standings)
    labels: dict[str, str] = {}
    for one in reversed(askings):
        labels |= {name: figure.label for name, figure in one.figures.items() if name not in labels}
    return Series(askings, labels)


def _asking(standing: Standing, tongue: Tongue) -> Asking:
    poll = standing.poll
    figures: tuple[Figure, ...] = ()
    if standing.counts is not None and standing.took_part:
        table = kinds.named(poll.kind).table(poll.form, standing.counts, tongue)
        figures = table.compared(tongue)
    assert poll.closed_at is not None  # noqa: S101 - only closed ones are compared
    closed = tongue.date(poll.closed_at, standing.community.zone)
    return Asking(standing, closed, {figure.name: figure for figure in figures})


def in_words(series: Series, tongue: Tongue) -> Markup:
    """A line for each time."""
    return lines(
        [
            tongue._("Asked before, and how it came out then:"),
            *(_in_words(one, tongue) for one in series.askings),
        ]
    )


def _in_words(asking: Asking, tongue: Tongue) -> Markup:
    took = tongue.n_("{n} person took part", "{n} people took part", asking.standing.took_part)
    said = Markup(" · ").join(
        tongue._("{figure}: {value}", figure=short(figure.label, LABEL), value=figure.said)
        for figure in asking.figures.values()
    )
    parts = Markup(" · ").join(part for part in (took, said) if part)
    return opening(tongue._("{when}: {what}", when=asking.when, what=parts), rtl=tongue.rtl)


def picture(series: Series, tongue: Tongue) -> Lines | None:
    """The figures as lines: those that are highest last; None where there are none to be compared."""
    newest = next((one.figures for one in reversed(series.askings) if one.figures), None)
    if not newest:
        return None
    first = next(iter(newest.values()))
    names = [
        name
        for name in series.labels
        if all((one.low, one.high) == (first.low, first.high) for one in _each(series, name))
    ]
    last = {name: _each(series, name)[-1].height for name in names}
    drawn = sorted(names, key=lambda name: -last[name])[:DRAWN]
    poll, community = series.askings[-1].standing.poll, series.askings[-1].standing.community
    return Lines(
        title=poll.question,
        above=community.name_in(tongue.code),
        moments=tuple(one.when for one in series.askings),
        took=tuple(tongue.number(one.standing.took_part) for one in series.askings),
        below=str(tongue._("Below each date: how many took part.").unescape()),
        low=first.low,
        high=first.high,
        lines=tuple(
            Line(
                short(series.labels[name], LABEL),
                tuple(one.figures[name].height if name in one.figures else None for one in series.askings),
                tuple(one.figures[name].said if name in one.figures else "" for one in series.askings),
            )
            for name in names
            if name in drawn
        ),
        rtl=tongue.rtl,
    )


def _each(series: Series, name: str) -> list[Figure]:
    return [one.figures[name] for one in series.askings if name in one.figures]


def alt(series: Series, tongue: Tongue) -> str:
    """The picture in one line of plain text."""
    poll = series.askings[-1].standing.poll
    return " · ".join([poll.question, *(_plain(_in_words(one, tongue)) for one in series.askings)])


def _plain(said: Markup) -> str:
    return str(said.unescape())
