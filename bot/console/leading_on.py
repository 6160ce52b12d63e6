"""`/l/<code>`: the short address on posters. It leads on to where one can answer, and to the result after the close."""

from __future__ import annotations

from aiohttp import web

from bot.console.community import Links
from bot.console.front import SAFE, spoken
from bot.console.result_page import templates
from bot.db import Database
from bot.models import Community, Poll
from bot.services.community import sources

CODE = r"/l/{code:[A-Za-z0-9]{1,32}}"


def setup(app: web.Application, database: Database, *, links: Links, language: str) -> None:
    """Add the route. Following it changes nothing: who comes this way is counted when they take part."""

    async def lead_on(request: web.Request) -> web.Response:
        there = None
        async with database.reading() as session:
            link = await sources.by_code(session, request.match_info["code"])
            if link is not None:
                community = await session.get_one(Community, link.community_id)
                poll = None if link.poll_id is None else await session.get_one(Poll, link.poll_id)
                doors = links(link.code, community.slug)
                there = doors.get("web") or doors.get("telegram")
                if poll is not None and poll.closed_at is not None:
                    there = f"/p/{poll.code}"
        if there is None:
            tongue = spoken(request, language)
            text = templates().get_template("no_result.html").render(_=tongue._, tongue=tongue)
            return web.Response(text=text, status=404, content_type="text/html", headers=SAFE)
        return web.Response(status=302, headers={**SAFE, "Location": there})

    app.add_routes([web.get(CODE, lead_on)])
