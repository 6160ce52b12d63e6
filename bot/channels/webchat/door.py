"""The door for what visitors say: checked, submitted, and answered only after it is safely kept."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.webchat import brought, hub, pages, transcript
from bot.channels.webchat.brought import Brought
from bot.channels.webchat.guard import TurnedAway, body, client, scripted
from bot.channels.webchat.room import (
    Room,
    Visitor,
    community,
    cookie,
    language,
    offered,
    set_cookie,
    visitor,
    whereabouts,
)
from bot.channels.webchat.said import Said, check, of_fields, read
from bot.channels.webchat.transcript import OwnWords
from bot.errors import Busy, DatabaseTrouble
from bot.i18n import N_, Tongue
from bot.message import Attached, Incoming, Media, Message, Receipt

ANSWER_WITHIN = 2.0
"""Seconds that a form waits for its answer before the page is shown without it."""
QUIET = 0.15

BUSY = N_("We are very busy just now. Nothing is lost; please try again in a moment.")
STALE = N_("This page had been open for a long time. Please send it once more.")

log = structlog.get_logger(__name__)


async def say(room: Room, request: web.Request) -> web.Response:
    """Take in one thing; a script gets JSON, a form the page with the answer."""
    room.guard.same_origin(request)
    room.guard.pace("address", client(request))
    said, picture = await _posted(request)
    who = Visitor()
    try:
        who, to = await _enter(room, request, said)
        incoming = _incoming(who, said, to)
        if picture is not None:
            incoming = await brought.taken(room, request, who, said, picture, incoming)
        await _turn(room, who, said, to, incoming)
    except TurnedAway as no:
        if picture is not None:
            await picture.let_pass()
        if said.scripted:
            raise
        proof = room.seal.regular(who.chat) if who.known else _fresh(room, said, no)
        return pages.sorry(room, request, no, said, proof)
    response = _done(room, who) if said.scripted else await _back(room, who, said, to)
    set_cookie(room, request, response, who.token, framed=said.framed)
    return response


async def _posted(request: web.Request) -> tuple[Said, Brought | None]:
    """What was posted, and the picture that comes with it: that is read only when it is known who brings it."""
    if request.content_type != "multipart/form-data":
        return read(await body(request), request.content_type), None
    fields, picture = await brought.form(request)
    return of_fields(fields, scripted=scripted(request), pictured=picture is not None), picture


async def _enter(room: Room, request: web.Request, said: Said) -> tuple[Visitor, Tongue]:
    """Who is speaking, in which language. A newcomer becomes known by what their page's proof stands for."""
    newcomer = room.seal.token(said.proof)
    async with room.database.reading() as session:
        town = await community(session, said.community)
        who = await visitor(session, cookie(request))
        if not who.known:
            who = await visitor(session, newcomer or "")
    if who.known and newcomer != who.token and not room.seal.fits(said.proof, who.chat):
        raise TurnedAway(403, STALE, stale=True)
    if not who.chat:
        raise TurnedAway(403, STALE, stale=True)
    if not who.known:
        room.guard.pace("newcomers", client(request))
    room.guard.pace("session", who.chat)
    return who, language(request, said.language, who.language, offered(town), room.default_language)


def _incoming(who: Visitor, said: Said, to: Tongue) -> Incoming:
    return Incoming(
        channel="web",
        key=said.key_in(who.chat),
        chat=who.chat,
        sender=who.chat,
        what=check(said),
        language=to.code,
        message=said.message,
        source=said.source,
    )


async def _turn(room: Room, who: Visitor, said: Said, to: Tongue, incoming: Incoming) -> Receipt:
    try:
        receipt = await room.submit(incoming)
    except (Busy, DatabaseTrouble):
        raise TurnedAway(503, BUSY, after=3) from None
    own = None if receipt.hush else said.bubble(to, picture_in(incoming))
    await _keep(room, who, said, to, incoming.key, own)
    return receipt


def picture_in(incoming: Incoming) -> Media | None:
    """The picture that is handed in, if there is one."""
    return incoming.what.media if isinstance(incoming.what, Attached) else None


async def _keep(room: Room, who: Visitor, said: Said, to: Tongue, key: str, own: Message | None) -> None:
    """Write down the visitor's own words. What they did is committed already, so a failure here is not theirs."""
    code = said.code if said.acts else None
    if who.known and own is None and to.code == who.language and (code is None or code in who.codes):
        return
    now = room.clock()
    try:
        async with room.database.writing() as session:
            await transcript.meet(session, who.chat, language=to.code, code=code, now=now)
            if own:
                await transcript.own(session, who.chat, OwnWords(said.key, own, who.seq), now)
            hub.written(session, who.chat)
    except (SQLAlchemyError, DatabaseTrouble) as error:
        log.warning("webchat.own_words_not_kept", key=key, error=type(error).__name__)


def _fresh(room: Room, said: Said, no: TurnedAway) -> str:
    """The proof for another try: the same one, unless it was what was wrong."""
    return room.seal.newcomer() if no.stale else said.proof


def _done(room: Room, who: Visitor) -> web.Response:
    return web.json_response({"ok": True, "proof": room.seal.regular(who.chat)})


async def _back(room: Room, who: Visitor, said: Said, to: Tongue) -> web.Response:
    """Back to the page, with the answer on it if it comes soon."""
    await _answered(room, who)
    there = whereabouts(said.community, said.source, lang=to.code, framed=said.fields.get("framed"))
    return web.Response(status=303, headers={"Location": there + "#latest"})


async def _answered(room: Room, who: Visitor) -> None:
    """Wait until our side has said something and is quiet again, but not for long."""
    loop = asyncio.get_running_loop()
    end, seen = loop.time() + ANSWER_WITHIN, who.seq
    async with room.hub.listen(who.chat) as ear:
        while (left := end - loop.time()) > 0:
            async with room.database.reading() as session:
                news = await transcript.since(session, who.chat, seen, room.clock())
            ours = [line for line in news if line.kind != "mine"]
            if not ours and seen > who.seq:
                return
            if ours:
                seen = max(line.seq for line in ours)
            await ear.wait(min(left, QUIET if seen > who.seq else left))


async def proof(room: Room, request: web.Request) -> web.Response:
    """A fresh proof for a page that has been open for long; other sites cannot read this answer."""
    room.guard.pace("address", client(request))
    async with room.database.reading() as session:
        who = await visitor(session, cookie(request))
    seal = room.seal
    return web.json_response(
        {"proof": seal.regular(who.chat) if who.known else seal.newcomer(), "known": who.known}
    )
