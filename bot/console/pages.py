"""The public pages, which everyone may read without being known to us."""

from __future__ import annotations

from aiohttp import web

from bot.clock import Clock
from bot.console import community, front
from bot.console.community import Links
from bot.db import Database


def setup(app: web.Application, database: Database, clock: Clock, *, links: Links, language: str) -> None:
    """Add them all. `links` says where a code can be opened, `language` is for whoever reads none of ours."""
    front.setup(app, database, language=language)
    community.setup(app, database, clock, links=links, language=language)
