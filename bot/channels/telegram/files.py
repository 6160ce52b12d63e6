"""Files at Telegram: how a message names one, and fetching one for those who read elsewhere."""

from __future__ import annotations

from typing import Any

from telegram.error import TelegramError

from bot.channels.telegram.fates import fate_of
from bot.channels.telegram.wire import Wire
from bot.errors import Undeliverable
from bot.message import Media

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


def named(media: Media | None, credential: str) -> dict[str, Any]:
    """The parameter that names the file; none where this bot has no name for it, so that the words go alone."""
    known = None if media is None else media.files.get(credential)
    return {} if media is None or known is None else {media.kind: known}


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
        return await wire.fetch(path, patience=PATIENCE)
    except TelegramError as error:
        raise fate_of(error) from None
