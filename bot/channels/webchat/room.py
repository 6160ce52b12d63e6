"""What the web chat's doors share, and who stands before one: visitor, community and language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.webchat import transcript
from bot.channels.webchat.guard import Guard, TurnedAway
from bot.channels.webchat.hub import Hub
from bot.channels.webchat.seal import Seal, chat_of
from bot.channels.webchat.shelf import Shelf
from bot.clock import Clock
from bot.db import Database
from bot.i18n import N_, Tongue, available
from bot.intake import Intake
from bot.message import Incoming, Message, Receipt
from bot.models import Community
from bot.readers import reads
from bot.services import seals
from bot.settings import Tiles

COOKIE, FRAMED_COOKIE = "folkmoot_chat", "folkmoot_chat_framed"
YEAR = 365 * 24 * 3600

Submit = Callable[[Incoming], Awaitable[Receipt]]
Rehearse = Callable[[Incoming], Awaitable[tuple[Message, ...]]]

NO_TOWN = N_("There is no community at this address. Please check the link.")
NOT_OPEN = N_("We are just starting. Please try again in a moment.")


@dataclass(slots=True)
class Room:
    """Everything the doors need. `seal` is there as soon as the chat is open."""

    database: Database
    submit: Submit
    rehearse: Rehearse
    site: str
    default_language: str
    clock: Clock
    frames: str
    guard: Guard
    hub: Hub
    shelf: Shelf
    intake: Intake
    tiles: Tiles | None = None
    _seal: Seal | None = field(default=None)

    @property
    def seal(self) -> Seal:
        """Signs our forms."""
        if self._seal is None:
            raise TurnedAway(503, NOT_OPEN, after=2)
        return self._seal

    async def unlock(self) -> None:
        """Fetch the town's secret."""
        async with self.database.writing() as session:
            self._seal = Seal(await seals.secret(session, self.clock()), self.clock)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody's browser. `known` when it has taken part before; then `chat` names its transcript."""

    token: str = ""
    chat: str = ""
    known: bool = False
    seq: int = 0
    language: str | None = None
    codes: tuple[str, ...] = ()


async def visitor(session: AsyncSession, token: str) -> Visitor:
    """Who holds this session secret."""
    if not token or len(token) > 100:
        return Visitor()
    chat = chat_of(token)
    here = await transcript.known(session, chat)
    if here is None:
        return Visitor(token, chat)
    return Visitor(token, chat, True, here.last_seq, here.language, tuple(here.codes))


def cookie(request: web.Request) -> str:
    """The session secret that the browser brought."""
    return request.cookies.get(COOKIE) or request.cookies.get(FRAMED_COOKIE) or ""


def set_cookie(
    room: Room, request: web.Request, response: web.StreamResponse, token: str, *, framed: bool
) -> None:
    """Let the browser keep its secret for a year; inside another site's page it needs a cookie of its own kind."""
    safe = room.site.startswith("https:")
    apart = framed and safe and not request.cookies.get(COOKIE)
    rules = (
        "SameSite=None; Secure; Partitioned" if apart else "SameSite=Lax; Secure" if safe else "SameSite=Lax"
    )
    name = FRAMED_COOKIE if apart else COOKIE
    # Written by hand: Python 3.11's cookies do not know "Partitioned".
    response.headers.add("Set-Cookie", f"{name}={token}; Path=/w; Max-Age={YEAR}; HttpOnly; {rules}")


async def community(session: AsyncSession, slug: str) -> Community:
    """The community at this address; TurnedAway when there is none."""
    found = (await session.scalars(select(Community).where(Community.slug == slug))).one_or_none()
    if found is None:
        raise TurnedAway(404, NO_TOWN)
    return found


def offered(town: Community) -> tuple[str, ...]:
    """The languages that a community's page can be read in."""
    ready = available()
    return tuple(code for code in town.languages if code in ready) or ready


def language(
    request: web.Request, asked: str | None, kept: str | None, choices: Iterable[str], otherwise: str
) -> Tongue:
    """What was asked for in the address, else what was used before, else what the browser is set to."""
    return reads((asked, kept), request.headers.get("Accept-Language", ""), otherwise, choices)


def whereabouts(slug: str, source: str, **query: Any) -> str:
    """The address of a community's chat, opened at a code."""
    path = f"/w/{slug}" + (f"/{source}" if source and source != slug else "")
    asked = "&".join(f"{name}={value}" for name, value in query.items() if value)
    return f"{path}?{asked}" if asked else path
