"""Results that people look at: `/p/<code>` as a page, with `.csv`, `.json` and `.png` of the same beside it.

Whoever has the link may look; looking changes nothing. What was made is remembered by what it shows, so that a link in
the newspaper costs one look into the tables a second and one drawing, however many follow it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from importlib.resources import files

from aiohttp import hdrs, web

from bot.charts import Artist, NoPicture, Picture, edition
from bot.clock import Clock
from bot.console import ballots, result_files
from bot.console.front import SAFE, spoken
from bot.console.handing import CLOSED, FRESH, OPEN, Made, handed_out, unchanged
from bot.console.memory import Memory
from bot.console.result_page import drawn, templates
from bot.conversation.turn import Links
from bot.db import Database
from bot.i18n import Tongue
from bot.letters.polling import pictures, series
from bot.models import Standing
from bot.services.polling import results

PAGES, DRAWN = 256, 64  # remembered; a page has some 10 kB, a picture some 60
CODE = r"/p/{code:[A-Za-z0-9]{1,32}}"


@dataclass(slots=True)
class Results:
    """What the pages need."""

    database: Database
    artist: Artist
    clock: Clock
    site: str
    links: Links
    language: str
    looks: Memory[Standing | None]
    pages: Memory[Made]
    drawn: Memory[bytes]

    async def standing(self, code: str) -> Standing | None:
        """The poll, as it was a second ago at most."""
        second = int(self.clock().timestamp()) // FRESH
        return await self.looks.get((code.lower(), second), partial(self._look, code))

    async def _look(self, code: str) -> Standing | None:
        async with self.database.reading() as session:
            return await results.public(session, code)


def setup(
    app: web.Application,
    database: Database,
    artist: Artist,
    clock: Clock,
    site: str,
    links: Links,
    language: str,
) -> None:
    """Add the routes. `links` are those by which people take part, `language` is for whoever names none."""
    them = Results(
        database, artist, clock, site, links, language, Memory(PAGES), Memory(PAGES), Memory(DRAWN)
    )

    def still(name: str, kind: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        made = Made.of(files("bot.console").joinpath("static", name).read_text("utf-8"), kind)

        async def lies_there(request: web.Request) -> web.Response:
            return handed_out(request, made, CLOSED, {"Access-Control-Allow-Origin": "*"})

        return lies_there

    async def close(app: web.Application) -> None:
        for memory in (them.looks, them.pages, them.drawn):
            await memory.close()

    app.on_cleanup.append(close)
    app.add_routes(
        [
            web.get("/p/schema.json", still("result.schema.json", "application/schema+json")),
            web.get("/result.css", still("result.css", "text/css")),
            web.get(CODE, partial(_page, them)),
            web.get(CODE + "/answers.csv", partial(_answers, them)),
            web.get(CODE + "/receipt", partial(_receipt, them)),
            web.get(CODE + ".csv", partial(_csv, them)),
            web.get(CODE + ".json", partial(_json, them)),
            web.get(CODE + ".png", partial(_png, them)),
            web.get(CODE + "/series.png", partial(_over_time, them)),
        ]
    )


async def _page(them: Results, request: web.Request) -> web.Response:
    tongue = spoken(request, them.language)
    standing = await them.standing(request.match_info["code"])
    if standing is None:
        return _nothing(tongue)
    return await _remembered(them, request, standing, tongue, "page", _drawn)


async def _drawn(them: Results, standing: Standing, tongue: Tongue) -> tuple[str, str]:
    return drawn(standing, tongue, site=them.site, links=them.links), "text/html"


async def _csv(them: Results, request: web.Request) -> web.Response:
    async def made(them: Results, standing: Standing, tongue: Tongue) -> tuple[str, str]:
        return result_files.as_csv(standing, tongue), "text/csv"

    return await _file(them, request, "csv", made)


async def _json(them: Results, request: web.Request) -> web.Response:
    async def made(them: Results, standing: Standing, tongue: Tongue) -> tuple[str, str]:
        return result_files.as_json(standing, tongue, them.site), "application/json"

    return await _file(them, request, "json", made)


async def _answers(them: Results, request: web.Request) -> web.StreamResponse:
    """All answers, where they are listed."""
    tongue = spoken(request, them.language)
    standing = await them.standing(request.match_info["code"])
    if standing is None or not results.listed(standing):
        return _nothing(tongue)
    async with them.database.reading() as session:
        return await ballots.stream(request, results.ballots(session, standing.poll), standing, tongue)


async def _receipt(them: Results, request: web.Request) -> web.Response:
    """The answer beside a receipt."""
    tongue, code = spoken(request, them.language), request.query.get("receipt", "")[:40]
    standing = await them.standing(request.match_info["code"])
    if standing is None or not results.listed(standing):
        return _nothing(tongue)
    async with them.database.reading() as session:
        found = await results.by_receipt(session, standing.poll, code)
    text = (
        templates()
        .get_template("receipt.html")
        .render(
            _=tongue._,
            tongue=tongue,
            poll=standing.poll,
            here=f"/p/{standing.poll.code}",
            code=code,
            receipt=found and found[0],
            answer=found and ballots.said(standing, found[1], tongue),
        )
    )
    return web.Response(text=text, content_type="text/html", headers=ballots.PRIVATE)


Maker = Callable[[Results, Standing, Tongue], Awaitable[tuple[str, str]]]


async def _file(them: Results, request: web.Request, what: str, make: Maker) -> web.Response:
    tongue = spoken(request, them.language)
    standing = await them.standing(request.match_info["code"])
    if standing is None:
        return _nothing(tongue)
    response = await _remembered(them, request, standing, tongue, what, make)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers[hdrs.CONTENT_DISPOSITION] = f'inline; filename="folkmoot-{standing.poll.code}.{what}"'
    return response


async def _png(them: Results, request: web.Request) -> web.Response:
    tongue = spoken(request, them.language)
    standing = await them.standing(request.match_info["code"])
    if standing is None:
        return _nothing(tongue)
    return await _painted(them, request, standing, pictures.chart(standing, tongue, card=True))


async def _over_time(them: Results, request: web.Request) -> web.Response:
    """What came out each time it was asked, as lines."""
    tongue = spoken(request, them.language)
    standing = await them.standing(request.match_info["code"])
    asked = standing and series.compared(standing.series, tongue)
    lines = asked and series.picture(asked, tongue)
    if standing is None or not lines:
        return _nothing(tongue)
    return await _painted(them, request, standing, lines)


async def _painted(them: Results, request: web.Request, standing: Standing, picture: Picture) -> web.Response:
    name = edition(picture)
    if known := unchanged(request, name, _keep(standing)):
        return known
    try:
        body = await them.drawn.get(name, partial(them.artist.png, picture))
    except NoPicture:
        return web.Response(status=503, headers={**SAFE, hdrs.RETRY_AFTER: "60"})
    return handed_out(request, Made(body, "image/png", name), _keep(standing))


async def _remembered(
    them: Results, request: web.Request, standing: Standing, tongue: Tongue, what: str, make: Maker
) -> web.Response:
    async def made() -> Made:
        return Made.of(*await make(them, standing, tongue))

    kept = await them.pages.get((what, tongue.code, _state(standing)), made)
    return handed_out(request, kept, _keep(standing), {hdrs.CONTENT_LANGUAGE: tongue.code})


def _state(standing: Standing) -> str:
    """All of a poll that may change and is shown."""
    poll = standing.poll
    seen = (poll.id, poll.closes_at, poll.closed_at, poll.outcome, poll.outcome_at, standing.counts)
    promised = (poll.decided_by, poll.done_by, poll.settled, poll.followed_up, results.listed(standing))
    said = (standing.said, standing.themes, standing.came)
    before = [(one.poll.id, one.counts, one.took_part) for one in standing.series]
    return repr(
        (*seen, *promised, *said, before, standing.asked, standing.took_part, standing.community.names)
    )


def _keep(standing: Standing) -> int:
    return OPEN if standing.poll.closed_at is None else CLOSED


def _nothing(tongue: Tongue) -> web.Response:
    text = templates().get_template("no_result.html").render(_=tongue._, tongue=tongue)
    return web.Response(text=text, status=404, content_type="text/html", headers=SAFE)
