"""What maps on pages are made of: Leaflet and our few lines beside it, and what was loaded of a place.

A page asks nobody but us, and the server with tiles that the operator has named, if any.
"""

from __future__ import annotations

import json
import mimetypes
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from math import isfinite
from typing import Any

from aiohttp import web
from markupsafe import Markup

from bot.clock import Clock
from bot.console.front import SAFE, spoken
from bot.console.handing import CLOSED, Made, handed_out
from bot.console.memory import Memory
from bot.db import Database
from bot.i18n import Tongue
from bot.message import Place
from bot.services.community import communities
from bot.services.reporting import grounds, report_lists
from bot.settings import Tiles

NAMES = ("leaflet/leaflet.js", "leaflet/leaflet.css", "map.js", "map.css", "reports.js", "reports.css")
CELL = 0.02  # degrees; whoever looks at neighbouring places gets the same answer
REMEMBERED = 64  # surroundings; each has some 100 kB
DAY = 86_400  # seconds


def rules(tiles: Tiles | None) -> dict[str, str]:
    """The headers of a page with a map on it."""
    shown = " ".join(["'self'", "data:", *([tiles.origin] if tiles else [])])
    return {
        "Content-Security-Policy": f"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        f"img-src {shown}; base-uri 'none'; form-action 'none'"
    }


def told(tiles: Tiles | None) -> Markup:
    """What the script must know of tiles, as attributes of the map."""
    if tiles is None:
        return Markup()
    return Markup(' data-tiles="{}" data-attribution="{}"').format(tiles.address, tiles.attribution)


@dataclass(slots=True)
class Grounds:
    """What the answers need."""

    database: Database
    clock: Clock
    language: str
    made: Memory[Made | None]

    async def around(self, request: web.Request) -> web.Response:
        """Areas and named places around a point, or around the middle of the community, as GeoJSON."""
        slug, tongue = request.match_info["community"], spoken(request, self.language)
        near = request.query.get("near", "")[:40]
        here = _snapped(near)
        if near and here is None:
            raise web.HTTPBadRequest(text="near=latitude,longitude")
        lately = int(self.clock().timestamp()) // CLOSED
        made = await self.made.get((slug, here, tongue.code, lately), partial(self._made, slug, here, tongue))
        if made is None:
            raise web.HTTPNotFound
        return handed_out(request, made, CLOSED)

    async def _made(self, slug: str, here: Place | None, tongue: Tongue) -> Made | None:
        async with self.database.reading() as session:
            town = await communities.by_slug(session, slug)
            if town is None:
                return None
            here = here or await report_lists.middle(session, town)
            found = grounds.Around((), ()) if here is None else await grounds.around(session, here)
        features = [
            _feature(f"a{ground.id}", shape, what="area", name=ground.name_in(tongue.code))
            for ground, shape in found.areas
        ]
        features += [
            _feature(f"p{one.id}", _point(one.lat, one.long), what="place", name=one.name)
            for one in found.places
        ]
        return Made.of(collection(features), "application/geo+json")


def collection(features: list[dict[str, Any]]) -> str:
    """GeoJSON (RFC 7946) of these features."""
    return json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":")
    )


def _feature(number: str, geometry: Any, **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "id": number, "geometry": geometry, "properties": properties}


def _point(lat: float, long: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(long, grounds.DECIMALS), round(lat, grounds.DECIMALS)]}


def _snapped(text: str) -> Place | None:
    """The middle of the cell that holds the point; None for what is no point."""
    lat, _, long = text.partition(",")
    try:
        point = float(lat), float(long)
    except ValueError:
        return None
    if not all(isfinite(one) for one in point) or abs(point[0]) > 90 or abs(point[1]) > 180:
        return None
    return Place(*(round(round(one / CELL) * CELL, 4) for one in point))


def setup(app: web.Application, database: Database, clock: Clock, *, language: str) -> None:
    """Add the routes."""
    them = Grounds(database, clock, language, Memory(REMEMBERED))
    still = {name.rpartition("/")[2]: _still(name) for name in NAMES}

    async def lies_there(request: web.Request) -> web.Response:
        made = still.get(request.match_info["name"])
        if made is None:
            raise web.HTTPNotFound(headers=SAFE)
        return handed_out(request, made, CLOSED)

    async def close(app: web.Application) -> None:
        await them.made.close()

    app.on_cleanup.append(close)
    app.add_routes(
        [web.get("/map/{name}", lies_there), web.get("/c/{community}/ground.geojson", them.around)]
    )


def _still(name: str) -> Made:
    text = files("bot.console").joinpath("static", *name.split("/")).read_text("utf-8")
    kind = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0]
    return Made.of(text, kind or "text/plain")
