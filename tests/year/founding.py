"""The make-believe town on its first day: a community, ten bodies with their people, and its residents."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Address, Body, Community, Duty, Membership, Officer, Resident, Service, Team
from bot.services import communities
from tests.year.plan import BODIES, MANNERS, RESIDENTS, TEAMS

LANGUAGES = ("en", "en", "en", "pl", "cy", "ur")


async def found(session: AsyncSession, *, now: datetime) -> None:
    """Everybody there; nothing where they are already. Reports are found by their titles, quickly however many."""
    await session.execute(text("CREATE INDEX IF NOT EXISTS ix_titles ON service_requests (description)"))
    if await session.scalar(select(Community.id)) is not None:
        return
    town = await communities.add(
        session,
        "elm-park",
        {"en": "Elm Park"},
        zone="Europe/London",
        languages=("en", "cy", "pl", "ur"),
        now=now,
    )
    for number in range(2):
        olga = await _person(session, f"Olga{number}", "en", now=now)
        session.add(Membership(community_id=town.id, resident_id=olga.id, role="organiser", joined_at=now))
    for number in range(RESIDENTS):
        await _person(session, f"R{number}", LANGUAGES[number % len(LANGUAGES)], now=now)
    for number in range(BODIES):
        await _body(session, number, now=now)


async def _person(session: AsyncSession, name: str, language: str, *, now: datetime) -> Resident:
    person = Resident(
        name=name, language=language, interests=[], created_at=now, greeted_at=now, agreed_at=now
    )
    session.add(person)
    await session.flush()
    session.add(Address(channel="paper", chat=name, resident_id=person.id, preferred=True, created_at=now))
    return person


async def _body(session: AsyncSession, number: int, *, now: datetime) -> None:
    """A body with two teams that does one service anywhere. Some have no lead, some no director."""
    body = Body(
        slug=f"body-{number}",
        names={"en": f"Body {number}"},
        kind="district",
        zone="Europe/London",
        calendar="GB-ENG",
        created_at=now,
    )
    session.add(body)
    session.add(Service(service_code=f"s{number}", names={"en": f"Service {number}"}))
    await session.flush()
    teams = [
        Team(body_id=body.id, slug=f"t{one}", names={"en": f"Team {one}"}, created_at=now)
        for one in range(TEAMS)
    ]
    session.add_all(teams)
    await session.flush()
    duty = Duty(body_id=body.id, team_id=teams[0].id, service_code=f"s{number}", created_at=now)
    duty.resolve_days = 10 + 5 * (number % 3)
    session.add(duty)
    if MANNERS[number] == "nobody":
        return
    for place, team in enumerate(teams):
        posts = ["officer", "officer", *(["lead"] if number % 3 else [])]
        for one, post in enumerate(posts):
            name = f"B{number}T{place}{'L' if post == 'lead' else f'O{one}'}"
            await _officer(session, body, team, name, post, now=now)
    if number % 4:
        await _officer(session, body, None, f"B{number}D", "director", now=now)
    if number % 2:
        await _officer(session, body, None, f"B{number}C", "councillor", now=now)


async def _officer(
    session: AsyncSession, body: Body, team: Team | None, name: str, post: str, *, now: datetime
) -> None:
    person = await _person(session, name, "en", now=now)
    number = None if team is None else team.id
    session.add(Officer(body_id=body.id, team_id=number, resident_id=person.id, post=post, since=now))
