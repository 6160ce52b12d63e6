"""Introducing the bot to Telegram: its menus and descriptions in every language, and its name noted for commands."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bot import i18n
from bot.clock import Clock
from bot.conversation.router import Router
from bot.db import Database
from bot.errors import FolkmootError
from bot.i18n import N_, Tongue
from bot.models import Fact

if TYPE_CHECKING:
    from bot.channels.telegram.channel import TelegramChannel

SHORT = N_("Have a say where you live: quick questions from your community, answered in one tap.")
LONG = N_(
    "I bring you short questions from your community, count your answers and tell you what came of them. "
    "No account, no form. Tap Start."
)
FACT = "telegram"


def menu(router: Router, tongue: Tongue) -> list[tuple[str, str]]:
    """(command, its line) for everybody's menu in one language."""
    return [
        (entry.name, str(tongue._(entry.about).unescape()))
        for entry in router.commands.values()
        if entry.about and entry.found_by({"resident"})
    ]


@contextlib.asynccontextmanager
async def introducing(
    database: Database, channel: TelegramChannel, router: Router, *, language: str, clock: Clock
) -> AsyncIterator[None]:
    """Note the bot's name and set its menus: at once where Telegram answers, else as soon as it does."""

    async def soon() -> None:
        while channel.username is None:  # noqa: ASYNC110 - it connects whenever Telegram answers
            await asyncio.sleep(1)
        await introduce(database, channel, router, language=language, clock=clock)

    task = asyncio.create_task(soon())
    try:
        if channel.username is not None:
            await asyncio.wait([task])
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def introduce(
    database: Database, channel: TelegramChannel, router: Router, *, language: str, clock: Clock
) -> None:
    """Set what changed since last time. Raises nothing: menus are nice to have, and set at the next start."""
    if channel.username is None:
        return
    async with database.reading() as session:
        known = await session.get(Fact, FACT)
        seen = known.value.get("menus") if known else None
    tongues = [i18n.tongue(code) for code in i18n.available()]
    try:
        seen = await channel.set_menus(
            {each.code: menu(router, each) for each in tongues},
            short={each.code: str(each._(SHORT).unescape()) for each in tongues},
            long={each.code: str(each._(LONG).unescape()) for each in tongues},
            otherwise=language,
            seen=seen,
        )
    except FolkmootError:
        seen = None
    async with database.writing() as session:
        await session.merge(Fact(name=FACT, value={"username": channel.username, "menus": seen}, at=clock()))
