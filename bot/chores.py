"""Chores that take longer than a transaction should: posters are drawn, people counted, pictures fetched and let go."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot import pictures
from bot.charts import Artist, NoPicture
from bot.clock import Clock
from bot.db import Database
from bot.db.trouble import trouble
from bot.errors import DatabaseTrouble, DeliveryFailed, RetryLater
from bot.intake import Fetch, Intake
from bot.message import Media
from bot.models import Fact, Poll
from bot.services import files
from bot.services.answering import report_numbers
from bot.services.community import portraits, posters
from bot.services.community.sources import subject
from bot.services.reporting import report_photos
from bot.services.reporting.report_photos import Wanted
from bot.services.taking_part import turnout
from bot.store import FRESH, Store

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


async def fetching(database: Database, clock: Clock, intake: Intake) -> None:
    """Fetch the pictures that organisers send for their communities, and those of reports, until cancelled: in a
    process that knows the channels which have them. Neither waits for the other."""
    photos = Photos(database, clock, intake)

    async def towns() -> None:
        await fetch_pictures(database, clock, intake.content, intake.reaches)

    async with asyncio.TaskGroup() as both:
        both.create_task(_again_and_again(towns))
        both.create_task(_again_and_again(photos.look))


async def _again_and_again(look: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await look()
        except TROUBLES as error:
            log.warning("pictures are not fetched just now", reason=type(error).__name__)
        await asyncio.sleep(LOOK)


async def fetch_pictures(
    database: Database, clock: Clock, fetch: Fetch, reaches: Callable[[Media], bool] = lambda _: True
) -> None:
    """One look. What is broken is told to whoever sent it; what cannot be had just now is tried again."""
    async with database.reading() as session:
        if not await portraits.waiting(session):
            return
    async with database.writing() as session:
        taken = await portraits.take(session, now=clock(), reaches=reaches)
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


class Photos:
    """Fetches the pictures of reports, a few at a time; one that hangs holds up itself only. Those from the web page
    are in the store already."""

    def __init__(self, database: Database, clock: Clock, intake: Intake) -> None:
        self._database, self._clock, self._intake = database, clock, intake
        self._unused: set[int] = set()  # that met a trouble of the database, which costs them no try

    async def look(self) -> None:
        """As long as there are any that are due. What met a trouble of the database is left to the next look."""
        under_way: dict[asyncio.Task[None], int] = {}
        left: set[int] = set()
        try:
            while True:
                for wanted in await self._taken(left.union(under_way.values()), len(under_way)):
                    under_way[asyncio.create_task(self._fetch(wanted))] = wanted.photo_id
                if not under_way:
                    return
                done, _ = await asyncio.wait(under_way, timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    number = under_way.pop(each)
                    error = each.exception()
                    if error is not None and trouble(error) is None:
                        raise error
                    if error is not None:
                        log.warning("a photo of a report is kept later", reason=type(error).__name__)
                        self._unused.add(number)
                        left.add(number)
        finally:
            for each in under_way:
                each.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _taken(self, besides: Collection[int], busy: int) -> Sequence[Wanted]:
        now, unused = self._clock(), frozenset(self._unused)
        if busy >= report_photos.AT_ONCE:
            return ()
        try:
            if not unused and not await self._waiting(now, besides):
                return ()
            async with self._database.writing() as session:
                await report_photos.give_back(session, unused)
                taken = await report_photos.take(
                    session,
                    now=now,
                    reaches=self._intake.reaches,
                    most=report_photos.AT_ONCE - busy,
                    besides=besides,
                )
        except TROUBLES as error:
            if not busy:
                raise
            log.warning("no more photos are fetched just now", reason=type(error).__name__)
            return ()
        self._unused -= unused
        return taken

    async def _waiting(self, now: datetime, besides: Collection[int]) -> bool:
        async with self._database.reading() as session:
            return await report_photos.waiting(session, now=now, besides=besides)

    async def _fetch(self, wanted: Wanted) -> None:
        async with self._database.writing() as session:
            if await report_photos.lies_here(session, wanted, now=self._clock()):
                return
        try:
            kept = await self._intake.bring(wanted.media)
        except (RetryLater, OSError) as error:
            log.info("a photo of a report is fetched later", reason=type(error).__name__)
            return
        except (DeliveryFailed, pictures.NoPicture) as error:
            log.info("a photo of a report cannot be shown", reason=type(error).__name__)
            async with self._database.writing() as session:
                await report_photos.broken(session, wanted, now=self._clock())
            return
        async with self._database.writing() as session:
            await report_photos.keep(session, wanted, kept.stored, kept.size, now=self._clock())


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


class Letting:
    """Lets go of what lies in the store and no file names any more. Gone is what was so at the last look, too, and was
    put long before: whoever puts the same again in the meantime finds it there. Where two towns have one store by
    mistake, only the first one lets go of anything, for it cannot know what the other one needs."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._idle: set[str] = set()
        self._mark = ""

    async def __call__(self, session: AsyncSession, now: datetime) -> None:
        """Note whose store it is."""
        fact = await session.get(Fact, "store")
        if fact is None:
            fact = Fact(name="store", value={"mark": secrets.token_hex(16)}, at=now)
            session.add(fact)
        self._mark = fact.value["mark"]

    async def afterwards(self, database: Database, now: datetime) -> None:
        """Look through all that is there."""
        if await self._store.claim(self._mark) != self._mark:
            log.warning("pictures are let go of by nobody", hint="MEDIA_DIR belongs to another database")
            return
        before, idle = now - FRESH, set()
        async for keys in self._store.before(before):
            async with database.reading() as session:
                unnamed = set(keys) - await files.named(session, keys)
            for key in sorted(unnamed & self._idle):
                await self._store.remove(key, unless_since=before)
            idle |= unnamed - self._idle
            await asyncio.sleep(0)
        self._idle = idle


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
