"""How every answer is dressed: strict rules for the browser, and errors turned into kind words."""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.webchat.guard import TurnedAway, scripted
from bot.channels.webchat.pages import sorry
from bot.channels.webchat.room import Room, language
from bot.errors import Busy, DatabaseTrouble
from bot.i18n import N_, available

Handler = Callable[[Room, web.Request], Awaitable[web.StreamResponse]]

TROUBLE = N_("Something is not working on our side just now. Please try again in a few minutes.")

_ANCESTOR = re.compile(r"\*|(https?://)?(\*\.)?[A-Za-z0-9.-]+(:(\d+|\*))?")

log = structlog.get_logger(__name__)


def ancestors(frames: str) -> str:
    """The rule for who may frame the chat: `*`, a list of sites, or nobody but ourselves."""
    sites = [
        site for site in frames.replace(",", " ").split() if _ANCESTOR.fullmatch(site) and site != "none"
    ]
    return " ".join(["'self'", *sites])


def dress(room: Room, response: web.StreamResponse) -> None:
    """Tell the browser to load and run nothing but our own, to keep nothing, and to tell nobody."""
    put, tiles = response.headers.setdefault, room.tiles
    shown = f" data: {tiles.origin}" if tiles else ""
    put(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{shown}; connect-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {ancestors(room.frames)}",
    )
    put("X-Content-Type-Options", "nosniff")
    put("Referrer-Policy", "same-origin")
    put("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
    put("Cross-Origin-Resource-Policy", "same-origin")
    put("Cache-Control", "no-store")


def mannered(room: Room, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler with these manners."""

    async def polite(request: web.Request) -> web.StreamResponse:
        try:
            response = await handler(room, request)
        except TurnedAway as no:
            response = _no(room, request, no)
        except (SQLAlchemyError, DatabaseTrouble, Busy, OSError) as error:
            log.warning("webchat.trouble", path=request.path, error=type(error).__name__)
            response = _no(room, request, TurnedAway(503, TROUBLE, after=5))
        if not response.prepared:
            dress(room, response)
        return response

    return polite


def _no(room: Room, request: web.Request, no: TurnedAway) -> web.Response:
    return _no_in_json(room, request, no) if scripted(request) else sorry(room, request, no)


def _no_in_json(room: Room, request: web.Request, no: TurnedAway) -> web.Response:
    to = language(request, request.query.get("lang"), None, available(), room.default_language)
    after = {"Retry-After": str(math.ceil(no.after))} if no.after else {}
    return web.json_response({"error": no.said_in(to), "stale": no.stale}, status=no.status, headers=after)
