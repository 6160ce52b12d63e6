"""Chores that take longer than a transaction should: posters are drawn, people counted, pictures fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot import pictures
from bot.charts import Artist, NoPicture
from bot.clock import Clock
from bot.db import Database
from bot.errors import DatabaseTrouble, DeliveryFailed, RetryLater
from bot.message import Media
from bot.models import Poll
from bot.services import portraits, posters, report_numbers, turnout
from bot.services.sources import subject

LOOK = 3.0  # seconds
TROUBLES = (SQLAlchemyError, DatabaseTrouble, OSError)

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


Fetch = Callable[[Media], Awaitable[bytes]]
"""Brings the file from the channel that has it; raises DeliveryFailed."""


async def fetching(database: Database, clock: Clock, fetch: Fetch) -> None:
    """Fetch the pictures that organisers send for their communities, until cancelled: in a process that knows the
    channel which has them."""
    while True:
        try:
            await fetch_pictures(database, clock, fetch)
        except TROUBLES as error:
            log.warning("pictures of communities are not fetched just now", reason=type(error).__name__)
        await asyncio.sleep(LOOK)


async def fetch_pictures(database: Database, clock: Clock, fetch: Fetch) -> None:
    """One look. What is broken is told to whoever sent it; what cannot be had just now is tried again."""
    async with database.reading() as session:
        if not await portraits.waiting(session):
            return
    async with database.writing() as session:
        taken = await portraits.take(session, now=clock())
    for community_id, media in taken:
        picture = None
        try:
            picture = await asyncio.to_thread(pictures.squared, await fetch(media))
        except RetryLater:
            continue
        except (DeliveryFailed, pictures.NoPicture) as error:
            log.info("a picture of a community cannot be shown", reason=type(error).__name__)
        async with database.writing() as session:
            await portraits.keep(session, community_id, media, picture, now=clock())


class Counting:
    """Counts who took part and from where: the days each day, the rest when so many more have come that it is worth
    it. It counts without standing in a vote's way, and then writes what came of it."""

    async def __call__(self, session: AsyncSession, now: datetime) -> None:
        """Write down the days."""
        await turnout.note_days(session, now=now)

    async def afterwards(self, database: Database, now: datetime) -> None:
        """Count what is worth it."""
        async with database.reading() as session:
            polls, towns = await turnout.due(session), await turnout.due_towns(session)
        for number in polls:
            async with database.reading() as session:
                poll = await session.get_one(Poll, number)
                ways = await turnout.counted(session, poll)
            async with database.writing() as session:
                await turnout.reckon(session, subject(poll.community_id, number), ways)
        for number in towns:
            async with database.reading() as session:
                ways = await turnout.counted_members(session, number)
            async with database.writing() as session:
                await turnout.reckon(session, subject(number, None), ways)


class CountingReports:
    """Counts reports anew where the numbers are old: beside everything else, and then writes down what came of it."""

    async def __call__(self, session: AsyncSession, now: datetime) -> None:
        """Nothing of it has to be in one transaction with the rest."""

    async def afterwards(self, database: Database, now: datetime) -> None:
        """Count what is due."""
        async with database.reading() as session:
            due = await report_numbers.due(session, now=now)
        for whose in due:
            async with database.reading() as session:
                numbers = await report_numbers.counted(session, whose, now=now)
            if numbers is not None:
                async with database.writing() as session:
                    await report_numbers.keep(session, whose, numbers, now=now)
