"""`/c/<short name>/reports`: what is open in a community, as a list that needs no script, and below it a map."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n
from bot.clock import Clock
from bot.console import maps
from bot.console.community import Links, doors_of, languages_of
from bot.console.front import spoken
from bot.console.handing import FRESH, OPEN, Made, handed_out
from bot.console.memory import Memory
from bot.console.result_page import templates
from bot.db import Database
from bot.i18n import N_, Tongue
from bot.letters.reporting import report_pages as letters
from bot.letters.reporting import reports as report_letters
from bot.letters.reporting.reports import View
from bot.lifecycle import OPEN as STATES
from bot.lifecycle import STATUSES
from bot.models import Photo, Service
from bot.services.community import communities
from bot.services.reporting import report_lists, report_views
from bot.services.reporting.report_lists import LOOKED_AT, ON_A_PAGE, OTHER, Counts, Pin, Wish
from bot.settings import Tiles

PAGES = 256  # remembered; each has some 20 kB

ORDERS = {"new": N_("The newest first"), "people": N_("What concerns most people first")}

UNLISTED = {"X-Robots-Tag": "noindex"}
"""People write of each other in reports, too: who looks for a name elsewhere shall not find them."""


@dataclass(slots=True)
class Lists:
    """What the pages need."""

    database: Database
    clock: Clock
    links: Links
    language: str
    tiles: Tiles | None
    made: Memory[Made | None]

    async def page(self, request: web.Request) -> web.Response:
        """The list, as it was a second ago at most."""
        return await self._handed(request, "page", self._page, maps.rules(self.tiles))

    async def pins(self, request: web.Request) -> web.Response:
        """The same for the map, in the words of Open311, whichever page is looked at."""
        return await self._handed(request, "pins", self._pins, {"Access-Control-Allow-Origin": "*"})

    async def _handed(
        self, request: web.Request, what: str, make: Any, more: Mapping[str, str]
    ) -> web.Response:
        slug, second = request.match_info["community"], int(self.clock().timestamp()) // FRESH
        wish = wished(request.query)
        reader = (request.query.get("lang", "")[:40], request.headers.get("Accept-Language", "")[:200])
        made = await self.made.get((what, slug, second, wish, reader), partial(make, request, slug, wish))
        if made is None:
            raise web.HTTPNotFound(text=str(i18n.tongue(self.language)._("I do not know this community.")))
        return handed_out(request, made, OPEN, {**UNLISTED, **more})

    async def _page(self, request: web.Request, slug: str, wish: Wish) -> Made | None:
        now = self.clock()
        async with self.database.reading() as session:
            town = await communities.by_slug(session, slug)
            if town is None:
                return None
            to = spoken(request, self.language, languages_of(town))
            counts = await report_lists.counted(session, town.id)
            kinds = await report_lists.kind_names(session, counts.kinds().keys() | {wish.kind})
            views = await _viewed(session, await report_lists.listed(session, town.id, wish))
            ended = await _viewed(session, await report_lists.ended(session, town.id, now=now))
            middle = await report_lists.middle(session, town)
        lang = {"lang": to.code} if request.query.get("lang") else {}
        here = Here(f"/c/{town.slug}/reports", wish, lang)
        fitting = counts.fitting(wish)
        drawn = (
            templates()
            .get_template("reports.html")
            .render(
                _=to._,
                tongue=to,
                languages=[(i18n.tongue(code), here.at(lang=code)) for code in languages_of(town)],
                town=town.name_in(to.code),
                slug=town.slug,
                lang=urlencode(lang),
                open=to.n_("{n} report is open.", "{n} reports are open.", sum(counts.of.values())),
                choices=_choices(here, counts, kinds, to),
                narrowed=wish.kind is not None or wish.status is not None,
                everything=here.at(kind=None, status=None),
                entries=[_entry(view, to, now=now) for view in views],
                ended=[_entry(view, to, now=now) for view in ended],
                **_turns(here, fitting, to),
                middle=middle,
                pins=f"/c/{town.slug}/reports.geojson?{here.query(page=1)}",
                tiles=maps.told(self.tiles),
                doors=doors_of(self.links("", town.slug)),
            )
        )
        return Made.of(drawn, "text/html")

    async def _pins(self, request: web.Request, slug: str, wish: Wish) -> Made | None:
        async with self.database.reading() as session:
            town = await communities.by_slug(session, slug)
            if town is None:
                return None
            found = await report_lists.pins(session, town.id, wish)
        to = spoken(request, self.language, languages_of(town))
        return Made.of(maps.collection([_pin(one, to) for one in found]), "application/geo+json")


@dataclass(frozen=True, slots=True)
class Here:
    """The page that is looked at, and the addresses of those beside it."""

    path: str
    wish: Wish
    lang: Mapping[str, str]

    def query(self, **other: Any) -> str:
        """What stands behind the question mark."""
        lang = {"lang": other.pop("lang")} if "lang" in other else self.lang
        wish = replace(self.wish, **{"page": 1, **other})
        asked = {"kind": wish.kind, "state": wish.status, "order": wish.order, "page": wish.page}
        usual = {"order": "new", "page": 1}
        kept = {name: str(said) for name, said in asked.items() if said not in (None, usual.get(name))}
        return urlencode({**kept, **lang})

    def at(self, **other: Any) -> str:
        """The address of the same with something else."""
        query = self.query(**({"page": self.wish.page} if "lang" in other else {}), **other)
        return f"{self.path}?{query}" if query else self.path


def wished(query: Mapping[str, str]) -> Wish:
    """What an address asks for; what cannot be meant is left out."""
    kind, status = query.get("kind", ""), query.get("state")
    page = query.get("page", "1")
    number = int(page) if re.fullmatch(r"[0-9]{1,4}", page) else 1
    return Wish(
        kind if re.fullmatch(r"[\w.:-]{1,24}", kind) else None,
        status if status in STATES else None,
        "people" if query.get("order") == "people" else "new",
        min(max(number, 1), LOOKED_AT // ON_A_PAGE),
    )


Way = tuple[Markup, str, bool]


async def _viewed(session: AsyncSession, found: Sequence[Any]) -> Sequence[View]:
    return await report_views.of_many(session, found) if found else []


def _choices(
    here: Here, counts: Counts, kinds: Mapping[str, Service], to: Tongue
) -> list[tuple[Markup, list[Way]]]:
    """The links that narrow the list: a heading, and (label, address, whether it is so now)."""

    def label(said: str, number: int) -> Markup:
        return Markup("{} ({})").format(said, to.number(number))

    everything = sum(counts.of.values())
    by_kind = counts.kinds()
    ways = [(label(to._("All kinds"), everything), here.at(kind=None), here.wish.kind is None)]
    ways += [
        (label(one.name_in(to.code), by_kind[code]), here.at(kind=code), here.wish.kind == code)
        for code, one in kinds.items()
        if code in by_kind
    ]
    if None in by_kind:
        name = report_letters.kind(None, to)
        ways.append((label(name, by_kind[None]), here.at(kind=OTHER), here.wish.kind == OTHER))
    by_state = counts.statuses()
    states = [(label(to._("All states"), everything), here.at(status=None), here.wish.status is None)]
    states += [
        (label(to._(STATUSES[code].label), by_state[code]), here.at(status=code), here.wish.status == code)
        for code in STATES
        if code in by_state
    ]
    orders = [(to._(said), here.at(order=code), here.wish.order == code) for code, said in ORDERS.items()]
    return [(to._("Which kind"), ways), (to._("How it stands"), states), (to._("In which order"), orders)]


def _turns(here: Here, fitting: int, to: Tongue) -> dict[str, Any]:
    """The ways to the pages before and after this one."""
    page, pages = here.wish.page, max(1, -(-fitting // ON_A_PAGE))
    return {
        "pages": to._("Page {page} of {pages}", page=to.number(page), pages=to.number(pages))
        if pages > 1
        else None,
        "before": here.at(page=min(page - 1, pages)) if page > 1 else None,
        "after": here.at(page=page + 1) if page < pages else None,
    }


def _entry(view: View, to: Tongue, *, now: datetime) -> dict[str, Any]:
    """One report on the list."""
    report = view.report
    return {
        "address": f"/r/{report.service_request_id}",
        "title": report_letters.headline(view, to),
        "words": report_letters.short(report.description),
        "status": report_letters.status(view, to, now=now),
        "people": letters.people(view, to),
        "reported": letters.reported(view, to),
        "dues": letters.dues(view, to, now=now),
        "picture": _picture(report.service_request_id, view.photos, to),
    }


def _picture(reference: str, photos: Iterable[Photo], to: Tongue) -> tuple[str, str] | None:
    """The first that can be shown: its address and what is on it."""
    first = next((one for one in photos if one.file_key is not None), None)
    return None if first is None else (f"/r/{reference}/photo/{first.id}?small", letters.about(first, to))


def _pin(one: Pin, to: Tongue) -> dict[str, Any]:
    """A report as GeoJSON, named as in Open311's GeoReport v2; `state` and `label` are for people."""
    name = (one.name or {}).get(to.code) or next(iter((one.name or {}).values()), None)
    properties = {
        "service_request_id": one.reference,
        "status": "open",
        "extended_status": STATUSES[one.status].external,
        "service_code": one.kind,
        "service_name": name or report_letters.kind(None, to),
        "requested_datetime": one.requested.isoformat(timespec="seconds"),
        "updated_datetime": one.updated.isoformat(timespec="seconds"),
        "expected_datetime": one.expected and one.expected.isoformat(timespec="seconds"),
        "people": one.people,
        "label": to._(STATUSES[one.status].label).unescape(),
    }
    point = {"type": "Point", "coordinates": [one.place.long, one.place.lat]}
    return {"type": "Feature", "id": one.reference, "geometry": point, "properties": properties}


def setup(
    app: web.Application,
    database: Database,
    clock: Clock,
    *,
    links: Links,
    language: str,
    tiles: Tiles | None,
) -> None:
    """Add the list and what its map shows."""
    them = Lists(database, clock, links, language, tiles, Memory(PAGES))

    async def close(app: web.Application) -> None:
        await them.made.close()

    app.on_cleanup.append(close)
    app.add_routes(
        [
            web.get("/c/{community}/reports", them.page),
            web.get("/c/{community}/reports.geojson", them.pins),
        ]
    )
