"""The clock's part: ticks of APScheduler, each opening a session and calling one service.

What is due are rows and queries, never timers: a tick that was missed while we were down loses nothing, and a job
may run twice without harm.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import delete, exists
from sqlalchemy.ext.asyncio import AsyncSession

from bot import mailings, outbox
from bot.clock import Clock
from bot.db import Database, trouble
from bot.models import Envelope, Letter, LinkCode, Mailing, Seen, Tick
from bot.services import closing, followings, residents

log = structlog.get_logger()

KEEP_SEEN = timedelta(days=7)  # Telegram repeats an update for 24 hours at most
KEEP_SENT = timedelta(days=7)  # envelopes that are done with; their words are gone already
KEEP_STRANGERS = timedelta(days=1)  # who came and left nothing

Job = Callable[[AsyncSession, datetime], Awaitable[object]]


async def close_polls(session: AsyncSession, now: datetime) -> None:
    """Close polls whose time has come."""
    await closing.close_due(session, now=now)


async def follow_announcements(session: AsyncSession, now: datetime) -> None:
    """Bring announcements forward, and show their organisers how far they have come."""
    await followings.keep_up(session, now=now)


async def tidy(session: AsyncSession, now: datetime) -> None:
    """Forget what is not needed any more, each after its stated age."""
    await session.execute(delete(Seen).where(Seen.seen_at < now - KEEP_SEEN))
    await session.execute(delete(Envelope).where(Envelope.done_at < now - KEEP_SENT))
    await mailings.settle(session, now=now)
    await session.execute(delete(Mailing).where(Mailing.ended_at < now - KEEP_SENT))
    await session.execute(
        delete(Letter).where(
            Letter.created_at < now - KEEP_SENT, ~exists().where(Mailing.subject == Letter.subject)
        )
    )
    await session.execute(delete(LinkCode).where(LinkCode.expires_at < now))
    await residents.sweep(session, before=now - KEEP_STRANGERS)


@dataclass(frozen=True, slots=True)
class Entry:
    """A job and how often it looks, in seconds."""

    name: str
    job: Job
    every: float


ENTRIES = (
    Entry("close polls", close_polls, 5),
    Entry("follow announcements", follow_announcements, 3),
    Entry("tidy", tidy, 3600),
)


class Jobs:
    """Runs the entries for as long as it is started."""

    def __init__(self, database: Database, clock: Clock, *, posted: Callable[[], None]) -> None:
        self.entries = list(ENTRIES)
        self._database = database
        self._clock = clock
        self._posted = posted
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        """Begin to tick."""
        for entry in self.entries:
            self._scheduler.add_job(
                self.run,
                "interval",
                args=[entry],
                seconds=entry.every,
                id=entry.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=datetime.now(self._scheduler.timezone),
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def run(self, entry: Entry) -> None:
        """One tick: the job and the note that it ran, in one transaction."""
        try:
            async with self._database.writing() as session:
                now = self._clock()
                await entry.job(session, now)
                await session.merge(Tick(job=entry.name, at=now))
                posted = bool(session.info.get(outbox.POSTED))
        except Exception as error:
            log.error("a job failed", job=entry.name, reason=trouble(error), exc_info=trouble(error) is None)
            return
        if posted:
            self._posted()
