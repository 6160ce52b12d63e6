"""The words of the numbers of reports: in sentences, as a picture, and as a table for other programs."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from markupsafe import Markup

from bot.charts import Chart, Row
from bot.crowd import FEWEST
from bot.i18n import N_, Tongue
from bot.letters.markup import bold, lines, paragraphs
from bot.message import Button, Media, Message
from bot.press import Press

AGES = (7, 30, 90, 180)


class Numbers(Press, code="nr"):
    """The numbers of a body or a community (`subject`, `number`; empty for all that are somebody's); `table` is 1 for
    a file."""

    subject: str
    number: int
    table: int


class Wait(Protocol):
    """After how many working days half, and nine tenths, of `n` had what they waited for."""

    @property
    def n(self) -> int: ...
    @property
    def median(self) -> int | None: ...
    @property
    def ninety(self) -> int | None: ...


class Cell(Protocol):
    """One line of the table; see `services/answering/report_numbers.py`."""

    @property
    def team(self) -> int | None: ...
    @property
    def service(self) -> str | None: ...


class Counted(Protocol):
    """What was counted; see `services/answering/report_numbers.py`."""

    @property
    def since(self) -> datetime: ...
    @property
    def reports(self) -> int: ...
    @property
    def people(self) -> int: ...
    @property
    def ages(self) -> tuple[int, ...]: ...
    @property
    def overdue(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def due(self) -> int: ...
    @property
    def on_time(self) -> int: ...
    @property
    def reopened(self) -> int: ...
    @property
    def said(self) -> int: ...
    @property
    def fixed(self) -> int: ...
    @property
    def hops(self) -> int: ...
    @property
    def handed(self) -> int: ...
    @property
    def clocks(self) -> Mapping[str, Wait]: ...


CLOCKS = {
    "acknowledged": N_("Until somebody had seen it"),
    "answered": N_("Until somebody had answered"),
    "resolved": N_("Until it was over"),
}


def told(
    name: str, numbers: Counted, at: datetime, zone: str, subject: tuple[str, int], tongue: Tongue
) -> Message:
    """All of them in sentences."""
    head = tongue._("Reports in numbers: {name}", name=name)
    since = tongue._(
        "Those since {since}, counted on {moment}. They say nothing of which body is better: people tell each of "
        "different things.",
        since=tongue.date(numbers.since, zone),
        moment=tongue.moment(at, zone),
    )
    text = paragraphs(
        bold(str(head.unescape())),
        since,
        lines(behind(numbers, tongue)),
        lines([bold(str(tongue._("Open, by age").unescape())), *(row.said for row in ages(numbers, tongue))]),
        lines(promises(numbers, tongue)),
        lines(waits(numbers, tongue)),
        lines(moved(numbers, tongue)),
    )
    which, number = subject
    table = Button(tongue._("As a table (CSV)"), Numbers(subject=which, number=number, table=1))
    return Message(text, ((table,),))


def behind(numbers: Counted, tongue: Tongue) -> list[Markup]:
    """Reports, and the people behind them."""
    reports = tongue.n_("{n} report came.", "{n} reports came.", numbers.reports)
    if numbers.people < FEWEST:
        return [reports, tongue._("Fewer than {few} people stand behind them.", few=tongue.number(FEWEST))]
    people = tongue.n_("{n} person stands behind them.", "{n} people stand behind them.", numbers.people)
    return [reports, people]


def ages(numbers: Counted, tongue: Tongue) -> list[Row]:
    """How old what is open is."""
    whole = max(1, *numbers.ages)
    named = [tongue.n_("up to {n} day", "up to {n} days", days) for days in AGES]
    named.append(tongue.n_("more than {n} day", "more than {n} days", AGES[-1]))
    return [
        Row(str(tongue._("{what}: {n}", what=what, n=tongue.number(count)).unescape()), count / whole)
        for what, count in zip(named, numbers.ages, strict=True)
    ]


def promises(numbers: Counted, tongue: Tongue) -> list[Markup]:
    """What was in time, what is overdue, what was found to be fixed."""
    told: list[Markup] = []
    if numbers.due:
        told.append(
            tongue._(
                "On time: {share} ({kept} of {due}). What is overdue or came back counts as not on time.",
                share=tongue.percent(numbers.on_time / numbers.due),
                kept=tongue.number(numbers.on_time),
                due=tongue.number(numbers.due),
            )
        )
    told.append(tongue.n_("{n} is overdue.", "{n} are overdue.", numbers.overdue))
    if numbers.waiting:
        told.append(tongue.n_("{n} waits for an answer.", "{n} wait for an answer.", numbers.waiting))
    if numbers.said >= FEWEST:
        told.append(
            tongue._(
                "Found to be fixed: {share} of {n} answers.",
                share=tongue.percent(numbers.fixed / numbers.said),
                n=tongue.number(numbers.said),
            )
        )
    return told


def waits(numbers: Counted, tongue: Tongue) -> list[Markup]:
    """The three clocks, in working days."""
    told = [bold(str(tongue._("In working days, those still open counted in").unescape()))]
    told += (_clock(tongue._(label), numbers.clocks[name], tongue) for name, label in CLOCKS.items())
    return told


def _clock(what: Markup, wait: Wait, tongue: Tongue) -> Markup:
    n = tongue.number(wait.n)
    if wait.median is None:
        return tongue._("{what}: more than half still wait (of {n})", what=what, n=n)
    median = _days(wait.median, tongue)
    if wait.ninety is None:
        return tongue._(
            "{what}: half within {median}; of nine in ten we do not know yet (of {n})",
            what=what,
            median=median,
            n=n,
        )
    return tongue._(
        "{what}: half within {median}, nine in ten within {ninety} (of {n})",
        what=what,
        median=median,
        ninety=_days(wait.ninety, tongue),
        n=n,
    )


def _days(days: int, tongue: Tongue) -> Markup:
    return tongue.n_("{n} day", "{n} days", days) if days else tongue._("the same day")


def moved(numbers: Counted, tongue: Tongue) -> list[Markup]:
    """What was handed round, and what came back."""
    return [
        tongue.n_("{n} was handed to another team.", "{n} were handed to another team.", numbers.handed),
        tongue.n_("{n} came back.", "{n} came back.", numbers.reopened),
    ]


def chart(name: str, numbers: Counted, at: datetime, zone: str, tongue: Tongue) -> Chart:
    """What is open by age, and how much was on time, as a picture."""
    rows = ages(numbers, tongue)
    if numbers.due:
        share = numbers.on_time / numbers.due
        said = tongue._("On time: {share}", share=tongue.percent(share))
        rows.append(Row(str(said.unescape()), share, best=True))
    return Chart(
        title=str(tongue._("Open reports by age").unescape()),
        above=f"{name} · {tongue.date(at, zone)}",
        rows=tuple(rows),
        below=tuple(str(one.unescape()) for one in behind(numbers, tongue)),
        rtl=tongue.rtl,
    )


def alt(numbers: Counted, tongue: Tongue) -> str:
    """The picture in one line of words."""
    return " · ".join(row.said for row in ages(numbers, tongue))


# --- the table -----------------------------------------------------------------------------------

COLUMNS = ("reports", "open", "overdue", "due", "on_time", "reopened", "handed")


def table(
    numbers: Counted,
    rows: Sequence[Cell],
    teams: Mapping[int, str],
    services: Mapping[str, str],
    tongue: Tongue,
) -> bytes:
    """Comma-separated values by team and kind, in UTF-8 with the mark by which spreadsheets know it. Nothing in it is
    taken for a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("team", "kind", *COLUMNS))
    for row in rows:
        team = (
            teams.get(row.team or 0, "")
            if row.service or row.team
            else _plain(tongue._("All small ones together"))
        )
        kind = services.get(row.service or "", "")
        writer.writerow((harmless(team), harmless(kind), *(getattr(row, name) for name in COLUMNS)))
    writer.writerow(())
    writer.writerow(("clock (working days)", "reports", "half within", "nine tenths within"))
    for name, wait in numbers.clocks.items():
        writer.writerow((name, wait.n, _or_none(wait.median), _or_none(wait.ninety)))
    return file.getvalue().encode("utf-8-sig")


def _or_none(days: int | None) -> int | str:
    return "" if days is None else days


def _plain(said: Markup) -> str:
    return str(said.unescape())


def harmless(text: str) -> str:
    """A cell that no spreadsheet calculates: whatever could begin a formula gets an apostrophe before it."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r", "|", "%") else text


def as_file(media: Media, tongue: Tongue) -> Message:
    """The table as it is sent."""
    said = tongue._("By team and kind. Where fewer than five people stand behind a line, it is with others.")
    return Message(said, media=media)
