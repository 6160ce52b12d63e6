"""The clock's part: ticks of APScheduler, each opening a session and calling one service.

What is due are rows and queries, never timers: a tick that was missed while we were down loses nothing, and a job
may run twice without harm. Of all processes one keeps the clock; the next takes over when it dies.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.ext.asyncio import AsyncSession

from bot import report_jobs
from bot.charts import Artist
from bot.chores import Counting, CountingReports, Drawing
from bot.clock import Clock
from bot.db import Database, in_turn, trouble, wipe
from bot.metrics import Metrics
from bot.models import Tick
from bot.services.announcing import boards, followings
from bot.services.answering import redrawing
from bot.services.polling import closing, once_more, poll_boards, reminding, sealing
from bot.tidying import Reports, Strangers, Talks, tidy

CLOCK = "clock"
"""The lock of whoever ticks."""

LOOK_AT_THE_CLOCK = 1.0  # seconds
AT_A_TICK = 600.0  # seconds for which a job may go on; what is left waits for the next tick

log = structlog.get_logger()

Job = Callable[[AsyncSession, datetime], Awaitable[bool | None]]
"""One short transaction. True says that there is more of the same to do; it is called again, in another one."""


Afterwards = Callable[[Database, datetime], Awaitable[None]]
"""What no transaction can hold."""


async def close_polls(session: AsyncSession, now: datetime, *, site: str | None = None) -> None:
    """Close polls whose time has come."""
    await closing.close_due(session, now=now, site=site)


async def remind(session: AsyncSession, now: datetime) -> None:
    """Ask those who have not answered once more, where that was wished."""
    await once_more.remind_due(session, now=now)


async def show_boards(session: AsyncSession, now: datetime) -> None:
    """Bring what groups see up to date."""
    await boards.show(session, (poll_boards.BOARDS, poll_boards.ELSEWHERE), now=now)


async def show_open_cards(session: AsyncSession, now: datetime) -> bool:
    """Show in cards that lie open at a desk what colleagues have done."""
    return await redrawing.keep_up(session, now=now)


async def follow_announcements(session: AsyncSession, now: datetime) -> None:
    """Bring announcements forward, and show their organisers how far they have come."""
    await followings.keep_up(session, now=now)


async def remind_of_promises(session: AsyncSession, now: datetime) -> bool:
    """Remind organisers of what they owe."""
    return await reminding.remind(session, now=now)


class Sealing:
    """Seals the ballots of polls that have closed, some at a time, and clears the files of what they were before.

    Where it stands is kept in memory only: after a restart it begins again with what is not sealed.
    """

    def __init__(self) -> None:
        self._after: dict[int, bytes] = {}
        self._done: list[int] = []

    async def __call__(self, session: AsyncSession, now: datetime) -> bool:
        """Seal some; true when there are more."""
        self._done = []
        for poll_id in await sealing.unsealed(session):
            last = await sealing.seal_some(session, poll_id, self._after.get(poll_id, b""))
            if last is not None:
                self._after[poll_id] = last
                return True
            self._done.append(poll_id)
        return False

    async def afterwards(self, database: Database, now: datetime) -> None:
        """Clear the files, and note for which polls that is done."""
        if self._done and await wipe(database, ("ballots", "polls", "suggestions")):
            async with database.writing() as session:
                await sealing.wiped(session, self._done, now=now)
            self._after.clear()


@dataclass(frozen=True, slots=True)
class Entry:
    """A job, how often it looks, in seconds, and what follows it outside its transactions."""

    name: str
    job: Job
    every: float
    afterwards: Afterwards | None = None


def entries(site: str | None, artist: Artist) -> list[Entry]:
    """What every town's clock does; `site` is where people find its pages, `artist` draws."""
    sealing_polls, drawing, counting, reports = Sealing(), Drawing(artist), Counting(), CountingReports()
    return [
        Entry("close polls", partial(close_polls, site=site), 5),
        Entry("remind", remind, 60),
        Entry("seal ballots", sealing_polls, 5, sealing_polls.afterwards),
        Entry("show boards", show_boards, 3),
        Entry("show open cards", show_open_cards, 3),
        Entry("follow announcements", follow_announcements, 3),
        Entry("remind of promises", remind_of_promises, 300),
        Entry("draw posters", drawing, 3, drawing.afterwards),
        Entry("count", counting, 60, counting.afterwards),
        Entry("count reports", reports, 60, reports.afterwards),
        Entry("tidy", tidy, 3600),
        Entry("forget strangers", Strangers(), 20),
        Entry("let reports fade", Reports(), 20),
        Entry("put talks away", Talks(), 20),
        *(Entry(*one) for one in report_jobs.JOBS),
    ]


class Jobs:
    """Runs the entries for as long as it is started and holds the clock."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        metrics: Metrics | None = None,
        broken: asyncio.Event | None = None,
        *,
        artist: Artist | None = None,
        site: str | None = None,
    ) -> None:
        self.entries = entries(site, artist or Artist())
        self.ticking = False
        """Whether it is this process that holds the clock."""
        self._database = database
        self._clock = clock
        self._metrics = metrics or Metrics()
        self._broken = broken or asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to tick, as soon as nobody else does."""

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled():
                log.critical("the clock has stopped by mistake", exc_info=task.exception())
                self._broken.set()

        self._keeping = asyncio.create_task(in_turn(self._database, CLOCK, self._tick))
        self._keeping.add_done_callback(ended)

    async def stop(self) -> None:
        """Tick no more."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])

    async def _tick(self) -> None:
        scheduler = AsyncIOScheduler(timezone="UTC")
        for entry in self.entries:
            scheduler.add_job(
                self.run,
                "interval",
                args=[entry],
                seconds=entry.every,
                id=entry.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=datetime.now(scheduler.timezone),
            )
        self._metrics.clock_begins()
        scheduler.start()
        self.ticking = True
        log.debug("the clock ticks here")
        try:
            await self._watch(scheduler)
        finally:
            self.ticking = False
            scheduler.shutdown(wait=False)

    async def _watch(self, scheduler: AsyncIOScheduler) -> None:
        """The scheduler goes by the time of day: where that is set back, ticks would wait until it is as late again."""
        while True:
            await asyncio.sleep(LOOK_AT_THE_CLOCK)
            now = datetime.now(scheduler.timezone)
            for job in scheduler.get_jobs():
                if job.next_run_time - now > job.trigger.interval:
                    job.modify(next_run_time=now)

    async def run(self, entry: Entry) -> None:
        """One tick: the job, again while there is more to do, and the note that it ran."""
        began = since = time.monotonic()
        self._metrics.ticked(entry.name, entry.every, began)
        try:
            while await self._once(entry) and (now := time.monotonic()) - began < AT_A_TICK:
                await asyncio.sleep(now - since)  # half of the time is everybody else's
                since = time.monotonic()
            if entry.afterwards is not None:
                await entry.afterwards(self._database, self._clock())
        except Exception as error:
            self._metrics.tick_failed(entry.name)
            log.error("a job failed", job=entry.name, reason=trouble(error), exc_info=trouble(error) is None)

    async def _once(self, entry: Entry) -> bool:
        async with self._database.writing() as session:
            now = self._clock()
            more = bool(await entry.job(session, now))
            if not more:
                await session.merge(Tick(job=entry.name, at=now))
            return more
