"""`folkmoot invite`: a one-time, expiring link to a role."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.saying import AsJson, moment, say, say_json

if TYPE_CHECKING:
    from bot.settings import Settings


class Role(StrEnum):
    """What one can be invited to be."""

    organiser = "organiser"
    officer = "officer"


def invite(
    role: Annotated[Role, typer.Argument(help="organiser asks questions; officer answers for a council.")],
    community: Annotated[str, typer.Option(metavar="SLUG", help="The community's short name.")],
    json: AsJson = False,
) -> None:
    """Make a link that gives one person a role, once."""
    from bot.settings import read

    facts = asyncio.run(_invite(read(), role, community))
    if json:
        say_json(facts)
        return
    links = [link for link in facts["links"].values() if link]
    say(
        f"Pass on {'one of these links' if len(links) > 1 else 'this link'}; it works once, until {facts['expires']}:"
    )
    say(*(f"  {link}" for link in links), f"In a terminal chat it is: /start {facts['code']}")


async def _invite(settings: Settings, role: Role, slug: str) -> dict[str, Any]:
    from bot.clock import utc_now
    from bot.commands.town import community_called, links_for, town
    from bot.services import invitations

    async with town(settings) as database:
        async with database.writing() as session:
            community = await community_called(session, slug)
            offer = await invitations.make(session, community, role.value, by=None, now=utc_now())
        async with database.reading() as session:
            links = (await links_for(session, settings))(offer.code, community.slug)
    return {"code": offer.code, "links": dict(links), "expires": moment(offer.invitation.expires_at)}
