"""The front door: `/` shows the communities; `/healthz` and `/readyz` tell machines whether we live and can serve."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache
from importlib.resources import files
from typing import Any

import jinja2
from aiohttp import web

from bot import i18n
from bot.db import Database
from bot.services import communities

SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def setup(
    app: web.Application, database: Database, unready: Callable[[], Awaitable[str | None]], *, language: str
) -> None:
    """Add the front door's routes."""

    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(request: web.Request) -> web.Response:
        reason = await unready()
        body: dict[str, Any] = {"ready": reason is None}
        return web.json_response(
            body if reason is None else body | {"reason": reason}, status=503 if reason else 200
        )

    async def front(request: web.Request) -> web.Response:
        wanted = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].strip()
        tongue = i18n.tongue(i18n.choose(wanted, i18n.available(), language))
        async with database.reading() as session:
            listed = await communities.listed(session)
            entries = [(one.slug, one.name_in(tongue.code)) for one in listed]
        page = _templates().get_template("front.html").render(_=tongue._, tongue=tongue, entries=entries)
        return web.Response(text=page, content_type="text/html", headers=SAFE)

    async def style(request: web.Request) -> web.Response:
        return web.Response(text=_STYLE.read_text("utf-8"), content_type="text/css", headers=SAFE)

    app.add_routes(
        [
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/", front),
            web.get("/front.css", style),
        ]
    )


_STYLE = files("bot.console").joinpath("static", "front.css")


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    return jinja2.Environment(loader=jinja2.PackageLoader("bot.console"), autoescape=True)
