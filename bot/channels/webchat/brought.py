"""A picture that comes with a form: read when it is known whose it is, drawn anew, kept, handed in with its words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from math import isfinite
from typing import Any

from aiohttp import BodyPartReader, web

from bot import retention
from bot.channels.webchat.guard import BODY_LIMIT, TOO_BIG, TurnedAway, client
from bot.channels.webchat.room import Room, Visitor
from bot.channels.webchat.said import EMPTY, UNCLEAR, Said
from bot.conversation import arrivals
from bot.i18n import N_
from bot.intake import LARGEST, MOST, Kept
from bot.message import Incoming, Media, Place
from bot.pictures import MOST_REGIONS, TYPE, NoPicture, Region
from bot.services import files

WITHIN = 120.0  # seconds for one: five megabytes through a slow telephone
MOST_PARTS = 20  # of a form
SUBJECT = "picture"

TOO_LARGE = N_("That file is larger than {most} megabytes. Please send a smaller one.")
UNREADABLE = N_("I could not read that picture: it is broken, or too large. Please send another one.")
TOO_SLOW = N_("The picture took too long to arrive. Please try again where the connection is better.")
MANY = N_("Many pictures are coming in just now. Nothing is lost; please try again in a moment.")

_BROKEN = (ValueError, LookupError, RuntimeError, AssertionError)
"""What aiohttp says of a body that is no proper form."""


class Brought:
    """A picture on its way in. Of its name and its kind, which its sender chose, nothing is looked at."""

    def __init__(self, part: BodyPartReader) -> None:
        self._part = part

    async def content(self) -> bytes:
        """All of it; TurnedAway when it is too large or takes too long."""
        taken = bytearray()
        try:
            async with asyncio.timeout(WITHIN):
                async for piece in self._pieces():
                    taken += piece
                    if len(taken) > LARGEST:
                        raise TurnedAway(413, TOO_LARGE, most=MOST)
        except TimeoutError:
            raise TurnedAway(408, TOO_SLOW) from None
        return bytes(taken)

    async def let_pass(self) -> None:
        """Take the rest of it and keep none, up to a limit: a browser listens only when it has said everything."""
        passed = 0
        with suppress(TimeoutError, TurnedAway):
            async with asyncio.timeout(WITHIN):
                async for piece in self._pieces():
                    passed += len(piece)
                    if passed > 4 * LARGEST:
                        return

    async def _pieces(self) -> AsyncIterator[bytes]:
        try:
            while not self._part.at_eof():  # what was read may be nothing, and yet not the end
                yield await self._part.read_chunk(64 * 1024)
        except _BROKEN:
            raise TurnedAway(400, UNCLEAR) from None


async def form(request: web.Request) -> tuple[dict[str, str], Brought | None]:
    """The fields of a form, and the picture that comes after them if there is one. What comes after that is lost."""
    try:
        async with asyncio.timeout(WITHIN):
            return await _form(request)
    except TimeoutError:
        raise TurnedAway(408, TOO_SLOW) from None
    except _BROKEN:
        raise TurnedAway(400, UNCLEAR) from None


async def _form(request: web.Request) -> tuple[dict[str, str], Brought | None]:
    fields: dict[str, str] = {}
    left = BODY_LIMIT
    reader = await request.multipart()
    for _ in range(MOST_PARTS):
        part = await reader.next()
        if part is None:
            return fields, None
        if not isinstance(part, BodyPartReader) or not part.name:
            raise TurnedAway(400, UNCLEAR)
        if part.filename:
            return fields, Brought(part)
        value = await _field(part, left)
        left -= len(value)
        if part.filename is None:  # an empty one is a picture that was not chosen
            fields[part.name] = value.decode()
    raise TurnedAway(400, UNCLEAR)


async def _field(part: BodyPartReader, most: int) -> bytes:
    taken = bytearray()
    while not part.at_eof():
        taken += await part.read_chunk(8192)
        if len(taken) > most:
            raise TurnedAway(413, TOO_BIG)
    return bytes(taken)


def hidden(said: Said) -> tuple[Region, ...]:
    """The parts of the picture that nobody shall see; TurnedAway when they make no sense."""
    try:
        regions: Any = json.loads(said.fields.get("hide") or "[]")
        found = tuple((float(x), float(y), float(wide), float(high)) for x, y, wide, high in regions)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise TurnedAway(400, UNCLEAR) from None
    if len(found) > MOST_REGIONS or not all(isfinite(part) for region in found for part in region):
        raise TurnedAway(400, UNCLEAR)
    return found


async def taken(
    room: Room, request: web.Request, who: Visitor, said: Said, brought: Brought, as_it_is: Incoming
) -> Incoming:
    """What to hand in: the words with the picture, which is kept by then. TurnedAway when there is none."""
    room.guard.pace("pictures", who.chat)
    room.guard.pace("pictures from an address", client(request))
    regions = hidden(said)
    if room.guard.pictures.locked():
        raise TurnedAway(503, MANY, after=5)
    async with room.guard.pictures:
        content = await brought.content()
        if not content:
            raise TurnedAway(400, EMPTY)
        try:
            kept = await room.intake.keep(content, regions)
        except NoPicture:
            raise TurnedAway(422, UNREADABLE) from None
    media = await _named(room, as_it_is, kept)
    return said.with_picture(as_it_is, media, None if kept.place is None else Place(*kept.place))


async def _named(room: Room, incoming: Incoming, kept: Kept) -> Media:
    """The row that names it, as a thing of its sender's, who becomes known by it. Brought twice it is kept once."""
    now, key = room.clock(), room.seal.picture(incoming.key)
    async with room.database.writing() as session:
        known = await arrivals.addresses(session, [incoming], now=now, language=room.default_language)
        return await files.keep_stored(
            session,
            kept.stored,
            kind="photo",
            name="picture.jpg",
            media_type=TYPE,
            size=kept.size,
            subject=SUBJECT,
            life=retention.age("picture"),
            now=now,
            owner=known[arrivals.person(incoming)].resident,
            key=key,
        )
