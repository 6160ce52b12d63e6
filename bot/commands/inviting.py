"""`folkmoot invite`: a one-time, expiring link to a role."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.saying import AsJson, moment, say, say_json

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.services.community.invitations import Offer
    from bot.services.in_charge.officers import Place
    from bot.settings import Settings


class Role(StrEnum):
    """What one can be invited to be."""

    organiser = "organiser"
    officer = "officer"


class Post(StrEnum):
    """What an officer can be: see POSTS in `bot/models/bodies.py`."""

    officer = "officer"
    lead = "lead"
    director = "director"
    councillor = "councillor"


def invite(
    role: Annotated[Role, typer.Argument(help="organiser asks questions; officer fills a post of a body.")],
    community: Annotated[
        str | None, typer.Option(metavar="SLUG", help="The community's short name, for an organiser.")
    ] = None,
    body: Annotated[
        str | None, typer.Option(metavar="SLUG", help="The body's short name, for an officer.")
    ] = None,
    team: Annotated[
        str | None, typer.Option(metavar="SLUG", help="The team's short name, for an officer or a lead.")
    ] = None,
    post: Annotated[
        Post, typer.Option(help="Which post; director and councillor are without a team.")
    ] = Post.officer,
    area: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="The area that a councillor is for; all of the body if left out."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Make a link that gives one person a role, once."""
    from bot.settings import read

    if role is Role.organiser and community is None:
        raise typer.BadParameter("Say of which community.", param_hint="--community")
    if role is Role.officer and body is None:
        raise typer.BadParameter("Say of which body.", param_hint="--body")
    facts = asyncio.run(_invite(read(), community or "", body, team, post, area))
    if json:
        say_json(facts)
        return
    links = [link for link in facts["links"].values() if link]
    say(
        f"Pass on {'one of these links' if len(links) > 1 else 'this link'}; it works once, until {facts['expires']}:"
    )
    say(*(f"  {link}" for link in links), f"In a terminal chat it is: /start {facts['code']}")


async def _invite(
    settings: Settings, slug: str, body: str | None, team: str | None, post: Post, area: str | None
) -> dict[str, Any]:
    from bot.clock import utc_now
    from bot.commands.town import community_called, links_for, town
    from bot.services.community import communities, invitations
    from bot.services.in_charge import officers

    async with town(settings) as database:
        async with database.writing() as session:
            offer: Offer
            if body is not None:
                place = await _place(session, body, team, post, area)
                offer = await officers.invite(session, place, by=None, now=utc_now())
                slug = next((one.slug for one in await communities.listed(session)), "")
            else:
                community = await community_called(session, slug)
                offer = await invitations.make(session, community, by=None, now=utc_now())
                slug = community.slug
        async with database.reading() as session:
            links = (await links_for(session, settings))(offer.code, slug)
    return {"code": offer.code, "links": dict(links), "expires": moment(offer.invitation.expires_at)}


async def _place(
    session: AsyncSession, slug: str, team_slug: str | None, post: Post, area: str | None
) -> Place:
    from bot.errors import Refused
    from bot.i18n import N_
    from bot.services.in_charge import areas, bodies
    from bot.services.in_charge.officers import Place

    body = await bodies.by_slug(session, slug)
    if body is None:
        raise Refused(N_("There is no body called {slug}."), slug=slug)
    team = None
    if team_slug is not None and (team := await bodies.team_by_slug(session, body.id, team_slug)) is None:
        raise Refused(N_("There is no team called {slug} there."), slug=team_slug)
    ground = None
    if area is not None:
        grounds = (await areas.atlas(session)).grounds
        if (ground := next((one for one in grounds if one.slug == area), None)) is None:
            raise Refused(N_("There is no area called {slug}."), slug=area)
    return Place(body, team, post.value, ground)
