"""The words of who took part in one poll: how many were reached, by day, by link, by part of town; never who."""

from collections.abc import Mapping
from datetime import date

from markupsafe import Markup

from bot.i18n import Tongue
from bot.letters.links import called, group
from bot.letters.markup import bar, bold, lines, opening, paragraphs
from bot.letters.polling.polls import turnout
from bot.models import Link, Standing


def heading(standing: Standing, tongue: Tongue) -> Markup:
    """What all this is about, and how many took part in all."""
    return lines([bold(standing.poll.question), turnout(standing, tongue)])


def reached(people: int | None, *, unknown: bool, tongue: Tongue) -> Markup | None:
    """How many of those asked got our message; None of them is all or nearly all."""
    if unknown:
        return None
    if people is None:
        return tongue._("Our message reached all or nearly all of them.")
    return tongue.n_(
        "Our message reached about {n} of them.", "Our message reached about {n} of them.", people
    )


def step(first: date, last: date, people: int, whole: int, tongue: Tongue) -> Markup:
    """How many took part on a day, or on some days together."""
    day = tongue.date(first) if first == last else None
    if day:
        said = tongue.n_("{day}: {n} person", "{day}: {n} people", people, day=day)
    else:
        said = tongue.n_(
            "{first} to {last}: {n} person",
            "{first} to {last}: {n} people",
            people,
            first=tongue.date(first),
            last=tongue.date(last),
        )
    share = people / whole if whole else 0.0
    line = opening(said, rtl=tongue.rtl)
    return line + Markup("\n") + bar(share, rtl=tongue.rtl) if round(share * 10) else line


def by_link(told: Mapping[str, int], links: list[Link], whole: int, tongue: Tongue) -> list[Markup]:
    """A line for each link, the longest bar first."""
    named = {one.code: (one.kind, one.name) for one in links}
    rows = [(number, *named.get(code, (code, ""))) for code, number in told.items()]
    return [
        group(called(kind, name, tongue), number, tongue, share=number / whole if whole else 0.0)
        for number, kind, name in sorted(rows, key=lambda row: (-row[0], row[1], row[2]))
    ]


def by_area(told: Mapping[str, int], whole: int, tongue: Tongue) -> list[Markup]:
    """A line for each part of town."""
    return [
        group(area, number, tongue, share=number / whole if whole else 0.0)
        for area, number in sorted(told.items(), key=lambda row: (-row[1], row[0]))
    ]


def first_time(people: int, community: str, tongue: Tongue) -> Markup:
    """How many took part here who never had before."""
    return tongue.n_(
        "At least {n} person took part in {community} for the first time.",
        "At least {n} people took part in {community} for the first time.",
        people,
        community=community,
    )


def part(title: Markup, rows: list[Markup]) -> Markup | None:
    """A heading and its lines; nothing where there are none."""
    return lines([bold(title), *rows]) if rows else None


def limits(fewest: int, *, closed: bool, tongue: Tongue) -> Markup:
    """What these numbers cannot say, and why they come late."""
    small = tongue._(
        "Nothing is said of fewer than {n} people, so that nobody can be found out. So the parts may be fewer than the "
        "whole.",
        n=fewest,
    )
    if closed:
        return small
    return paragraphs(small, tongue._("These numbers come a while after the answers, some people at a time."))
