"""A whole service in a process of its own that dies by SIGKILL at a commit which a test has chosen.

The processes are forked from one that has everything loaded, so that a life costs as little as what happens in it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from typing import Any, Literal

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import app, chores, logs
from bot.channels.email import channel
from bot.services.reporting import report_photos
from bot.settings import Settings

PATIENCE = 60.0  # seconds for anything that must come about
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE)\s+"?(\w+)', re.IGNORECASE)

Moment = Literal["before", "after"]

_lives = multiprocessing.get_context("forkserver")
_lives.set_forkserver_preload(["tests.faults.loaded"])


@dataclass(frozen=True, slots=True)
class Death:
    """At the commit of that number, from 1, among those that write into one of these tables: before the database hears
    of it, or as soon as it has said that it is done."""

    number: int
    moment: Moment
    tables: Collection[str]
    later: bool = False
    """Commits count only once `Life.counts` was called."""

    def waits_at(self, engine: AsyncEngine) -> None:
        """From now on it does."""
        dialect, seen, due, counting = engine.sync_engine.dialect, 0, None, not self.later
        real = dialect.do_commit

        def writes(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            found = WRITES.match(statement)
            if found is not None and found[1].lower() in self.tables:
                connection.info["counts"] = True

        def commits(connection: Any) -> None:
            nonlocal seen, due
            if not (connection.info.pop("counts", False) and counting):
                return
            seen += 1
            if seen == self.number and self.moment == "before":
                _die()
            due = connection.connection if seen == self.number else due

        def undoes(connection: Any) -> None:
            connection.info.pop("counts", None)

        def commit(connection: Any) -> None:
            real(connection)
            if due is connection:
                _die()

        def counts() -> None:
            nonlocal counting
            counting = True

        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, counts)
        event.listen(engine.sync_engine, "before_cursor_execute", writes)
        event.listen(engine.sync_engine, "commit", commits)
        event.listen(engine.sync_engine, "rollback", undoes)
        dialect.do_commit = commit  # type: ignore[assignment, method-assign]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _live(given: Mapping[str, Any], death: Death | None) -> None:
    """The service, until it dies or is stopped."""
    channel.EVERY = chores.LOOK = (
        0.5  # a test need not wait for the next look into the mailbox, or for pictures,
    )
    report_photos.WAITS = (0, 1, *report_photos.WAITS[2:])  # nor long for another try  # type: ignore[misc]
    asyncio.run(_serve(given, death))


async def _serve(given: Mapping[str, Any], death: Death | None) -> None:
    settings = Settings(_env_file=None, log_level="error", **given)  # type: ignore[call-arg]
    logs.configure(settings)
    folkmoot = app.build(settings)
    if death is not None:
        death.waits_at(folkmoot.database.engine)
    async with app.running(folkmoot):
        await asyncio.Event().wait()


class Life:
    """One process of the service."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @property
    def over(self) -> bool:
        """Whether it has died."""
        return not self._process.is_alive()

    def counts(self) -> None:
        """From now on its commits count."""
        assert self._process.pid is not None
        os.kill(self._process.pid, signal.SIGUSR1)

    def end(self) -> None:
        """SIGKILL, from outside."""
        self._process.kill()
        self._process.join(PATIENCE)

    async def until(self, true: Callable[[], Awaitable[object]]) -> bool:
        """Wait until something has come about; false when it died before."""
        deadline = time.monotonic() + PATIENCE
        while not await true():
            if self.over:
                assert self._process.exitcode == -signal.SIGKILL, "the service has ended by itself"
                return bool(await true())
            assert time.monotonic() < deadline, f"{getattr(true, '__name__', 'it')} did not come about"
            await asyncio.sleep(0.02)
        return True


@asynccontextmanager
async def life(given: Mapping[str, Any], death: Death | None = None) -> AsyncIterator[Life]:
    """The service with these settings; killed at the end if it still lives. `port` is where it opens its pages."""
    process = _lives.Process(target=_live, args=(dict(given), death), daemon=True)
    await asyncio.to_thread(process.start)
    one = Life(process)
    try:
        yield one
    finally:
        with suppress(ValueError):
            await asyncio.to_thread(one.end)


async def opens(port: int) -> bool:
    """Whether somebody listens at that port of this machine."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
