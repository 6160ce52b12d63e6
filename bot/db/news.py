"""News between processes: told with a commit, heard by every process of the town that listens.

On PostgreSQL they travel by NOTIFY, in the very transaction that they tell of. On SQLite they reach this process only;
another one looks for itself. News only save time: whoever hears none finds the same in the tables a little later.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterable

import asyncpg
import structlog
from sqlalchemy import func, select
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import postgresql
from bot.db.trouble import trouble
from bot.errors import DatabaseTrouble

CHANNEL = "folkmoot"
SIGN_OF_LIFE = 5.0  # seconds between two echoes, and the longest that one may take
AGAIN = 1.0  # seconds until the line is made anew
DEAF_AGAIN = 60.0  # the same behind a pooler

DEAF = (
    "News of other processes do not get through, as DATABASE_URL leads through a pooler. Everything works, up to a "
    "second later; set DATABASE_DIRECT_URL to the server itself."
)

Ear = Callable[[str | None], None]
"""Takes what was told; None says that something may have been missed, so look."""

log = structlog.get_logger()

_TOLD = "news"
_ECHO = "echo"


def tell(session: AsyncSession, about: str, what: str = "") -> None:
    """Let every process know when this transaction is committed, and not if it is undone.

    `about` is one word. Everyone who may connect to the database could hear it, so nothing of a person may be in it.
    """
    session.info.setdefault(_TOLD, {})[about, what] = None


class News:
    """Who listens in this process, and the line on which other processes are heard."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._travel = url.get_backend_name() != "sqlite"
        self._origin = secrets.token_hex(4)
        self._ears: dict[str, list[Ear]] = {}
        self._echo = asyncio.Event()
        self.listening = False
        """Whether other processes are heard just now."""

    def hear(self, about: str, ear: Ear) -> None:
        """Have `ear` called whenever somebody tells something about this."""
        self._ears.setdefault(about, []).append(ear)

    async def send(self, session: AsyncSession) -> None:
        """Put on the line what was told in this transaction; the last thing before its commit."""
        if self._travel and (told := _told(session)):
            lines = (func.pg_notify(CHANNEL, f"{self._origin} {about} {what}") for about, what in told)
            await session.execute(select(*lines))

    def pass_on(self, session: AsyncSession) -> None:
        """It is committed: let this process hear it, at once and without the server."""
        for about, what in _told(session):
            self._ring(about, what)

    async def listen(self) -> None:
        """Hear other processes until cancelled, over a connection of its own that is made anew when it breaks."""
        while True:
            pause = AGAIN
            try:
                await self._over_one_line()
            except _Deaf:
                log.warning(DEAF)
                pause = DEAF_AGAIN
            except _BROKEN as error:
                log.warning("the line to other processes is down", reason=trouble(error))
            finally:
                self.listening = False
            await asyncio.sleep(pause)

    async def _over_one_line(self) -> None:
        connection = await postgresql.connect(self._url)
        gone = asyncio.Event()
        connection.add_termination_listener(lambda _: gone.set())
        try:
            # To listen through a pooler that changes connections would leave somebody else's listening for good.
            if not await postgresql.straight(connection):
                raise _Deaf
            await connection.add_listener(CHANNEL, self._on_line)
            while not gone.is_set():
                await self._hear_ourselves(connection)
                if not self.listening:
                    self.listening = True
                    self._look_everywhere()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(SIGN_OF_LIFE):
                        await gone.wait()
        finally:
            await postgresql.hang_up(connection)

    async def _hear_ourselves(self, connection: asyncpg.Connection) -> None:
        """A cable that was pulled closes no connection; an echo that does not come back tells."""
        self._echo.clear()
        line = f"{self._origin} {_ECHO} "
        await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, line, timeout=SIGN_OF_LIFE)
        async with asyncio.timeout(SIGN_OF_LIFE):
            await self._echo.wait()

    def _on_line(self, _connection: object, _pid: int, _channel: str, line: object) -> None:
        origin, about, what = [*str(line).split(" ", 2), "", ""][:3]
        if origin == self._origin:
            if about == _ECHO:
                self._echo.set()
        else:  # what we told ourselves we have heard already
            self._ring(about, what)

    def _look_everywhere(self) -> None:
        for about in self._ears:
            self._ring(about, None)

    def _ring(self, about: str, what: str | None) -> None:
        for ear in self._ears.get(about, ()):
            ear(what)


class _Deaf(Exception):
    """The line leads to a pooler, not to the server."""


_BROKEN = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError, DatabaseTrouble)


def _told(session: AsyncSession) -> Iterable[tuple[str, str]]:
    told: dict[tuple[str, str], None] = session.info.get(_TOLD, {})
    return told
