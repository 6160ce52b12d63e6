"""The front door: `/` shows the communities."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

import jinja2
from aiohttp import web

from bot.db import Database
from bot.i18n import Tongue
from bot.readers import reads
from bot.services.community import communities

SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def setup(app: web.Application, database: Database, *, language: str) -> None:
    """Add the front door's routes."""

    async def front(request: web.Request) -> web.Response:
        tongue = spoken(request, language)
        async with database.reading() as session:
            listed = await communities.listed(session)
            entries = [(one.slug, one.name_in(tongue.code)) for one in listed]
        page = templates().get_template("front.html").render(_=tongue._, tongue=tongue, entries=entries)
        return web.Response(text=page, content_type="text/html", headers=SAFE)

    async def style(request: web.Request) -> web.Response:
        return web.Response(text=_STYLE.read_text("utf-8"), content_type="text/css", headers=SAFE)

    async def icon(request: web.Request) -> web.Response:
        return web.Response(text=_ICON.read_text("utf-8"), content_type="image/svg+xml", headers=SAFE)

    app.add_routes([web.get("/", front), web.get("/front.css", style), web.get("/icon.svg", icon)])


def spoken(request: web.Request, otherwise: str, offered: Iterable[str] | None = None) -> Tongue:
    """The language that was asked for in the address, else one that the browser is set to."""
    return reads((request.query.get("lang"),), request.headers.get("Accept-Language", ""), otherwise, offered)


_STYLE = files("bot.console").joinpath("static", "front.css")
_ICON = files("bot.console").joinpath("static", "icon.svg")


@lru_cache(maxsize=1)
def templates() -> jinja2.Environment:
    """The pages of this room."""
    return jinja2.Environment(loader=jinja2.PackageLoader("bot.console"), autoescape=True)
