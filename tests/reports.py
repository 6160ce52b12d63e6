"""Reports for tests, made by the service without the talk that leads to them; and the surroundings of their place."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from bot import chores
from bot.message import Media, Place
from bot.models import Area, Community, NamedPlace, Resident, ServiceRequest
from bot.services.reporting import receiving
from bot.services.reporting.receiving import Draft
from tests.photographs import photograph
from tests.town import Town

HERE = Place(51.50012, -0.12049)
BIN = Media("photo", {"paper": "bin.jpg"}, size=100_000)


async def a_report(
    town: Town,
    words: str = "The bin is full",
    kind: str | None = "bins",
    *,
    at: Place | None = HERE,
    address: str | None = "12 Elm Road",
    media: tuple[Media, ...] = (),
    confidential: bool = False,
    **changed: Any,
) -> ServiceRequest:
    """Somebody new reports something; then it is `changed`."""
    community = await town.community()
    async with town.folkmoot.database.writing() as session:
        by = Resident(name="Ada Secret", language="en", created_at=town.clock())
        session.add(by)
        await session.flush()
        draft = Draft(words, kind, {}, at, address, media, confidential=confidential)
        made = await receiving.report(session, community, draft, by=by, now=town.clock())
        if changed:
            await session.execute(
                update(ServiceRequest).where(ServiceRequest.id == made.id).values(**changed)
            )
    return await fresh(town, made)


async def fresh(town: Town, made: ServiceRequest) -> ServiceRequest:
    """As it is now."""
    async with town.folkmoot.database.reading() as session:
        return await session.get_one(ServiceRequest, made.id)


async def photos_come(town: Town, content: bytes | Exception | None = None) -> None:
    """The pictures of reports are fetched; the channel brings this."""

    async def fetch(_: Media) -> bytes:
        if isinstance(content, Exception):
            raise content
        return photograph(size=(900, 600)) if content is None else content

    town.folkmoot.intake.fetch = fetch
    await chores.Photos(town.folkmoot.database, town.clock, town.folkmoot.intake).look()
    await town.quiet()


async def surroundings(town: Town, here: Place = HERE) -> None:
    """A ward around a place, private ground at its edge, and two streets."""
    community = await town.community()
    async with town.folkmoot.database.writing() as session:
        mall = Place(here.lat + 0.008, here.long + 0.008)
        for slug, kind, at, wide in (("north-ward", "ward", here, 0.01), ("mall", "private", mall, 0.001)):
            session.add(
                Area(
                    slug=slug,
                    names={"en": slug.replace("-", " ").title(), "ur": "شمالی وارڈ"},
                    kind=kind,
                    geometry=square(at, wide),
                    size=wide,
                    changed_at=town.clock(),
                )
            )
        for name, off in (("Elm Road", 0.0004), ("Mill Lane", 0.003)):
            session.add(
                NamedPlace(
                    name=name, folded=name.lower(), kind="street", lat=here.lat + off, long=here.long + off
                )
            )
        row = await session.scalar(select(Community).where(Community.id == community.id))
        assert row is not None
        row.lat, row.long = here.lat, here.long


def square(here: Place, wide: float) -> dict[str, Any]:
    """A square around a place, as GeoJSON."""
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    ring = [[here.long + wide * east, here.lat + wide * north] for east, north in corners]
    return {"type": "Polygon", "coordinates": [ring]}
