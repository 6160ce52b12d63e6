"""Trying again: how long to wait, and how often."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator

from telegram.error import TelegramError

from bot.channels.telegram.fates import is_hopeless, trouble_of, wait_of

Report = Callable[[str | None], None]
"""Takes what is wrong just now, or None when all is well."""

_FIRST, _LONGEST, _HOPELESS = 1.0, 30.0, 10.0


def pauses() -> Iterator[float]:
    """1 to 30 seconds, twice as long each time, and never quite the same in two processes."""
    pause = _FIRST
    while True:
        yield pause * random.uniform(0.75, 1.25)  # noqa: S311 - not a secret
        pause = min(pause * 2, _LONGEST)


def wait_after(error: TelegramError, pauses: Iterator[float]) -> float:
    """Seconds until the next try."""
    return max(wait_of(error) or 0.0, next(pauses), _HOPELESS if is_hopeless(error) else 0.0)


async def until_done(step: Callable[[], Awaitable[object]], report: Report) -> None:
    """Do `step`, as often as it takes."""
    waits = pauses()
    while True:
        try:
            await step()
        except TelegramError as error:
            report(trouble_of(error))
            await asyncio.sleep(wait_after(error, waits))
        else:
            return
