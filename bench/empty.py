"""Databases with the schema and nothing else in them, for what is measured without a process of the bot."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.contenders import settings
from bench.postgresql import Server
from bot.db import Database, upgrade

KINDS = ("SQLite", "PostgreSQL")


@asynccontextmanager
async def empty(kind: str, server: Server) -> AsyncIterator[Database]:
    """A fresh one of that kind; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        address = f"sqlite:///{Path(folder) / 'bench.db'}" if kind == "SQLite" else await server.fresh()
        url = settings(address).database
        await upgrade(url)
        database = Database(url)
        try:
            yield database
        finally:
            await database.close()
            if kind != "SQLite":
                await server.drop(address)
