"""SQL that was compiled for one town of a test process serves the next: each town opens an engine of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import LRUCache

from bot.db import postgresql, sqlite

KEPT = 2000  # statements


def share() -> None:
    """From now on the engines of this process share what they compiled.

    A cache knows its statements by their dialect. Ours differ by nothing that compiling looks at: one
    SQLite and one PostgreSQL serve the whole process.
    """
    sqlite.engine = _sharing(sqlite.engine, sqlite.Dialect)
    postgresql.engine = _sharing(postgresql.engine, PGDialect_asyncpg)


def _sharing(engine: Callable[..., AsyncEngine], dialect: type[DefaultDialect]) -> Callable[..., AsyncEngine]:
    cache: LRUCache[Any, Any] = LRUCache(KEPT)
    dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]

    def sharing(*given: Any, **named: Any) -> AsyncEngine:
        made = engine(*given, **named)
        made.sync_engine._compiled_cache = cache
        return made

    return sharing
