"""The bot's menu and descriptions in every language, told to Telegram only when they have changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram.fates import fate_of
from bot.channels.telegram.text import shortened

Menus = Mapping[str, Sequence[tuple[str, str]]]
"""For each language the commands with what they do, in the order in which they are shown."""

Sayings = Mapping[str, str]
"""For each language one text."""

_LONGEST_LINE, _LONGEST_SHORT, _LONGEST = 256, 120, 512


async def set_menus(
    bot: Bot, commands: Menus, *, short: Sayings, long: Sayings, otherwise: str, seen: str | None
) -> str:
    """Tell Telegram, unless `seen` is the fingerprint of the same; returns the fingerprint.

    `otherwise` is the language of those for whom there is none of their own. Raises DeliveryFailed.
    """
    now = _fingerprint(commands, short, long, otherwise)
    if now == seen:
        return now
    try:
        for code, language in _codes(commands, otherwise):
            lines = [(name, shortened(about, _LONGEST_LINE)) for name, about in commands[language]]
            await bot.set_my_commands(lines, language_code=code)
        for code, language in _codes(short, otherwise):
            await bot.set_my_short_description(shortened(short[language], _LONGEST_SHORT), language_code=code)
        for code, language in _codes(long, otherwise):
            await bot.set_my_description(shortened(long[language], _LONGEST), language_code=code)
    except TelegramError as error:
        raise fate_of(error) from None
    return now


def _codes(said: Mapping[str, object], otherwise: str) -> list[tuple[str | None, str]]:
    """Telegram's code for each language; it knows two letters only, and none for "everybody else"."""
    default: list[tuple[str | None, str]] = [(None, otherwise)] if otherwise in said else []
    return default + [(language, language) for language in said if len(language) == 2]


def _fingerprint(commands: Menus, short: Sayings, long: Sayings, otherwise: str) -> str:
    told = [
        {code: list(map(list, lines)) for code, lines in commands.items()},
        dict(short),
        dict(long),
        otherwise,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
