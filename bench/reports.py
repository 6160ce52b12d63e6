"""Taking a report in, finding its neighbours, looking at what is due, with few reports stored and with many: those that
are only stored must cost nothing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text

from bench.empty import KINDS, empty
from bench.postgresql import Server
from bot.db import Database
from bot.lifecycle import OPEN
from bot.message import Place
from bot.models import Address, Body, Community, Duty, Officer, Resident, Service, ServiceRequest, Team
from bot.services.community import communities
from bot.services.following_up import climbing
from bot.services.reporting import nearby, receiving
from bot.services.reporting.receiving import Draft

FEW, MANY = 1_000, 200_000
TURNS = 30  # of each kind in one round
NOW = datetime(2027, 1, 4, 10, tzinfo=UTC)
SOME = 5_000  # rows in one insert
ACROSS = 450  # reports side by side: some 50 metres apart, over 20 kilometres
MIDDLE = Place(51.45, -0.25)

Turn = Callable[[Database, int], Awaitable[Any]]
Found = dict[str, Any]


async def founded(database: Database, people: int) -> None:
    """A community, a body that does one service everywhere, and so many to report."""
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
        for number in range(people):
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


async def stored(database: Database, many: int, people: int) -> None:
    """So many reports around the middle of the town, half of them open, that lie there and are due some day. However
    many there are, they lie equally close."""
    spots = sorted(divmod(spot, ACROSS) for spot in range(ACROSS * ACROSS))
    spots.sort(key=lambda spot: max(abs(2 * spot[0] - ACROSS), abs(2 * spot[1] - ACROSS)))
    for first in range(0, many, SOME):
        rows = [_row(number, spots[number], people) for number in range(first, min(first + SOME, many))]
        async with database.writing() as session:
            await session.execute(insert(ServiceRequest), rows)
    async with database.writing() as session:
        await session.execute(text("ANALYZE"))


def _row(number: int, spot: tuple[int, int], people: int) -> dict[str, Any]:
    lat = MIDDLE.lat + (spot[0] - ACROSS // 2) * 0.0005
    long = MIDDLE.long + (spot[1] - ACROSS // 2) * 0.0007
    status = OPEN[number % len(OPEN)] if number % 2 else "fixed"
    return {
        "service_request_id": f"Z{number:06}",
        "community_id": 1,
        "service_code": "bins",
        "service_attributes": {},
        "description": "A full bin",
        "language": "en",
        "resident_id": 1 + number % people,
        "lat": lat,
        "long": long,
        "cell": nearby.cell(lat, long),
        "status": status,
        "body_id": 1,
        "team_id": 1,
        "because": {},
        "requested_datetime": NOW - timedelta(days=2),
        "updated_datetime": NOW,
        "review_at": NOW + timedelta(days=9) if status in OPEN else None,
        "check_at": NOW + timedelta(days=40),
    }


async def measured(server: Server, rounds: int) -> Found:
    """For each database and turn: milliseconds in each round, with few reports and with many, one after the other in
    each. They are those of the quickest tenth of a round's turns, for whatever else the machine does makes turns slower
    and none quicker."""
    found: Found = {"few": FEW, "many": MANY}
    people = rounds * TURNS
    for kind in KINDS:
        async with AsyncExitStack() as stack:
            towns = {}
            for many in (FEW, MANY):
                towns[many] = await stack.enter_async_context(empty(kind, server))
                await founded(towns[many], people)
                await stored(towns[many], many, people)
            found[kind] = {name: {str(many): [] for many in towns} for name in _TURNS}
            for round_ in range(rounds):
                for name, turn in _TURNS.items():
                    for many, town in towns.items():
                        took = await _quickest(turn, town, range(round_ * TURNS, (round_ + 1) * TURNS))
                        found[kind][name][str(many)].append(took)
    return found


async def _quickest(turn: Turn, database: Database, numbers: range) -> float:
    took = []
    for number in numbers:
        began = time.perf_counter()
        await turn(database, number)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(took, n=10)[0]


def _somewhere(number: int) -> Place:
    """Some of the places that have equally many neighbours in either town."""
    return Place(MIDDLE.lat, MIDDLE.long + (number % 20 - 10) / 3_000)


async def _report(database: Database, number: int) -> None:
    """The whole of a report's turn: its neighbours are looked for, it is routed, and its team is told. It is undone in
    the end: a commit takes what the disk takes, whatever is stored."""
    async with database.rehearsing() as session:
        community = (await session.scalars(select(Community))).one()
        by = await session.get_one(Resident, number + 1)
        place = _somewhere(number)
        await nearby.find(session, "bins", place)
        await receiving.report(session, community, Draft("A full bin", "bins", place=place), by=by, now=NOW)


async def _nearby(database: Database, number: int) -> None:
    async with database.reading() as session:
        await nearby.find(session, "bins", _somewhere(number))


async def _look(database: Database, number: int) -> None:
    """A tick of the clock that finds nothing due."""
    async with database.writing() as session:
        await climbing.climb(session, now=NOW)


_TURNS: dict[str, Turn] = {"report": _report, "nearby": _nearby, "tick": _look}
