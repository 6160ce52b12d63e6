"""`python -m bench.reports`: taking a report in, finding its neighbours, looking at what is due, with few reports and
with many: the number of those that are only stored must cost nothing."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.engine import URL, make_url

from bench.postgresql import serving
from bot.db import Database, upgrade
from bot.lifecycle import OPEN
from bot.message import Place
from bot.models import Address, Body, Community, Duty, Officer, Resident, Service, ServiceRequest, Team
from bot.services import climbing, communities, nearby, reports
from bot.services.reports import Draft

FEW, MANY = 1_000, 200_000
ROUNDS = 5
TURNS = 30  # of each kind in one round
FLAT = 0.15
NOW = datetime(2027, 1, 4, 10, tzinfo=UTC)
SOME = 5_000  # rows in one insert
ACROSS = 450  # reports side by side: some 50 metres apart, over 20 kilometres

Turn = Callable[[int], Awaitable[Any]]


async def founded(database: Database) -> None:
    """A community, a body that does one service everywhere, and somebody to report."""
    async with database.writing() as session:
        await communities.add(
            session, "elm-park", {"en": "Elm Park"}, zone="Europe/London", languages=("en",), now=NOW
        )
        body = Body(
            slug="north", names={"en": "North"}, kind="district", zone="Europe/London", created_at=NOW
        )
        session.add_all([body, Service(service_code="bins", names={"en": "Bins"})])
        await session.flush()
        team = Team(body_id=body.id, slug="waste", names={"en": "Waste"}, created_at=NOW)
        session.add(team)
        await session.flush()
        session.add(Duty(body_id=body.id, team_id=team.id, service_code="bins", created_at=NOW))
        for number in range(ROUNDS * TURNS + 2):
            person = Resident(language="en", interests=[], created_at=NOW, greeted_at=NOW)
            session.add(person)
            await session.flush()
            chat = Address(
                channel="bench", chat=f"{number}", resident_id=person.id, preferred=True, created_at=NOW
            )
            session.add(chat)
            if number < 2:
                session.add(
                    Officer(
                        body_id=body.id, team_id=team.id, resident_id=person.id, post="officer", since=NOW
                    )
                )


async def stored(database: Database, many: int) -> None:
    """So many reports, half of them open, that lie there and are due some day."""
    for first in range(1, many + 1, SOME):
        rows = [_row(number) for number in range(first, min(first + SOME, many + 1))]
        async with database.writing() as session:
            await session.execute(insert(ServiceRequest), rows)
    async with database.writing() as session:
        await session.execute(text("ANALYZE"))


def _row(number: int) -> dict[str, Any]:
    lat, long = 51.4 + number // ACROSS * 0.0005, -0.3 + number % ACROSS * 0.0007
    status = OPEN[number % len(OPEN)] if number % 2 else "fixed"
    return {
        "service_request_id": f"Z{number:06}",
        "community_id": 1,
        "service_code": "bins",
        "service_attributes": {},
        "description": "A full bin",
        "language": "en",
        "lat": lat,
        "long": long,
        "cell": nearby.cell(lat, long),
        "status": status,
        "body_id": 1,
        "team_id": 1,
        "because": {},
        "requested_datetime": NOW,
        "updated_datetime": NOW,
        "review_at": NOW + timedelta(days=9) if status in OPEN else None,
        "check_at": NOW + timedelta(days=40),
    }


async def measured(url: URL, many: int) -> dict[str, float]:
    """Milliseconds of a turn by its kind, with so many reports there: those of the quickest tenth of all turns, for
    whatever else the machine does makes turns slower and none quicker."""
    database = Database(url)
    try:
        await upgrade(url)
        await founded(database)
        await stored(database, many)
        kinds: dict[str, Turn] = {
            "report": lambda number: _report(database, number),
            "nearby": lambda number: _nearby(database, number),
            "tick": lambda number: _look(database, number),
        }
        found: dict[str, list[float]] = {name: [] for name in kinds}
        for round_ in range(ROUNDS):
            for name, turn in kinds.items():
                for number in range(round_ * TURNS, (round_ + 1) * TURNS):
                    began = time.perf_counter()
                    await turn(number)
                    found[name].append((time.perf_counter() - began) * 1000)
        return {name: statistics.quantiles(some, n=10)[0] for name, some in found.items()}
    finally:
        await database.close()


async def _report(database: Database, number: int) -> None:
    """The whole of a report's turn: its neighbours are looked for, it is routed, and its team is told. It is undone in
    the end: a commit takes what the disk takes, whatever is stored."""
    async with database.rehearsing() as session:
        community = (await session.scalars(select(Community))).one()
        by = await session.get_one(Resident, number + 3)
        place = Place(51.45, -0.2 + number / 10_000)
        await nearby.find(session, "bins", place)
        await reports.report(session, community, Draft("A full bin", "bins", place=place), by=by, now=NOW)


async def _nearby(database: Database, number: int) -> None:
    async with database.reading() as session:
        await nearby.find(session, "bins", Place(51.45, -0.25 + number / 10_000))


async def _look(database: Database, number: int) -> None:
    """A tick of the clock that finds nothing due."""
    async with database.writing() as session:
        await climbing.climb(session, now=NOW)


def _asyncpg(address: str) -> URL:
    return make_url(address).set(drivername="postgresql+asyncpg")


async def main() -> int:
    """Measure on both databases and say; 1 where size costs something."""
    steep = False
    with tempfile.TemporaryDirectory() as folder:
        async with serving() as server:
            urls = {
                "SQLite": [
                    URL.create("sqlite+aiosqlite", database=str(Path(folder) / f"{many}.db"))
                    for many in (FEW, MANY)
                ],
                "PostgreSQL": [_asyncpg(await server.fresh()) for _ in range(2)],
            }
            for title, (small, big) in urls.items():
                few, many = await measured(small, FEW), await measured(big, MANY)
                for kind in few:
                    more = many[kind] / few[kind] - 1
                    steep |= more > FLAT
                    sys.stdout.write(
                        f"{title}, {kind}: {few[kind]:.2f} ms at {FEW:,}, {many[kind]:.2f} at {MANY:,}"
                        f" ({more:+.0%})\n"
                    )
                    sys.stdout.flush()
    return int(steep)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
