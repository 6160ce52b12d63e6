"""The public pages, which everyone may read without being known to us."""

from __future__ import annotations

from aiohttp import web

from bot.charts import Artist
from bot.clock import Clock
from bot.console import community, front, leading_on, maps, privacy, report, reports, result
from bot.console.community import Links
from bot.db import Database
from bot.drawer import Drawer
from bot.settings import Settings


def setup(
    app: web.Application,
    database: Database,
    clock: Clock,
    settings: Settings,
    artist: Artist,
    links: Links,
    drawer: Drawer,
) -> None:
    """Add them all. `links` says where a code can be opened."""
    language, tiles = settings.default_language, settings.tiles
    maps.setup(app, database, clock, language=language)
    reports.setup(app, database, clock, links=links, language=language, tiles=tiles)
    report.setup(app, database, clock, links=links, language=language, tiles=tiles, drawer=drawer)
    front.setup(app, database, language=language)
    community.setup(app, database, clock, links=links, language=language, site=settings.site)
    leading_on.setup(app, database, links=links, language=language)
    privacy.setup(app, database, settings)
    result.setup(app, database, artist, clock, settings.site, links, language)
