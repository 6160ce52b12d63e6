"""The web chat as a channel: what the postman brings is kept in the transcript and shown in open pages."""

from __future__ import annotations

import json

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.webchat import door, enclosed, hub, pages, stream, transcript, words
from bot.channels.webchat.guard import Guard, TurnedAway
from bot.channels.webchat.hub import Hub
from bot.channels.webchat.manners import mannered
from bot.channels.webchat.room import NO_TOWN, Rehearse, Room, Submit
from bot.channels.webchat.shelf import Shelf
from bot.clock import Clock
from bot.db import Database
from bot.errors import DatabaseTrouble, RetryLater
from bot.intake import Intake
from bot.links import web_link
from bot.message import Parcel
from bot.settings import Tiles

FOR_GOOD = "public, max-age=31536000, immutable"


class WebChat:
    """A channel whose other end is a page of our own."""

    name = "web"
    credential = "web"

    def __init__(
        self,
        database: Database,
        submit: Submit,
        rehearse: Rehearse,
        site: str,
        default_language: str,
        clock: Clock,
        frames: str,
        shelf: Shelf,
        intake: Intake,
        tiles: Tiles | None = None,
    ) -> None:
        guard, ears = Guard(site), Hub(database)
        self._room = Room(
            database,
            submit,
            rehearse,
            site,
            default_language,
            clock,
            frames,
            guard,
            ears,
            shelf,
            intake,
            tiles,
        )

    def setup(self, app: web.Application) -> None:
        """Hang the pages into the application."""
        app.add_routes(self.routes())
        app.on_shutdown.append(self._hang_up)

    def routes(self) -> list[web.RouteDef]:
        """Every address below /w. A community cannot have one of the first six as its short name."""
        room = self._room
        code = "{code:[A-Za-z0-9_-]{1,64}}"
        slug = "{community:[a-z0-9][a-z0-9-]{0,63}}"
        return [
            web.post("/w/say", mannered(room, door.say)),
            web.get("/w/events", mannered(room, stream.events)),
            web.get("/w/lines", mannered(room, stream.lines)),
            web.get("/w/proof", mannered(room, door.proof)),
            web.get("/w/static/{edition}/{name}", mannered(room, _still)),
            web.get("/w/media/{key:[A-Za-z0-9_-]{16,64}}", mannered(room, enclosed.show)),
            web.get("/w/embed.js", mannered(room, _embed)),
            web.get(f"/w/{slug}", mannered(room, pages.show)),
            web.get(f"/w/{slug}/{code}", mannered(room, pages.show)),
            web.get("/w{rest:(/.*[^/])?}", mannered(room, pages.nowhere)),
        ]

    async def deliver(self, parcel: Parcel) -> str | None:
        """Write it into the transcript, once, and wake the pages that show it."""
        if parcel.action == "toast" and not parcel.message.text:
            return None  # it only stops a button from spinning where one does
        if parcel.message.only_place:
            return None  # the question has that button too
        room = self._room
        try:
            async with room.database.writing() as session:
                line = await transcript.receive(session, parcel, room.clock())
                hub.written(session, parcel.chat)
        except (SQLAlchemyError, DatabaseTrouble, OSError) as error:
            raise RetryLater(type(error).__name__, after=1) from error
        return line

    def link(self, code: str, community: str) -> str | None:
        """The page of a community, opened at `code` when there is one."""
        return web_link(self._room.site, community, code)

    async def open(self) -> None:
        """Fetch the seal and begin to listen."""
        await self._room.unlock()
        self._room.hub.open()

    async def rest(self) -> None:
        """The web server stops receiving for us."""

    async def close(self) -> None:
        """End all streams."""
        await self._room.hub.close()

    @property
    def trouble(self) -> str | None:
        """Nothing outside is needed, so there is none."""
        return None

    async def _hang_up(self, _: web.Application) -> None:
        await self.close()


async def _still(room: Room, request: web.Request) -> web.Response:
    """A style sheet, a script, a picture."""
    still = words.stills().get(request.match_info["name"])
    if still is None:
        raise TurnedAway(404, NO_TOWN)
    kept = FOR_GOOD if request.match_info["edition"] == words.edition() else "no-cache"
    charset = "utf-8" if still.kind.startswith("text/") else None
    return web.Response(
        body=still.content, content_type=still.kind, charset=charset, headers={"Cache-Control": kept}
    )


async def _embed(room: Room, request: web.Request) -> web.Response:
    """The script for a community's own site, with its few words in all languages."""
    script = words.stills()["embed.js"].content.decode()
    told = script.replace("{/* words */}", json.dumps(words.embed_words(), ensure_ascii=False))
    headers = {"Cache-Control": "public, max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"}
    return web.Response(text=told, content_type="text/javascript", charset="utf-8", headers=headers)
