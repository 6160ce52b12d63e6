"""The make-believe town on its first day: a community, ten bodies with their people, and its residents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Address, Body, Community, Duty, Membership, Officer, Resident, Service, Team
from bot.services.community import communities
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
    languages = {f"Olga{number}": "en" for number in range(2)}
    languages |= {f"R{number}": LANGUAGES[number % len(LANGUAGES)] for number in range(RESIDENTS)}
    languages |= {name: "en" for number in range(BODIES) for name, _, _ in _posts(number)}
    people = await _people(session, languages, now=now)
    for name in ("Olga0", "Olga1"):
        session.add(
            Membership(community_id=town.id, resident_id=people[name], role="organiser", joined_at=now)
        )
    for number in range(BODIES):
        await _body(session, number, people, now=now)


async def _people(session: AsyncSession, languages: Mapping[str, str], *, now: datetime) -> dict[str, int]:
    """People by their names, each with an address."""
    people = {
        name: Resident(name=name, language=code, interests=[], created_at=now, greeted_at=now, agreed_at=now)
        for name, code in languages.items()
    }
    session.add_all(people.values())
    await session.flush()
    session.add_all(
        Address(channel="paper", chat=name, resident_id=one.id, preferred=True, created_at=now)
        for name, one in people.items()
    )
    await session.flush()
    return {name: one.id for name, one in people.items()}


def _posts(number: int) -> Iterator[tuple[str, int | None, str]]:
    """Who works in a body: name, team and post. Some have no lead, some no director, one has nobody."""
    if MANNERS[number] == "nobody":
        return
    for team in range(TEAMS):
        for one, post in enumerate(["officer", "officer", *(["lead"] if number % 3 else [])]):
            yield f"B{number}T{team}{'L' if post == 'lead' else f'O{one}'}", team, post
    if number % 4:
        yield f"B{number}D", None, "director"
    if number % 2:
        yield f"B{number}C", None, "councillor"


async def _body(session: AsyncSession, number: int, people: Mapping[str, int], *, now: datetime) -> None:
    """A body with two teams that does one service anywhere."""
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
    session.add_all(
        Officer(
            body_id=body.id,
            team_id=None if team is None else teams[team].id,
            resident_id=people[name],
            post=post,
            since=now,
        )
        for name, team, post in _posts(number)
    )
