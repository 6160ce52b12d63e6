"""The door to pictures and documents that came with messages: whoever knows the name of one may see it."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from bot.channels.webchat import pictures
from bot.channels.webchat.guard import TurnedAway, client
from bot.channels.webchat.pictures import NoPicture
from bot.channels.webchat.room import Room
from bot.errors import DeliveryFailed, RetryLater
from bot.i18n import N_
from bot.services import enclosures

GONE = N_("This file is not here any more.")
LATER = N_("This file cannot be fetched just now. Please try again in a minute.")
NOT_SHOWN = N_("This picture is broken or too large to be shown here.")

KEPT = "private, max-age=86400"


async def show(room: Room, request: web.Request) -> web.StreamResponse:
    """One picture, or one document to be saved. It may run nothing and load nothing."""
    room.guard.pace("address", client(request))
    async with room.database.reading() as session:
        media = await enclosures.shown(session, request.match_info["key"])
    if media is None:
        raise TurnedAway(404, GONE)
    try:
        path = await room.shelf.copy(media)
    except NoPicture:
        raise TurnedAway(422, NOT_SHOWN) from None
    except RetryLater as trouble:
        raise TurnedAway(503, LATER, after=max(trouble.after, 5)) from None
    except DeliveryFailed:
        raise TurnedAway(404, GONE) from None
    picture = media.kind == "photo"
    shown = (
        "inline; filename=picture.jpg" if picture else f"attachment; filename*=UTF-8''{_quoted(media.name)}"
    )
    headers = {
        "Content-Type": pictures.TYPE if picture else media.type or "application/octet-stream",
        "Content-Disposition": shown,
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": KEPT,
    }
    return web.FileResponse(path, headers=headers)


def _quoted(name: str | None) -> str:
    return quote(name or "document", safe="")
