"""News for an open page: a stream of events that goes on where it was cut off, and the same in pieces."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.webchat import transcript, words
from bot.channels.webchat.guard import TurnedAway, client
from bot.channels.webchat.hub import Ear
from bot.channels.webchat.manners import dress
from bot.channels.webchat.pages import bubble, frame_words
from bot.channels.webchat.room import Room, Visitor, cookie, language, visitor
from bot.errors import DatabaseTrouble
from bot.i18n import N_, Tongue, available
from bot.models import WebLine
from bot.services.in_charge import officers

HEARTBEAT = 15.0
"""Seconds of silence after which a sign of life is sent, so that nothing on the way closes the line."""
PER_SESSION, IN_ALL = 6, 4000

TOO_MANY = N_("This chat is open in many windows. Please close one of them.")


async def events(room: Room, request: web.Request) -> web.StreamResponse:
    """The stream; 204 tells a browser without a session not to come again."""
    who, to, seq = await _listener(room, request)
    if not who.known or room.hub.closing:
        return web.Response(status=204)
    if room.hub.listening(who.chat) >= PER_SESSION or room.hub.total >= IN_ALL:
        raise TurnedAway(429, TOO_MANY, after=30)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    dress(room, response)
    async with room.hub.listen(who.chat) as ear:
        await response.prepare(request)
        try:
            await response.write(b"retry: 2000\n\n")
            await _tell(room, who, to, seq, ear, response)
        except (ConnectionError, SQLAlchemyError, DatabaseTrouble):
            pass  # the browser comes back by itself and says where it was
    return response


async def _tell(
    room: Room, who: Visitor, to: Tongue, seq: int, ear: Ear, response: web.StreamResponse
) -> None:
    told = False
    while not room.hub.closing:
        news, desk = await _news(room, who, seq)
        for line in news:
            seq = line.seq
            text = json.dumps(_event(line, to), ensure_ascii=False)
            await response.write(f"id: {line.seq}\nevent: line\ndata: {text}\n\n".encode())
        if desk and not told:
            told = True
            await response.write(b"event: desk\ndata: {}\n\n")
        if not news and not await ear.wait(HEARTBEAT):
            await response.write(b": still here\n\n")


async def lines(room: Room, request: web.Request) -> web.Response:
    """The same news in one piece, for where streams do not get through."""
    room.guard.pace("address", client(request))
    who, to, seq = await _listener(room, request)
    news, desk = await _news(room, who, seq) if who.known else ([], False)
    return web.json_response({"known": who.known, "desk": desk, "lines": [_event(line, to) for line in news]})


async def _listener(room: Room, request: web.Request) -> tuple[Visitor, Tongue, int]:
    async with room.database.reading() as session:
        who = await visitor(session, cookie(request))
    to = language(request, request.query.get("lang"), who.language, available(), room.default_language)
    after = request.headers.get("Last-Event-ID") or request.query.get("after", "0")
    return who, to, int(after) if after.isdecimal() and len(after) < 19 else 0


async def _news(room: Room, who: Visitor, seq: int) -> tuple[list[WebLine], bool]:
    """What is new; and whether they have a desk, which may have come with it."""
    async with room.database.reading() as session:
        news = list(await transcript.since(session, who.chat, seq, room.clock()))
        return news, bool(news) and await officers.have_a_desk(session, "web", who.chat)


def _event(line: WebLine, to: Tongue) -> dict[str, Any]:
    shown = bubble(line)
    html = words.fill("line.html", to, bubble=shown, forms=False, **frame_words())
    return {
        "id": line.id,
        "seq": line.seq,
        "kind": line.kind,
        "rank": line.rank,
        "key": line.key,
        "html": html,
    }
