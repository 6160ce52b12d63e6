"""Further dispatchers on a town's database, as other processes have them, and votes without a postman."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic

from markupsafe import escape
from sqlalchemy.engine import URL

from bot.clock import Clock, utc_now
from bot.conversation.dispatch import Dispatcher
from bot.conversation.router import Router
from bot.db import Database
from bot.message import Incoming, Message, Tap
from handlers import ROUTERS

PATIENCE = 30.0  # seconds for what must come about
_numbers = itertools.count(1)


@asynccontextmanager
async def desk(url: URL, *, clock: Clock = utc_now) -> AsyncIterator[Dispatcher]:
    """A dispatcher with a database of its own and no postman."""
    database = Database(url)
    dispatcher = Dispatcher(
        database, Router.of(ROUTERS), clock=clock, links=lambda code, community: {}, language="en"
    )
    work = asyncio.create_task(dispatcher.run())
    try:
        yield dispatcher
    finally:
        work.cancel()
        await asyncio.wait([work])
        await database.close()


def tap(name: str, poll: int, choice: int, *, key: str | None = None) -> Incoming:
    """Somebody taps a choice of a poll."""
    number = next(_numbers)
    return Incoming(
        "paper", key or f"t{number}", name, name, Tap(f"v:{poll}:{choice}", query=f"t{number}"), "en", "1"
    )


def note(text: str) -> Message:
    """A message of a few words."""
    return Message(escape(text))


async def until(true: Callable[[], Awaitable[object]], seconds: float = PATIENCE) -> None:
    """Wait until something has come about."""
    deadline = monotonic() + seconds
    while not await true():
        assert monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.01)
