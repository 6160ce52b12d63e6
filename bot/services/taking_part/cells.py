"""Numbers by group that give nobody away: small cells go together with others until no subtraction finds one. Pure.

A cell says how many people there are in a group and how many of them took part. It may be shown when at least
`FEWEST` did and at least `FEWEST` did not. Whoever knows the whole can subtract what is shown: so what is left over
must be such a cell as well, or empty; where it is not, the smallest shown cell goes to what is left over too. Sums and
differences of what is shown are then never about fewer than `FEWEST` people.

What is shown is also rounded, to steps of `FEWEST`: somebody who joins between two looks is not seen in the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.crowd import FEWEST

WORTH_A_HINT = 20  # people in a group that may be named as hardly reached


@dataclass(frozen=True, slots=True)
class Cell:
    """So many people, of whom so many took part."""

    people: int
    took_part: int

    @property
    def safe(self) -> bool:
        """Whether it may be shown."""
        return min(self.took_part, self.people - self.took_part) >= FEWEST

    def __add__(self, other: Cell) -> Cell:
        return Cell(self.people + other.people, self.took_part + other.took_part)

    @property
    def rounded(self) -> Cell:
        """About as many, in steps; still at least one step, and never more who took part than there are."""
        return Cell(_about(self.people), min(_about(self.took_part), _about(self.people)))


def _about(number: int) -> int:
    return max(FEWEST, FEWEST * ((2 * number + FEWEST) // (2 * FEWEST)))


NOBODY = Cell(0, 0)


@dataclass(frozen=True, slots=True)
class Split:
    """Groups that are shown, all others together (None where there are none, or nothing may be shown), and groups from
    which hardly anyone took part: fewer than `FEWEST`, and not even that number can be found out."""

    shown: Mapping[str, Cell]
    others: Cell | None
    hardly: tuple[str, ...]


NOTHING = Split({}, None, ())


def split(groups: Mapping[str, Cell], rest: Cell = NOBODY) -> Split:
    """What may be shown of these groups; `rest` are people in none of them, who are never shown by themselves."""
    shown = {name: cell for name, cell in groups.items() if cell.safe}
    hidden = {name: cell for name, cell in groups.items() if not cell.safe and cell.people}
    others = sum(hidden.values(), start=rest)
    while others.people and not others.safe:
        if not shown:
            return NOTHING
        smallest = min(shown, key=lambda name: (min(_sides(shown[name])), name))
        hidden[smallest] = shown.pop(smallest)
        others += hidden[smallest]
    hardly = _hardly(hidden, rest, others)
    if not shown:
        return Split({}, None, hardly)
    return Split(
        {name: cell.rounded for name, cell in shown.items()},
        others.rounded if others.people else None,
        hardly,
    )


def _sides(cell: Cell) -> tuple[int, int]:
    return cell.took_part, cell.people - cell.took_part


def _hardly(hidden: Mapping[str, Cell], rest: Cell, others: Cell) -> tuple[str, ...]:
    """Hidden groups that may be named as hardly reached.

    To name one says that between 0 and 4 of it took part. Somebody who knows how many people each group has, and how
    many of all the others took part, must not find out more: of a named group all of 0 to 4 stay possible, of every
    other at least as many numbers, or as many as were before.
    """
    names = tuple(
        sorted(
            name for name, cell in hidden.items() if cell.people >= WORTH_A_HINT and cell.took_part < FEWEST
        )
    )
    plain = {name: cell.people for name, cell in hidden.items()}
    named = plain | dict.fromkeys(names, FEWEST - 1)
    for name in hidden:
        before = _possible(name, plain, rest, others)
        after = _possible(name, named, rest, others)
        if after < (FEWEST if name in names else min(FEWEST, before)):
            return ()
    return names


def _possible(name: str, most: Mapping[str, int], rest: Cell, others: Cell) -> int:
    """How many numbers of people may have taken part in a hidden group, each group having so many at most."""
    elsewhere = sum(most.values()) - most[name] + rest.people
    least = max(0, others.took_part - elsewhere)
    return min(most[name], others.took_part) - least + 1


def told(block: Mapping[str, int]) -> dict[str, int]:
    """Which groups of these people may be told, each with its number; those under "" are in no group.

    People are told in blocks that do not overlap, and what is told of a block is never told anew: all that somebody can
    add up or subtract, at whatever moments they looked, are sums of such groups and of what is left of a block. So
    each group has at least `FEWEST` people, and what is left over is nobody or at least as many.
    """
    shown = {name: number for name, number in block.items() if name and number >= FEWEST}
    everybody = sum(max(0, number) for number in block.values())
    while shown and 0 < everybody - sum(shown.values()) < FEWEST:
        del shown[min(shown, key=lambda name: (shown[name], name))]
    return shown


@dataclass(frozen=True, slots=True)
class Step:
    """So many people from one day to another, both included."""

    first: date
    last: date
    people: int


def steps(counts: Sequence[tuple[date, int]], *, final: bool) -> list[Step]:
    """Days put together until each step has at least `FEWEST` people; `counts` are how many there were after each day.

    The newest step is held back until it is `final`: then it takes those in with it who are too few for a step of
    their own. So whoever subtracts the steps from the whole, now or later, finds nobody or at least `FEWEST`.
    """
    whole: list[Step] = []
    before, first, people = 0, None, 0
    for day, number in counts:
        first = first or day
        people += max(0, number - before)
        before = number
        if people >= FEWEST:
            whole.append(Step(first, day, people))
            first, people = None, 0
    if not final:
        return whole[:-1]
    if whole and people:
        whole[-1] = Step(whole[-1].first, counts[-1][0], whole[-1].people + people)
    return whole
