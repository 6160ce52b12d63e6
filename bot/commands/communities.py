"""`folkmoot community`: found one, list them."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.saying import AsJson, say, say_json

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.conversation.turn import Links
    from bot.models import Community
    from bot.settings import Settings


def add(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="A short name for links, such as elm-park.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="Its name, such as “Elm Park”.")],
    zone: Annotated[str, typer.Option(metavar="ZONE", help="Its time zone, such as Europe/London.")],
    languages: Annotated[
        str,
        typer.Option(metavar="CODES", help="What its people read, such as en,cy,pl,ur; the first is usual."),
    ],
    name_in: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE=NAME", help="Its name in a language, such as cy=“Parc y Llwyf”. Repeat at will."
        ),
    ] = None,
    area: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A part of town that people may name. Repeat at will."),
    ] = None,
    at: Annotated[str | None, typer.Option(metavar="LAT,LON", help="Its middle, such as 51.55,0.19.")] = None,
    json: AsJson = False,
) -> None:
    """Found a community."""
    from bot.message import Place
    from bot.settings import read

    spoken = [code.strip() for code in languages.split(",") if code.strip()]
    names = {spoken[0] if spoken else "en": name} | dict(_named(each) for each in name_in or ())
    place = Place(*_point(at)) if at else None
    facts = asyncio.run(_add(read(), slug, names, zone=zone, languages=spoken, areas=area or (), place=place))
    if json:
        say_json(facts)
        return
    say(
        f"{facts['name']} is founded. People find it here:",
        *(f"  {link}" for link in facts["links"].values() if link),
        f"Invite its first organiser with: folkmoot invite organiser --community {facts['slug']}",
    )


def _named(text: str) -> tuple[str, str]:
    language, sign, name = text.partition("=")
    if not sign or not language.strip() or not name.strip():
        raise typer.BadParameter(f"“{text}” should look like cy=“Parc y Llwyf”.", param_hint="--name-in")
    return language.strip(), name.strip()


def _point(text: str) -> tuple[float, float]:
    found = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*", text)
    if not found or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        raise typer.BadParameter(f"“{text}” should look like 51.55,0.19 (north, east).", param_hint="--at")
    return float(found[1]), float(found[2])


async def _add(settings: Settings, slug: str, names: dict[str, str], **details: Any) -> dict[str, Any]:
    from bot.clock import utc_now
    from bot.commands.town import links_for, town
    from bot.services.community import communities

    async with town(settings, begin=True) as database, database.writing() as session:
        founded = await communities.add(session, slug.strip().lower(), names, now=utc_now(), **details)
        return await _facts(session, await links_for(session, settings), founded)


def show(json: AsJson = False) -> None:
    """List the communities."""
    from bot.settings import read

    found = asyncio.run(_listed(read()))
    if json:
        say_json(found)
    elif not found:
        say("There are no communities yet. Found one with: folkmoot community add")
    for one in () if json else found:
        organised = f"{one['organisers']} of them organisers" if one["organisers"] else "no organiser yet"
        say(
            f"{one['slug']}: {one['name']} ({', '.join(one['languages'])}; {one['zone']}), "
            f"people: {one['people']}, {organised}"
        )


async def _listed(settings: Settings) -> list[dict[str, Any]]:
    from bot.commands.town import links_for, town
    from bot.services.community import communities

    async with town(settings) as database, database.reading() as session:
        links = await links_for(session, settings)
        return [await _facts(session, links, one) for one in await communities.listed(session)]


async def _facts(session: AsyncSession, links: Links, one: Community) -> dict[str, Any]:
    from bot.services.community import communities

    return {
        "slug": one.slug,
        "name": one.name_in(one.languages[0]),
        "names": one.names,
        "zone": one.zone,
        "languages": one.languages,
        "areas": one.areas,
        "people": await communities.size(session, one.id),
        "organisers": len(await communities.organisers(session, one.id)),
        "links": dict(links("", one.slug)),
    }
