"""A process that lives through the year, until it is killed.

It can be killed at any moment and started again: a deed is marked as seen in the transaction that does it, and what is
due is asked of the database, so the new process goes on where the tables stand. A file gets a line for each letter that
was delivered.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import structlog
from sqlalchemy import bindparam, func, select

from bot import postman, report_jobs
from bot.app import Folkmoot, build, running
from bot.clock import SetClock
from bot.db import Database
from bot.garbage import look_less
from bot.message import Parcel
from bot.models import Envelope, Mailing, ServiceRequest
from bot.pace import Limits
from bot.services.reporting import waiting_news
from bot.settings import Settings
from tests.paper import PaperChannel
from tests.town import Town
from tests.year import doing, founding
from tests.year.plan import END, Deed, Plan, moment, next_slot

PATIENCE = 60.0  # seconds for what is owed to arrive
TOGETHER = 12  # deeds in one transaction, as turns share one
LOOK_AGAIN = 0.01  # seconds between two looks whether all has arrived
FOUNDED = moment(0, 0) - timedelta(days=3)

_OWED = (
    select(Envelope.id)
    .where(
        Envelope.done_at.is_(None),
        Envelope.created_at <= bindparam("now", type_=Envelope.created_at.type),
        Envelope.mailing_id.is_(None)
        | Envelope.mailing_id.not_in(
            select(Mailing.id).where(Mailing.ended_at.is_(None), Mailing.held_at.is_not(None))
        ),
    )
    .limit(1)
)
_DUE = select(
    select(func.min(ServiceRequest.review_at)).scalar_subquery(),
    select(func.min(ServiceRequest.check_at)).scalar_subquery(),
    select(func.min(Mailing.held_at))
    .where(Mailing.ended_at.is_(None), Mailing.stopped_at.is_(None))
    .scalar_subquery(),
)
Due = tuple[datetime | None, ...]
"""When each of the jobs, in their order, has something to do next."""


class Letterbox(PaperChannel):
    """Writes a line for each letter that it delivers, at once."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.count = 0

    async def deliver(self, parcel: Parcel) -> str | None:
        line = {"envelope": parcel.envelope, "chat": parcel.chat, "text": str(parcel.message.text)}
        os.write(self._file, (json.dumps(line) + "\n").encode())
        self.count += 1
        return str(parcel.envelope)


class Year:
    """The year of a plan, in a town that runs."""

    def __init__(self, town: Town, plan: Plan) -> None:
        self.town, self.plan = town, plan
        self.database: Database = town.folkmoot.database
        self.refused: Counter[str] = Counter()
        self.steps = 0

    async def live(self) -> None:
        """From wherever it stands to its end: what was lived already has nothing due any more."""
        self._postman_comes_once_a_day()
        async with self.database.writing() as session:
            await founding.found(session, now=FOUNDED)
            seen = await doing.done(session)
        left = [(number, deed) for number, deed in enumerate(self.plan.deeds) if number not in seen]
        moments = {at: list(some) for at, some in groupby(left, key=lambda pair: pair[1].at)}
        ahead = sorted(moments, reverse=True)
        now, due = self._next(FOUNDED, await self._due(), ahead)
        self.town.clock.now = now - timedelta(seconds=1)
        await self._delivered()
        while now < END:
            if now.date() != self.town.clock.now.date():
                await self._delivered()
            self.town.clock.now = now
            if ahead and ahead[-1] == now:
                await self._do(moments[ahead.pop()])
                due = await self._due()
            await self._look(now, due)
            self.steps += 1
            now, due = self._next(now, await self._due(), ahead)
        await self._delivered()
        self.town.clock.now = END
        await self._look(END, await self._due())
        await self._delivered()

    def _postman_comes_once_a_day(self) -> None:
        """Woken by every commit, or looking by himself, he would take as long as all the rest of the year."""
        postman.LOOK_AGAIN = PATIENCE
        self._postman = self.town.folkmoot.postmen["paper"]
        self._wake, self._postman.wake = self._postman.wake, lambda: None  # type: ignore[method-assign]

    async def _delivered(self) -> None:
        """Wait until all that was put up to now has arrived. Whoever was killed may have put more, a moment later."""
        deadline = time.monotonic() + PATIENCE
        while True:
            async with self.database.reading() as session:
                if await session.scalar(_OWED, {"now": self.town.clock.now}) is None:
                    return
            assert time.monotonic() < deadline, "the postman did not finish in time"
            self._wake()
            look_again = time.monotonic() + LOOK_AGAIN
            while self._postman.in_hand or time.monotonic() < look_again:
                await asyncio.sleep(0.001)

    @staticmethod
    def _next(now: datetime, due: Due, ahead: Sequence[datetime]) -> tuple[datetime, Due]:
        """The next moment in which there is something to do, and again what is due."""
        coming = [next_slot(max(one, now + timedelta(seconds=1))) for one in due if one]
        return min([*coming, *ahead[-1:], END]), due

    async def _due(self) -> Due:
        """When each of the jobs has something to do next."""
        async with self.database.reading() as session:
            *due, held = (await session.execute(_DUE)).one()
        return (*due, held and held + waiting_news.A_WHILE)

    async def _do(self, deeds: list[tuple[int, Deed]]) -> None:
        for first in range(0, len(deeds), TOGETHER):
            async with self.database.writing() as session:
                self.refused.update(await doing.do(session, deeds[first : first + TOGETHER]))

    async def _look(self, now: datetime, due: Due) -> None:
        """The jobs that have something to do, until they have no more."""
        for (_, job, _), at in zip(report_jobs.JOBS, due, strict=True):
            more: bool | None = at is not None and at <= now
            while more:
                async with self.database.writing() as session:
                    more = await job(session, now)


async def live(address: str, path: Path, plan: Plan) -> tuple[Year, Letterbox]:
    """Live through it; returns the year that was lived, for its counts."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    settings = Settings(_env_file=None, database_url=address, webchat=False)  # type: ignore[call-arg, arg-type]
    clock = SetClock(moment(0, 0))
    folkmoot: Folkmoot = build(settings, clock=clock)
    box = Letterbox(path)
    folkmoot.add(box, Limits())
    folkmoot.jobs.start = lambda: None  # type: ignore[method-assign]
    async with running(folkmoot, listen=False):
        look_less()
        deadline = time.monotonic() + 30
        while not folkmoot.postmen["paper"].on_duty and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
        year = Year(Town(folkmoot, box, clock), plan)
        await year.live()
        return year, box


def main(address: str, path: Path, plan: Plan, said: Path | None = None) -> None:
    """The process; what it has to say of itself goes into a file."""
    began = time.monotonic()
    year, box = asyncio.run(live(address, path, plan))
    lived = {
        "seconds": round(time.monotonic() - began, 1),
        "spent": round(time.process_time(), 1),
        "steps": year.steps,
        "letters": box.count,
        "refused": dict(year.refused),
    }
    if said is not None:
        said.write_text(json.dumps(lived))
