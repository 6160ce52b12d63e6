"""One database, SQLite or PostgreSQL: its engine, and its sessions for reading and for writing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.pool import QueuePool

from bot.db import postgresql, sqlite, writes
from bot.db.news import News


class Database:
    """Opens sessions on the database at `url`, which names the async driver. Nothing connects yet.

    Sessions keep what they loaded after a commit, flush before they query, and count what was written in
    them (see `writes.py`). The option `in_thread=True` keeps a long statement off the event loop on SQLite.
    `direct` leads to the same database without a pooler, for what needs a connection of its own for long.
    """

    def __init__(self, url: URL, direct: URL | None = None) -> None:
        self.url = url
        self.direct = direct or url
        self.dialect = url.get_backend_name()
        self.engine: AsyncEngine = sqlite.engine(url) if self.dialect == "sqlite" else postgresql.engine(url)
        self._readers = self.engine.execution_options(reading=True)
        # SQLite has one writer at a time. Those of this process queue here, in order, and need not ask again.
        self._pen: AbstractAsyncContextManager[object] = (
            asyncio.Lock() if self.dialect == "sqlite" else nullcontext()
        )
        self.news = News(self.direct)
        self.standing_by: set[str] = set()
        """Locks that this process waits for because somebody else holds them."""

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end, undone on any error. What it tells is heard after the commit."""
        async with self._pen, self._session(self.engine) as session, session.begin():
            yield session
            await self.news.send(session)
        self.news.pass_on(session)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that is always undone; on SQLite it does not ask for the right to write."""
        async with self._session(self._readers) as session:
            yield session

    @asynccontextmanager
    async def rehearsing(self) -> AsyncIterator[AsyncSession]:
        """A transaction that may write and is always undone."""
        async with self._pen, self._session(self.engine) as session:
            yield session

    @property
    def connections(self) -> tuple[int, int]:
        """How many of the pool are in use, and how many there may be."""
        pool = self.engine.pool
        used = pool.checkedout() if isinstance(pool, QueuePool) else 0
        return used, sqlite.READERS if self.dialect == "sqlite" else postgresql.CONNECTIONS * 2

    async def close(self) -> None:
        """Let go of every connection."""
        await self.engine.dispose()

    def _session(self, engine: AsyncEngine) -> AsyncSession:
        return AsyncSession(engine, sync_session_class=writes.SharedSession, expire_on_commit=False)
