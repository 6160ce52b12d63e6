"""What commands share: the town's database, the community that is meant, and where a code can be opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import DatabaseTrouble, Refused

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.conversation.turn import Links
    from bot.db import Database
    from bot.models import Community
    from bot.settings import Settings


@asynccontextmanager
async def town(settings: Settings, *, begin: bool = False) -> AsyncIterator[Database]:
    """The database of a town, beside a running service or not.

    `begin` makes one where there is none yet. An older one is left for `run` or `migrate`: a service of the
    older version may be at work on it.
    """
    from bot import db

    database = db.Database(settings.database, settings.database_direct)
    try:
        if reason := await db.ready(database):
            if not (begin and await _nothing_yet(database)):
                raise DatabaseTrouble(reason)
            await db.upgrade(database)
        yield database
    finally:
        await database.close()


async def _nothing_yet(database: Database) -> bool:
    from sqlalchemy import inspect

    if _has_no_file(database):
        return True
    async with database.reading() as session:
        connection = await session.connection()
        return not await connection.run_sync(lambda known: inspect(known).get_table_names())


def _has_no_file(database: Database) -> bool:
    return database.dialect == "sqlite" and not Path(str(database.url.database)).exists()


async def community_called(session: AsyncSession, slug: str) -> Community:
    """The community of that short name; Refused when there is none."""
    from bot.i18n import N_
    from bot.services.community import communities

    found = await communities.by_slug(session, slug)
    if found is None:
        raise Refused(N_("There is no community called {slug}."), slug=slug)
    return found


async def bot_name(session: AsyncSession, settings: Settings) -> str | None:
    """The Telegram bot's name: as the running service noted it, else as Telegram tells it; None when unknown."""
    from bot.commands import asking
    from bot.models import Fact

    noted = await session.get(Fact, "telegram")
    if noted is not None and noted.value.get("username"):
        return str(noted.value["username"])
    if settings.telegram_token is None:
        return None
    me = await asking.telegram(settings, "getMe", patience=3.0)
    return str(me.result["username"]) if me.result and me.result.get("username") else None


async def links_for(session: AsyncSession, settings: Settings) -> Links:
    """Where codes can be opened."""
    from bot.links import links

    site = settings.site if settings.webchat else None
    username = await bot_name(session, settings)
    return lambda code, community: links(site, username, community, code)
