"""What a look at the desk and counting its numbers cost with 1,000 and with 200,000 reports."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from bench.empty import KINDS, empty
from bench.postgresql import Server
from bot.db import Database
from bot.models import Body, Community, Concern, Officer, Resident, Service, ServiceRequest, Team
from bot.services.answering import desk, report_numbers

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIZES = (1_000, 200_000)
TEAMS, OPEN, CROWDED = 20, 300, 5_000  # open reports of the officer's team, and of one that is far behind
LOOKS = 60


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Reports of a year: those of the first team first, then a team that is far behind, then all others."""
    chance = random.Random(count)  # noqa: S311 - the same town each time
    for number in range(1, count + 1):
        is_open = number <= OPEN or (count > 2 * CROWDED and number <= OPEN + CROWDED)
        team = 1 if number <= OPEN else 2 if is_open else 3 + number % (TEAMS - 2)
        asked = NOW - timedelta(days=chance.randrange(365), minutes=chance.randrange(1440))
        took = timedelta(days=chance.randrange(40))
        ended = not is_open and chance.random() < 0.92
        yield {
            "id": number,
            "service_request_id": f"R{number}",
            "community_id": 1,
            "service_code": f"s{number % 8}",
            "description": "An overflowing bin beside the bench, for days now. " * chance.randrange(1, 5),
            "language": "en",
            "resident_id": 1 + number % 1000,
            "status": "fixed" if ended else "confirmed",
            "body_id": 1 + team % 2,
            "team_id": team,
            "officer_id": 1 if team == 1 and number % 5 == 0 else None,
            "people": 1 + min(chance.randrange(1, 40) // 30 * number % 9, 9),
            "hops": number % 9 // 7,
            "reopened": number % 30 // 29,
            "requested_datetime": asked,
            "updated_datetime": asked,
            "acknowledge_by": asked + timedelta(days=1),
            "answer_by": asked + timedelta(days=5),
            "expected_datetime": asked + timedelta(days=28),
            "acknowledged_at": asked + took / 8,
            "answered_at": asked + took / 4 if number % 3 else None,
            "resolved_at": min(asked + took, NOW) if ended else None,
            "found_fixed": (number % 7 > 0) if ended and number % 4 == 0 else None,
        }


async def fill(database: Database, count: int) -> None:
    """A town with so many reports."""
    async with database.writing() as session:
        session.add_all(Resident(id=n, language="en", interests=[], created_at=NOW) for n in range(1, 1001))
        session.add(
            Community(id=1, slug="elm", names={"en": "Elm"}, zone="Europe/London", languages=["en"],
                      areas=[], created_at=NOW)
        )  # fmt: skip
        session.add_all(Service(service_code=f"s{n}", names={"en": f"Kind {n}"}) for n in range(8))
        session.add_all(
            Body(
                id=n,
                slug=f"b{n}",
                names={"en": f"Body {n}"},
                kind="council",
                zone="Europe/London",
                created_at=NOW,
            )
            for n in (1, 2)
        )
        await session.flush()
        session.add_all(
            Team(id=n, body_id=1 + n % 2, slug=f"t{n}", names={"en": f"Team {n}"}, created_at=NOW)
            for n in range(1, TEAMS + 1)
        )
        await session.flush()
        session.add_all(
            Officer(id=n, body_id=1 + n % 2, team_id=n, resident_id=n, post="officer", since=NOW)
            for n in (1, 2)
        )
    made = rows(count)
    while chunk := [row for row, _ in zip(made, range(5_000), strict=False)]:
        async with database.writing() as session:
            await session.execute(insert(ServiceRequest), chunk)
            concerns = [
                {
                    "service_request_id": one["id"],
                    "resident_id": one["resident_id"],
                    "why": "reporter",
                    "since": NOW,
                }
                for one in chunk
            ]
            await session.execute(insert(Concern), concerns)
    async with database.writing() as session:
        await session.execute(text("ANALYZE"))


async def looks(database: Database, look: Callable[[AsyncSession], Awaitable[object]], times: int) -> float:
    """Milliseconds of one, in the middle of many."""
    took = []
    for _ in range(times):
        async with database.reading() as session:
            began = time.perf_counter()
            await look(session)
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[times // 4 :])


def first_page(officer: int, which: str = "team") -> Callable[[AsyncSession], Awaitable[object]]:
    """What `/desk` reads for an officer."""

    async def look(session: AsyncSession) -> object:
        mine = await desk.reach(session, await session.get_one(Resident, officer))
        return await desk.page(session, mine, which, 0, now=NOW)

    return look


async def _numbers(session: AsyncSession) -> object:
    body = await session.get_one(Body, 1)
    return await report_numbers.of_body(session, body, now=NOW)


async def measured(server: Server) -> dict[str, Any]:
    """Milliseconds by database, number of reports and look: the lists of an officer, of one whose team is far behind,
    and the numbers of a body that has half of all reports, counted anew."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        for count in SIZES:
            async with empty(kind, server) as database:
                await fill(database, count)
                lists = {which: first_page(1, which) for which in desk.FOR_OFFICERS}
                if count > 2 * CROWDED:
                    lists["far behind"] = first_page(2)
                took = {which: await looks(database, look, LOOKS) for which, look in lists.items()}
                took["numbers"] = await looks(database, _numbers, 4)
                found.setdefault(kind, {})[str(count)] = took
    return found
