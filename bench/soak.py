"""`python -m bench.soak [--minutes 10]`: half of the maximum load for long; exit code 1 where something grows."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import linear_regression, median, quantiles

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from bench import machine
from bench.contenders import BY_NAME, Started, settings
from bench.load import Load
from bench.postgresql import serving
from bench.running import ENOUGH, IN_FLIGHT, at_work, everybody, until
from bot.db import Database
from bot.models import Base, Envelope, Seen

BOTS = {"sqlite": "folkmoot-sqlite-polling", "postgresql": "folkmoot-postgresql-polling"}
EVERY = 5.0  # seconds between two looks
GROWS = {Seen.__tablename__: 1.0, Envelope.__tablename__: 2.0}
"""Rows a vote that a table may grow by; the hourly tidying takes them away after their stated age. No other table may
grow, except by one row a resident who takes part for the first time."""

console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may grow by how much between the first and the last third of the looks."""

    memory_mb: float = 8.0
    files: int = 5
    rows: int = 50
    slower: float = 3.0  # times the p99 of the first third


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one moment; `tables` has rows by name, `waits` the milliseconds of answers since the last."""

    at: float
    votes: int
    memory_mb: float
    files: int
    unsent: int
    tables: dict[str, int]
    waits: Sequence[float] = field(default_factory=tuple)


def main() -> None:
    """Soak, show, judge."""
    wishes = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    wishes.add_argument("--minutes", type=float, default=10)
    wishes.add_argument("--database", choices=BOTS, default="sqlite")
    asked = wishes.parse_args()
    looks = asyncio.run(_soaked(BOTS[asked.database], asked.minutes * 60))
    _show(looks)
    found = judged(looks, Bounds())
    for complaint in found:
        console.print(f"[red]{complaint}")
    if not found:
        console.print("Nothing grew beyond its bounds.")
    sys.exit(1 if found else 0)


async def _soaked(name: str, seconds: float) -> list[Look]:
    contender = BY_NAME[name]
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving())
        load, started = await stack.enter_async_context(at_work(contender, server))
        load.keep(IN_FLIGHT)
        await everybody(load)
        began, first = time.monotonic(), len(load.done)
        await until(load, first + ENOUGH, 5)
        rate = (len(load.done) - first) / (time.monotonic() - began) / 2
        await load.rest()
        console.print(f"{rate:,.0f} votes/s for {seconds / 60:,.1f} minutes, on {contender.title}")
        database = Database(settings(started.ground.url).database)
        stack.push_async_callback(database.close)
        tapping = asyncio.create_task(load.at(rate, seconds))
        stack.callback(tapping.cancel)
        looks: list[Look] = []
        while not tapping.done():
            await asyncio.wait([tapping], timeout=EVERY)
            looks.append(await _look(load, started, database, looks))
        await tapping
        return looks


async def _look(load: Load, started: Started, database: Database, before: Sequence[Look]) -> Look:
    since = before[-1].votes if before else 0
    taps = load.done[since:]
    async with database.reading() as session:
        tables = {
            table.name: int(await session.scalar(select(func.count()).select_from(table)) or 0)
            for table in Base.metadata.sorted_tables
        }
        unsent = await session.scalar(
            select(func.count()).select_from(Envelope).where(Envelope.done_at.is_(None))
        )
    return Look(
        at=time.monotonic(),
        votes=len(load.done),
        memory_mb=machine.memory(started.pids) / 2**20,
        files=sum(map(machine.files, started.pids)),
        unsent=int(unsent or 0),
        tables=tables,
        waits=[(tap.answered - tap.began) * 1000 for tap in taps],
    )


def judged(looks: Sequence[Look], bounds: Bounds) -> list[str]:
    """What grew beyond its bounds, in a sentence each; the first look is not judged."""
    third = max(1, (len(looks) - 1) // 3)
    first, last = looks[1 : 1 + third], looks[-third:]
    votes = looks[-1].votes - looks[1].votes if len(looks) > 1 else 0
    found = []

    def compare(what: str, early: float, late: float, room: float) -> None:
        if late - early > room:
            found.append(f"{what} grew from {early:,.0f} to {late:,.0f}; {room:,.0f} more are allowed.")

    compare("Memory in MiB", _middle(first, "memory_mb"), _middle(last, "memory_mb"), bounds.memory_mb)
    # PostgreSQL's processes open and close theirs as they like: what is lost shows in the most that there are.
    compare("Open files", max(one.files for one in first), max(one.files for one in last), bounds.files)
    compare("Unsent letters", _middle(first, "unsent"), _middle(last, "unsent"), bounds.rows)
    for name in looks[-1].tables:
        room = bounds.rows + 1.1 * GROWS.get(name, 0.0) * votes
        compare(f"The table {name}", looks[1].tables[name], looks[-1].tables[name], room)
    early, late = _p99(first), _p99(last)
    if late > bounds.slower * early:
        found.append(f"Answers took {late:,.0f} ms at the end and {early:,.0f} ms at the beginning (p99).")
    return found


def _middle(looks: Sequence[Look], figure: str) -> float:
    return float(median(getattr(look, figure) for look in looks))


def _p99(looks: Sequence[Look]) -> float:
    waits = [wait for look in looks for wait in look.waits]
    return quantiles(waits, n=100)[98] if len(waits) > 1 else 0.0


def _show(looks: Sequence[Look]) -> None:
    shown = Table(
        caption="Rows of the tables that grow are bounded by the age at which they are tidied away."
    )
    for heading in ("seconds", "votes", "MiB", "files", "unsent", *GROWS, "p99 ms"):
        shown.add_column(heading, justify="right")
    for look in looks[:: max(1, len(looks) // 20)]:
        rows = [f"{look.tables[name]:,}" for name in GROWS]
        shown.add_row(
            f"{look.at - looks[0].at:,.0f}", f"{look.votes:,}", f"{look.memory_mb:,.1f}", str(look.files),
            f"{look.unsent:,}", *rows, f"{_p99([look]):,.1f}",
        )  # fmt: skip
    console.print(shown)
    late = looks[len(looks) // 2 :]
    if len(late) > 1 and late[-1].votes > late[0].votes:
        line = linear_regression([look.votes for look in late], [look.memory_mb for look in late])
        console.print(f"Memory: {line.slope * 100_000:+.2f} MiB for each 100,000 votes in the second half.")


if __name__ == "__main__":
    main()
