"""Who looks after what in the make-believe town: from the same files, by the same importer, as any operator would."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import bodies_file
from bot.bodies_file import places
from bot.models import Body, Officer, Resident, Team
from bot.services.in_charge import officers
from bot.services.in_charge.officers import Place

OFFICERS = (
    ("Wanda", "pl", "elm-district", "waste", "officer"),
    ("Stella", "en", "elm-district", "streets", "lead"),
    ("Huw", "cy", "elmshire", "highways", "lead"),
)
"""Name, language, body, team, post."""


async def settle(session: AsyncSession, *, now: datetime) -> list[Officer]:
    """Two bodies with their wards, streets and lamp posts, and an officer in each of three teams."""
    with ExitStack() as opened:
        folder = opened.enter_context(as_file(files("bot.demo")))
        await _read(session, folder, now=now)
    return [
        await _fill(session, name, language, body, team, post, now=now)
        for name, language, body, team, post in OFFICERS
    ]


async def _read(session: AsyncSession, folder: Path, *, now: datetime) -> None:
    bundle = bodies_file.read([folder / "bodies.yaml"], today=now.date())
    await bodies_file.put(session, bundle, now=now)
    await places.put_places(session, places.read_places(folder / "places.csv"), whole=False, now=now)
    await places.put_spots(session, places.read_spots(folder / "spots.csv"), now=now)


async def _fill(
    session: AsyncSession, name: str, language: str, body: str, team: str, post: str, *, now: datetime
) -> Officer:
    """Somebody without an address: nothing is ever sent to them."""
    somebody = Resident(language=language, name=name, interests=[], created_at=now, greeted_at=now)
    session.add(somebody)
    await session.flush()
    where = (await session.scalars(select(Body).where(Body.slug == body))).one()
    its = (await session.scalars(select(Team).where(Team.body_id == where.id, Team.slug == team))).one()
    offer = await officers.invite(session, Place(where, its, post), by=None, now=now)
    return await officers.take_up(session, offer.invitation, by=somebody, now=now)
