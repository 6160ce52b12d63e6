"""Waiting for events with an end to it, stopping tasks, and a database that may be away for a while."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

import structlog

from bot.db import trouble

log = structlog.get_logger()


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Until the event is set, but no longer than that."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def first_of(events: Iterable[asyncio.Event], seconds: float) -> None:
    """Until one of them is set, but no longer than that."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()


async def stop(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Stop them, and say which of them had failed."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            log.error("a part of the postman failed", exc_info=result)


@contextlib.contextmanager
def database_may_be_away(what: str) -> Iterator[None]:
    """Say in the log that letters could not be `what`, and go on, where it is the database that is away."""
    try:
        yield
    except Exception as error:
        if trouble(error) is None:
            raise
        log.warning(f"letters could not be {what}", reason=trouble(error))
