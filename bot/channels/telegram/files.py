"""Files at Telegram: how a message names one, handing over those that we made, fetching one for those who read
elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from telegram.error import TelegramError

from bot.channels.telegram.connections import TooMuch
from bot.channels.telegram.fates import fate_of
from bot.channels.telegram.wire import Wire
from bot.drawer import Drawer
from bot.errors import Undeliverable
from bot.message import Media
from bot.services.files import Made

LARGEST = 20 * 1024 * 1024  # bytes; Bot API, getFile
PATIENCE = 60.0  # seconds for one file

METHODS = {"photo": "sendPhoto", "document": "sendDocument"}

UNUSABLE = (
    "wrong file identifier",
    "wrong remote file identifier",
    "file reference",
    "can't use file of type",
)
"""What Telegram says of a file that it does not know, or not any more, or not from this bot."""


Along = dict[str, Any]
"""What goes along: its kind, and its name at Telegram or, the first time, the file itself (`Made`)."""

_REMEMBERED = 1000


class Luggage:
    """What one bot takes along with its messages. A file that we made is handed over once; whoever gets the same gets
    it by the name that Telegram gave it then."""

    def __init__(self, credential: str, drawer: Drawer | None) -> None:
        self._credential, self._drawer = credential, drawer
        self._names: dict[str, str] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def along(self, media: Media | None) -> AsyncIterator[Along]:
        """What to send with the words; nothing where this bot has no such file, so that the words go alone."""
        known = None if media is None else media.files.get(self._credential)
        if media is None or known or not media.key or self._drawer is None:
            yield {media.kind: known} if media and known else {}
            return
        turn = self._turns.setdefault(media.key, asyncio.Lock())
        async with turn:
            handed = await self._known(media.key, self._drawer)
            if handed is None:
                made = await self._drawer.take(media.key)
                yield {media.kind: made} if made else {}
                return
        yield {media.kind: handed}

    async def _known(self, key: str, drawer: Drawer) -> str | None:
        return self._names.get(key) or await drawer.name(key, self._credential)

    async def arrived(self, made: Made, sent: Any) -> None:
        """It was handed over: remember what Telegram calls it."""
        name = _name_in(sent, made.media.kind)
        if name is None or made.media.key is None or self._drawer is None:
            return
        self._names[made.media.key] = name
        if len(self._names) > _REMEMBERED:
            del self._names[next(iter(self._names))]
        await self._drawer.note(made.media.key, self._credential, name)


def _name_in(sent: Any, kind: str) -> str | None:
    """The name of the file in a message that Telegram has just taken; of a picture's sizes the last is the largest."""
    file = sent.get(kind) if isinstance(sent, dict) else None
    if isinstance(file, list):
        file = file[-1] if file else None
    name = file.get("file_id") if isinstance(file, dict) else None
    return name if isinstance(name, str) else None


async def fetch(wire: Wire, media: Media, credential: str) -> bytes:
    """The file itself; raises DeliveryFailed, Undeliverable where there is none to be had."""
    file_id = media.files.get(credential)
    if file_id is None:
        raise Undeliverable("not this bot's file")
    try:
        found = await wire.ask("getFile", {"file_id": file_id})
        path, size = found.get("file_path"), found.get("file_size")
        if not isinstance(path, str) or (isinstance(size, int) and size > LARGEST):
            raise Undeliverable("no file that can be fetched")
        return await wire.fetch(path, patience=PATIENCE, most=LARGEST)
    except TooMuch:
        raise Undeliverable("larger than what can be fetched") from None
    except TelegramError as error:
        raise fate_of(error) from None
