"""Looking for something of ours from within any chat: a read. It changes nothing, and nobody becomes known by it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n
from bot.clock import Clock
from bot.db import Database
from bot.message import Message


@dataclass(frozen=True, slots=True)
class Search:
    """Somebody (`sender`) looks for something with these words, in whatever chat; their app speaks `language`."""

    channel: str
    sender: str
    words: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that may be shown there: `message` is what the others see. `key` is a press that comes back when it
    has been shown, where the channel tells."""

    key: str
    title: str
    about: str
    message: Message


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, best first. `way_in` is offered beside it: a button's label, and the code that it opens."""

    found: tuple[Finding, ...] = ()
    way_in: tuple[str, str] | None = None


Finder = Callable[[AsyncSession, Search, datetime], Awaitable[Findings]]
Searching = Callable[[Search], Awaitable[Findings]]


def searching(database: Database, finder: Finder, clock: Clock, language: str) -> Searching:
    """What a channel looks with; `language` is for those whose app does not tell one we speak."""

    async def search(wanted: Search) -> Findings:
        spoken = i18n.choose(wanted.language, i18n.available(), language)
        wanted = Search(wanted.channel, wanted.sender, wanted.words, spoken)
        async with database.reading() as session:
            return await finder(session, wanted, clock())

    return search
