"""The door to pictures and documents that came with messages: whoever knows the name of one may see it.

What we made for one person, and what one person sent, is theirs alone: besides the name, it takes their own browser.
"""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from bot import pictures
from bot.channels.webchat.guard import TurnedAway, client
from bot.channels.webchat.room import Room, cookie, visitor
from bot.drawer import dressed
from bot.errors import DeliveryFailed, RetryLater
from bot.i18n import N_
from bot.message import Media
from bot.pictures import NoPicture
from bot.services import files
from bot.services.announcing import enclosures
from bot.services.reporting import report_photos

GONE = N_("This file is not here any more.")
LATER = N_("This file cannot be fetched just now. Please try again in a minute.")
NOT_SHOWN = N_("This picture is broken or too large to be shown here.")

DAY = 86400
KEPT = f"private, max-age={DAY}"


async def show(room: Room, request: web.Request) -> web.StreamResponse:
    """One picture, or one document to be saved. It may run nothing and load nothing."""
    room.guard.pace("address", client(request))
    key = request.match_info["key"]
    async with room.database.reading() as session:
        media = await enclosures.shown(session, key)
    return await (_made(room, request, key) if media is None else _copied(room, media))


async def _copied(room: Room, media: Media) -> web.StreamResponse:
    """What an organiser sent, from the shelf."""
    try:
        path = await room.shelf.copy(media)
    except NoPicture:
        raise TurnedAway(422, NOT_SHOWN) from None
    except RetryLater as trouble:
        raise TurnedAway(503, LATER, after=max(trouble.after, 5)) from None
    except DeliveryFailed:
        raise TurnedAway(404, GONE) from None
    return web.FileResponse(path, headers=dressed(replace(media, type=_type(media)), KEPT))


async def _made(room: Room, request: web.Request, key: str) -> web.StreamResponse:
    """What we made, from the drawer. That somebody else's is there is told to nobody."""
    try:
        made = await room.intake.drawer.take(key)
    except RetryLater as trouble:
        raise TurnedAway(503, LATER, after=max(trouble.after, 5)) from None
    if made is None:
        raise TurnedAway(404, GONE)
    async with room.database.reading() as session:
        who = await visitor(session, cookie(request))
        if not await files.may_have(session, made.owner, "web", who.chat):
            raise TurnedAway(404, GONE)
    left = max(0, int((made.kept_until - room.clock()).total_seconds()))
    kept = "no-store" if made.owner is not None else f"private, max-age={min(left, DAY)}"
    if made.subject == report_photos.SUBJECT:
        kept = "no-store"  # it may be hidden at any time
    return web.Response(body=made.content, headers=dressed(made.media, kept))


def _type(media: Media) -> str | None:
    return pictures.TYPE if media.kind == "photo" else media.type
