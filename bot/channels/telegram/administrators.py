"""Who administers a group: Telegram is asked when somebody does what only its administrators may."""

from __future__ import annotations

from telegram.error import TelegramError

from bot.channels.telegram.wire import Wire
from bot.message import Incoming

PATIENCE = 5.0  # seconds; somebody waits for an answer meanwhile


async def administers(wire: Wire, incoming: Incoming) -> bool | None:
    """Whether the sender is one of them; None where Telegram does not tell.

    The whole list is asked for: of single members Telegram tells only those bots that are administrators themselves.
    """
    if incoming.sender == incoming.chat:
        return True  # only administrators can write as the group
    try:
        asked = {"chat_id": int(incoming.chat)}
        listed = await wire.ask("getChatAdministrators", asked, patience=PATIENCE)
        return incoming.sender in {str(one["user"]["id"]) for one in listed}
    except (TelegramError, KeyError, TypeError, ValueError):
        return None
