"""`/r/<reference>`: the page of one report, with its pictures beside it, for whoever has the number."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, pictures
from bot.clock import Clock
from bot.console import maps
from bot.console.community import Links, doors_of, languages_of
from bot.console.front import SAFE, spoken
from bot.console.handing import CLOSED, FRESH, OPEN, Made, handed_out, unchanged
from bot.console.memory import Memory
from bot.console.reports import UNLISTED
from bot.console.result_page import templates
from bot.db import Database
from bot.drawer import Drawer, dressed
from bot.errors import RetryLater
from bot.i18n import Tongue
from bot.letters.reporting import report_pages as letters
from bot.letters.reporting import reports as report_letters
from bot.letters.reporting import routing as routing_letters
from bot.letters.reporting.report_pictures import our_copy
from bot.letters.reporting.reports import View
from bot.letters.reporting.routing import Reason
from bot.lifecycle import STATUSES
from bot.models import Happening, ServiceRequest
from bot.services.in_charge import routing
from bot.services.reporting import histories, report_lists, report_news, report_photos, report_views, reports
from bot.settings import Tiles

PAGES, SMALL = 256, 256  # remembered; a page has some 10 kB, a small picture some 15
SIDE = 320  # points of a small picture
AT_ONCE = 2  # pictures made small at a time: each takes some megabytes

NUMBER = r"/r/{reference:[A-Za-z0-9]{4,12}}"


@dataclass(slots=True)
class Reports:
    """What the pages need."""

    database: Database
    clock: Clock
    links: Links
    language: str
    tiles: Tiles | None
    drawer: Drawer
    pages: Memory[tuple[int, Made]]
    small: Memory[bytes | None]
    busy: asyncio.Semaphore

    async def page(self, request: web.Request) -> web.Response:
        """The page, as it was a second ago at most."""
        reference, second = request.match_info["reference"].upper(), int(self.clock().timestamp()) // FRESH
        reader = (request.query.get("lang", "")[:40], request.headers.get("Accept-Language", "")[:200])
        status, made = await self.pages.get(
            (reference, second, reader), partial(self._page, request, reference)
        )
        if status == 200:
            return handed_out(request, made, OPEN, {**UNLISTED, **maps.rules(self.tiles)})
        headers = {**SAFE, **UNLISTED}
        return web.Response(status=status, text=made.body.decode(), content_type="text/html", headers=headers)

    async def _page(self, request: web.Request, reference: str) -> tuple[int, Made]:
        """Its HTTP status with it."""
        async with self.database.reading() as session:
            report = await reports.found(session, reference)
            if report is None:
                to = spoken(request, self.language)
                text = templates().get_template("no_report.html").render(_=to._, tongue=to)
                return 404, Made.of(text, "text/html")
            view = await report_views.of(session, report)
            to = spoken(request, self.language, languages_of(view.community))
            secret = letters.secret(view, to)
            told = None if secret else await self._read(session, view)
        drawn = (
            templates()
            .get_template("report.html")
            .render(
                _=to._,
                tongue=to,
                languages=[(i18n.tongue(code), f"?lang={code}") for code in languages_of(view.community)],
                reference=reference,
                town=view.community.name_in(to.code),
                slug=view.community.slug,
                secret=secret,
                lang=f"?lang={to.code}" if request.query.get("lang") else "",
                **(self._drawn(view, told, to) if told else {}),
            )
        )
        return 403 if secret else 200, Made.of(drawn, "text/html")

    async def _read(self, session: AsyncSession, view: View) -> Told:
        report = view.report
        history = await histories.of(session, report)
        twin = None
        if report.duplicate_of is not None:
            twin = await session.get(ServiceRequest, report.duplicate_of)
        return Told(
            await routing.reason(
                session, report.because, service_code=report.service_code, address=report.address
            ),
            history,
            await report_news.team_names(session, history),
            twin.service_request_id if twin else None,
        )

    def _drawn(self, view: View, told: Told, to: Tongue) -> dict[str, Any]:
        report = view.report
        placed = report.lat is not None and report.long is not None
        return {
            "title": report_letters.headline(view, to),
            "words": report.description,
            "status": report_letters.status(view, to, now=self.clock()),
            "still": STATUSES[report.status].open,
            "people": letters.people(view, to),
            "reported": letters.reported(view, to),
            "dues": letters.dues(view, to, now=self.clock()),
            "in_charge": letters.in_charge(view, told.reason, to),
            "contact": routing_letters.contact(to, view.body) if view.body and view.body.contact else None,
            "history": letters.history(told.history, view, told.names.get(to.code, {}), to),
            "photos": [
                (f"/r/{report.service_request_id}/photo/{one.id}", letters.about(one, to))
                for one in view.photos
                if one.file_key is not None
            ],
            "address": report.address,
            "place": report_lists.nearly(report.lat, report.long) if placed else None,  # type: ignore[arg-type]
            "twin": told.twin,
            "doors": doors_of(self.links(f"r_{report.service_request_id}", view.community.slug)),
            "tiles": maps.told(self.tiles),
        }

    async def photo(self, request: web.Request) -> web.Response:
        """One picture, as it was drawn anew, or a small one of it. No path of anybody's choice leads to it."""
        reference, number = request.match_info["reference"].upper(), int(request.match_info["number"])
        async with self.database.reading() as session:
            shown = await report_photos.shown(session, reference, number)
        if shown is None or shown.file_key is None:
            raise web.HTTPNotFound(headers=SAFE)
        small, key = "small" in request.query, shown.file_key
        if known := unchanged(request, f"{number}-{small:d}", CLOSED, UNLISTED):
            return known
        try:
            content = await self._content(key, small=small)
        except RetryLater as trouble:
            headers = {**SAFE, "Retry-After": str(max(5, int(trouble.after)))}
            raise web.HTTPServiceUnavailable(headers=headers) from None
        if content is None:
            raise web.HTTPNotFound(headers=SAFE)
        media = our_copy(shown)
        assert media is not None  # noqa: S101 - it has a key and is not hidden
        headers = {
            **SAFE,
            **dressed(media, f"public, max-age={CLOSED}"),
            **UNLISTED,
            "ETag": f'"{number}-{small:d}"',
        }
        return web.Response(body=content, headers=headers)

    async def _content(self, key: str, *, small: bool) -> bytes | None:
        if not small:
            made = await self.drawer.take(key)
            return None if made is None else made.content
        return await self.small.get(key, partial(self._narrowed, key))

    async def _narrowed(self, key: str) -> bytes | None:
        async with self.busy:
            made = await self.drawer.take(key)
            if made is None:
                return None
            try:
                return await asyncio.to_thread(pictures.narrowed, made.content, SIDE)
            except pictures.NoPicture:
                return None


@dataclass(frozen=True, slots=True)
class Told:
    """What else is read of a report. `names` are those of teams by language; `twin` is what it was joined with."""

    reason: Reason
    history: Sequence[Happening]
    names: dict[str, dict[int, str]]
    twin: str | None


def setup(
    app: web.Application,
    database: Database,
    clock: Clock,
    *,
    links: Links,
    language: str,
    tiles: Tiles | None,
    drawer: Drawer,
) -> None:
    """Add the page and its pictures."""
    them = Reports(
        database, clock, links, language, tiles, drawer, Memory(PAGES), Memory(SMALL),
        asyncio.Semaphore(AT_ONCE),
    )  # fmt: skip

    async def close(app: web.Application) -> None:
        for memory in (them.pages, them.small):
            await memory.close()

    app.on_cleanup.append(close)
    app.add_routes(
        [
            web.get(NUMBER, them.page),
            web.get(NUMBER + "/photo/{number:[0-9]{1,18}}", them.photo),
        ]
    )
