"""Where a picture was taken: Telegram takes that out of photos, but leaves it in one that is sent as a file."""

from __future__ import annotations

import asyncio

from bot import pictures
from bot.channels.telegram import files
from bot.channels.telegram.wire import Wire
from bot.errors import DeliveryFailed
from bot.intake import LARGEST
from bot.message import Attached, Incoming, Place

PATIENCE = 5.0  # seconds, however many there are; somebody waits for an answer meanwhile
AT_ONCE = 2  # files in memory at a time


class Places:
    """Asks for the files of one bot."""

    def __init__(self, wire: Wire, credential: str) -> None:
        self._wire, self._credential = wire, credential
        self._busy = asyncio.Semaphore(AT_ONCE)

    async def of(self, incoming: Incoming) -> Place | None:
        """Where the picture was taken; None where it does not say so, is too large, or does not come in time."""
        what = incoming.what
        if not isinstance(what, Attached) or what.media.kind != "document":
            return None
        if not what.media.is_picture or (what.media.size or 0) > LARGEST:
            return None
        try:
            async with asyncio.timeout(PATIENCE), self._busy:
                content = await files.fetch(self._wire, what.media, self._credential)
                told = await asyncio.to_thread(pictures.place, content)
        except (DeliveryFailed, TimeoutError):
            return None
        return None if told is None else Place(*told)
