"""Chores of the clock that take longer than a transaction should: posters are drawn, and people are counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.charts import Artist, NoPicture
from bot.db import Database
from bot.models import Poll
from bot.services import posters, turnout
from bot.services.sources import subject

log = structlog.get_logger()


class Drawing:
    """Has the posters drawn that somebody wished for. Whatever interrupts it, the wishes are there at the next look."""

    def __init__(self, artist: Artist) -> None:
        self._artist = artist
        self._wished: Sequence[int] = ()

    async def __call__(self, session: AsyncSession, now: datetime) -> None:
        """Note which are to be drawn."""
        self._wished = await posters.take(session, now=now)

    async def afterwards(self, database: Database, now: datetime) -> None:
        """Draw them, one after the other."""
        for number in self._wished:
            await self._one(database, number, now)

    async def _one(self, database: Database, number: int, now: datetime) -> None:
        async with database.reading() as session:
            sheet = await posters.sheet(session, number)
        if sheet is None:
            async with database.writing() as session:
                await posters.give_up(session, number, now=now)
            return
        try:
            picture = await self._artist.poster(sheet, "png")
            paper = await self._artist.poster(sheet, "pdf")
        except NoPicture as error:
            log.warning("a poster was not drawn", reason=str(error))
            return
        async with database.writing() as session:
            await posters.send(session, number, picture, paper, now=now)


class Counting:
    """Counts who took part and from where: the days each day, the rest when so many more have come that it is worth
    it. It reads without standing in a vote's way, and writes what came of it."""

    def __init__(self) -> None:
        self._polls: Sequence[int] = ()
        self._towns: Sequence[int] = ()

    async def __call__(self, session: AsyncSession, now: datetime) -> None:
        """Write down the days, and note what is to be counted."""
        await turnout.note_days(session, now=now)
        self._polls = await turnout.due(session)
        self._towns = await turnout.due_towns(session)

    async def afterwards(self, database: Database, now: datetime) -> None:
        """Count these."""
        for number in self._polls:
            async with database.reading() as session:
                poll = await session.get_one(Poll, number)
                ways = await turnout.counted(session, poll)
            async with database.writing() as session:
                await turnout.reckon(session, subject(poll.community_id, number), ways)
        for number in self._towns:
            async with database.reading() as session:
                ways = await turnout.counted_members(session, number)
            async with database.writing() as session:
                await turnout.reckon(session, subject(number, None), ways)
