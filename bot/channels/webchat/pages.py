"""The chat's page, drawn on the server: reading it changes nothing and tells nobody who you are."""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from bot.channels.webchat import transcript, words
from bot.channels.webchat.guard import TurnedAway, client
from bot.channels.webchat.room import (
    NO_TOWN,
    Room,
    Visitor,
    community,
    cookie,
    language,
    offered,
    visitor,
    whereabouts,
)
from bot.channels.webchat.said import LABELS, Said
from bot.channels.webchat.words import Bubble
from bot.errors import Refused
from bot.i18n import Tongue, available, tongue
from bot.message import Command, Incoming, Message, Place
from bot.models import Community, WebLine
from bot.services.in_charge import officers
from bot.settings import Tiles

QUICK = ("desk", "report", "myreports", "polls", "help")
"""What can always be tapped, in this order; the desk only by those who have one."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a page shows: to whom, where, and in which language. `middle` is where a map begins, if there can be one;
    `desk` says that they have one."""

    who: Visitor
    slug: str
    source: str
    name: str
    choices: tuple[str, ...]
    to: Tongue
    framed: bool
    middle: Place | None = None
    tiles: Tiles | None = None
    desk: bool = False


async def show(room: Room, request: web.Request) -> web.Response:
    """The page of a community, or of one of its codes."""
    room.guard.pace("address", client(request))
    slug = request.match_info["community"]
    source = request.match_info.get("code", slug)
    async with room.database.reading() as session:
        town = await community(session, slug)
        who = await visitor(session, cookie(request))
        lines = await transcript.latest(session, who.chat) if who.known else ()
        notes = await transcript.toasts(session, who.chat, room.clock()) if who.known else ()
        desk = who.known and await officers.have_a_desk(session, "web", who.chat)
    scene = replace(scene_for(room, request, town, who, source), desk=desk)
    rehearsed: tuple[Message, ...] = ()
    if not lines or (source != slug and source not in who.codes):
        rehearsed = await _rehearsed(room, scene)
    return web.Response(text=_draw(room, scene, lines, notes, rehearsed), content_type="text/html")


def scene_for(room: Room, request: web.Request, town: Community, who: Visitor, source: str) -> Scene:
    """Put together what a page is about."""
    choices = offered(town)
    otherwise = choices[0] if room.default_language not in choices else room.default_language
    to = language(request, request.query.get("lang"), who.language, choices, otherwise)
    framed = bool(request.query.get("framed"))
    known = town.lat is not None and town.long is not None
    middle = Place(town.lat, town.long) if known else None  # type: ignore[arg-type]
    return Scene(who, town.slug, source, town.name_in(to.code), choices, to, framed, middle, room.tiles)


async def _rehearsed(room: Room, scene: Scene) -> tuple[Message, ...]:
    try:
        return await room.rehearse(first_words(scene))
    except Refused as no:
        return (Message(scene.to._(no.sentence, **no.holes)),)


def first_words(scene: Scene) -> Incoming:
    """What opening the page stands for; it is only rehearsed, never kept."""
    chat = scene.who.chat if scene.who.known else "visitor"
    return Incoming(
        channel="web",
        key=uuid.uuid4().hex,
        chat=chat,
        sender=chat,
        what=Command("start", scene.source),
        language=scene.to.code,
        source=scene.source,
    )


def _draw(
    room: Room,
    scene: Scene,
    lines: Sequence[WebLine],
    notes: Sequence[WebLine],
    rehearsed: tuple[Message, ...],
) -> str:
    seal, who = room.seal, scene.who
    return words.fill(
        "chat.html",
        scene.to,
        scene=scene,
        bubbles=[bubble(line) for line in lines] + [Bubble(message, "rehearsed") for message in rehearsed],
        notes=[bubble(line) for line in notes],
        start=bool(rehearsed) and not any(message.rows for message in rehearsed),
        proof=seal.regular(who.chat) if who.known else seal.newcomer(),
        languages=[_choice(scene, code) for code in scene.choices],
        quick={name: LABELS[name] for name in QUICK if name != "desk" or scene.desk},
        script=words.script_words(scene.to),
        own_window=whereabouts(scene.slug, scene.source, lang=scene.to.code),
        here=whereabouts(scene.slug, scene.source, lang=scene.to.code, framed="1" if scene.framed else ""),
        **frame_words(),
    )


def frame_words() -> dict[str, object]:
    """What every template may ask for."""
    return {"new_key": lambda: str(uuid.uuid4()), "edition": words.edition()}


def _choice(scene: Scene, code: str) -> dict[str, object]:
    there = whereabouts(scene.slug, scene.source, lang=code, framed="1" if scene.framed else "")
    to = tongue(code)
    way = "rtl" if to.rtl else "ltr"
    return {"code": code, "name": to.name, "dir": way, "url": there, "here": code == scene.to.code}


def bubble(line: WebLine) -> Bubble:
    """A kept line as the page shows it."""
    return Bubble(Message.from_json(line.body), line.kind, line.id, line.rank, line.key)


def sorry(
    room: Room, request: web.Request, no: TurnedAway, said: Said | None = None, proof: str = ""
) -> web.Response:
    """A page that says no kindly and, where something was to be sent, keeps it for another try."""
    asked = said.lang if said else request.query.get("lang")
    to = language(request, asked, None, available(), room.default_language)
    text = words.fill(
        "sorry.html",
        to,
        sentence=no.said_in(to),
        said=said,
        proof=proof,
        back=whereabouts(said.community, said.source, lang=said.lang, framed=said.fields.get("framed"))
        if said
        else "",
        **frame_words(),
    )
    response = web.Response(text=text, status=no.status, content_type="text/html")
    if no.after:
        response.headers["Retry-After"] = str(math.ceil(no.after))
    return response


async def nowhere(room: Room, request: web.Request) -> web.Response:
    """Below /w, but not an address that could be one of ours. The front door knows all communities."""
    if request.path.rstrip("/") == "/w":
        return web.Response(status=302, headers={"Location": "/"})
    raise TurnedAway(404, NO_TOWN)
