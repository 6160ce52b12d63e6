"""A town whose days go by: mornings at the desk, and what those in charge do and are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot import report_jobs
from bot.message import Place
from bot.models import Community, Happening, Resident, ServiceRequest
from bot.services.reporting import receiving
from bot.services.reporting.receiving import Draft
from tests.council import Council, a_body, a_director, an_officer, newest
from tests.town import Person, Town

LONDON = ZoneInfo("Europe/London")
HERE = Place(51.5, -0.1)


@dataclass
class Desk:
    """A report of Alice's, Bob and Lena his lead in the team that has it, and Dora who directs the body."""

    town: Town
    council: Council
    alice: Person
    bob: Person
    lena: Person
    dora: Person
    number: int

    async def does(self, name: str, act: Callable[..., Awaitable[Any]], *given: Any, **more: Any) -> Any:
        """Somebody does something; a service is called as a handler would."""
        async with self.town.folkmoot.database.writing() as session:
            by = await session.scalar(select(Resident).where(Resident.name == name))
            done = await act(session, *given, by=by, now=self.town.clock(), **more)
        await self.town.quiet()
        return done

    async def report(self) -> ServiceRequest:
        """As it stands now."""
        async with self.town.folkmoot.database.reading() as session:
            return await session.get_one(ServiceRequest, self.number)

    async def history(self) -> list[Happening]:
        """All that happened to it."""
        async with self.town.folkmoot.database.reading() as session:
            found = select(Happening).where(Happening.service_request_id == self.number)
            return list(await session.scalars(found.order_by(Happening.id)))

    async def events(self, event: str) -> list[Happening]:
        """Of one kind."""
        return [one for one in await self.history() if one.event == event]


async def a_desk(town: Town) -> Desk:
    """Everybody there, and a report that came on Monday at ten."""
    council = await a_body(town)
    bob = await an_officer(town, "Bob", council.waste)
    lena = await an_officer(town, "Lena", council.waste, "lead")
    dora = await a_director(town, "Dora", council)
    alice = await named(town, "Alice")
    number = await reported(town, "Alice")
    return Desk(town, council, alice, bob, lena, dora, number)


async def named(town: Town, name: str, language: str = "en") -> Person:
    """A member whose name we know."""
    person = await town.member(name, language=language)
    async with town.folkmoot.database.writing() as session:
        await newest(session, name)
    return person


async def reported(
    town: Town, name: str, words: str = "The bin is full", service: str | None = "bins", **more: Any
) -> int:
    """Somebody reports something; its number."""
    async with town.folkmoot.database.writing() as session:
        community = (await session.scalars(select(Community))).one()
        by = (await session.scalars(select(Resident).where(Resident.name == name))).one()
        draft = Draft(words, service, place=HERE, address="Elm Road", **more)
        made = await receiving.report(session, community, draft, by=by, now=town.clock())
    await town.quiet()
    return made.id


async def looks(town: Town) -> None:
    """The jobs of reports run, and run once more, which must make no difference."""
    for _, job, _ in [*report_jobs.JOBS, *report_jobs.JOBS]:
        more: bool | None = True
        while more:
            async with town.folkmoot.database.writing() as session:
                more = await job(session, town.clock())
    await town.quiet()


async def mornings(town: Town, days: int = 1, *, at: time = time(9, 5)) -> None:
    """So many mornings go by, and each time somebody looks."""
    for _ in range(days):
        await at_once(town, at=at)


async def at_once(town: Town, days: int = 1, *, at: time = time(9, 5)) -> None:
    """So many days go by at once: until the next morning, or one after it. Before and after we were down."""
    here = town.clock().astimezone(LONDON)
    day = here.date() + timedelta(days=days - (here.time() < at))
    town.clock.now = datetime.combine(day, at, LONDON).astimezone(town.clock().tzinfo)
    await looks(town)


async def untouched(town: Town) -> list[ServiceRequest]:
    """Open reports at which nobody will look again: there must be none."""
    async with town.folkmoot.database.reading() as session:
        lost = select(ServiceRequest).where(
            ServiceRequest.resolved_at.is_(None),
            ServiceRequest.review_at.is_(None) | (ServiceRequest.review_at <= town.clock()),
        )
        return list(await session.scalars(lost))
