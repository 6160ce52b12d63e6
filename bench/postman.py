"""How fast the postman is, by itself: `python -m bench.postman`, a real postman on a real database, a wire of paper.

Three runs. *plain*: a broadcast at the messenger's limit. *mixed*: the same with groups and answers in between.
*free*: no limits, for what one message costs. The wire takes 0 to 50 ms for each message and refuses, as strictly as
published, what comes too soon: a bucket for the bot, one for each chat, one for each group.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup
from sqlalchemy import insert, select
from sqlalchemy.engine import URL

from bench.contenders import settings
from bot import logs, outbox
from bot.channels.telegram.limits import limits
from bot.clock import utc_now
from bot.db import Database, upgrade
from bot.errors import RetryLater
from bot.lanes import Lane
from bot.message import Message, Parcel
from bot.models import Address, Envelope, Resident
from bot.outbox import Draft
from bot.pace import Limits
from bot.postman import Postman
from bot.settings import Settings

SLOWEST = 0.05  # seconds for a message on the wire
GROUPS = 6  # that get a tally now and then
ANSWERS = 0.2  # of all messages
WORDS = Message(Markup("<b>Shall we keep the market?</b>\n"))


@dataclass(slots=True)
class Bucket:
    """Fills with `per_second` up to `size`; a message takes one out."""

    size: float
    per_second: float
    level: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.level = self.size

    def take(self) -> bool:
        """Whether there was one to take."""
        now = time.monotonic()
        self.level = min(self.size, self.level + (now - self.at) * self.per_second)
        self.at = now
        self.level -= 1
        return self.level >= 0


class Wire:
    """A channel of paper that counts. `per_second` is None where it has no limits."""

    name = "telegram"
    credential = "bench"
    trouble = None

    def __init__(self, per_second: float | None, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - to be repeatable
        self._bot = Bucket(per_second, per_second) if per_second else None
        self._chats: dict[str, Bucket] = {}
        self.took: Counter[int] = Counter()
        self.lanes: Counter[int] = Counter()
        self.waits: list[float] = []
        self.put_at: dict[int, float] = {}
        self.refused = 0
        self.first = self.last = 0.0

    async def deliver(self, parcel: Parcel) -> str | None:
        """Takes a moment there and a moment back."""
        latency = self._chance.random() * SLOWEST
        await asyncio.sleep(latency / 2)
        if self._bot and not (self._bot.take() & self._chat(parcel.chat).take()):
            self.refused += 1
            raise RetryLater("429", after=1, whole_channel=True)
        now = time.monotonic()
        self.first, self.last = self.first or now, now
        self.took[parcel.envelope] += 1
        self.lanes[parcel.lane] += 1
        await asyncio.sleep(latency / 2)
        return f"{parcel.chat}:1"

    def _chat(self, chat: str) -> Bucket:
        sizes = (20.0, 20 / 60) if chat.startswith("-") else (3.0, 1.0)
        return self._chats.setdefault(chat, Bucket(*sizes))

    def link(self, code: str, community: str) -> str | None:
        """There is nothing to open."""

    async def open(self) -> None:
        """Nothing comes in."""

    rest = close = open


@dataclass(frozen=True)
class Result:
    """What one run came to; `cpu_us` is for one message."""

    run: str
    database: str
    messages: int
    seconds: float
    per_second: float
    of_allowed: float | None
    refused: int
    lost: int
    twice: int
    cpu_us: float
    memory_mib: float


async def measure(url: URL, run: str, people: int, per_second: float = 30) -> Result:
    """One run on an empty database."""
    await upgrade(url)
    database = Database(url)
    wire = Wire(None if run == "free" else per_second, seed=1)
    pace = Limits() if run == "free" else limits(per_second)
    try:
        await _populate(database, people)
        async with _working(Postman(database, wire, pace, utc_now)):
            cpu = time.process_time()
            await _broadcast(database)
            answers = asyncio.create_task(
                _answer(database, people, per_second) if run == "mixed" else _nothing()
            )
            while await _is_busy(database) or not answers.done():  # noqa: ASYNC110
                await asyncio.sleep(0.2)
            cpu = time.process_time() - cpu
        async with database.reading() as session:
            put = (await session.scalars(select(Envelope.id))).all()
    finally:
        await database.close()
    seconds, took = wire.last - wire.first, wire.took.total()
    allowed = {"plain": per_second * pace.bulk_share, "mixed": per_second}.get(run)
    return Result(
        run=run,
        database=url.get_backend_name(),
        messages=took,
        seconds=round(seconds, 2),
        per_second=round(took / seconds, 1),
        of_allowed=round(took / seconds / allowed, 3) if allowed else None,
        refused=wire.refused,
        lost=len(set(put) - wire.took.keys()),
        twice=sum(count > 1 for count in wire.took.values()),
        cpu_us=round(cpu / took * 1e6),
        memory_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    )


@asynccontextmanager
async def _working(postman: Postman) -> AsyncIterator[None]:
    work = asyncio.create_task(postman.run())
    try:
        while not postman.on_duty:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        yield
    finally:
        work.cancel()
        await asyncio.wait([work])


async def _populate(database: Database, people: int) -> None:
    now = utc_now()
    common: dict[str, Any] = {"channel": "telegram", "created_at": now}
    async with database.writing() as session:
        await session.execute(
            insert(Resident),
            [{"id": n, "language": "en", "interests": [], "created_at": now} for n in range(1, people + 1)],
        )
        private = [
            {**common, "chat": str(n), "resident_id": n, "preferred": True} for n in range(1, people + 1)
        ]
        groups = [
            {**common, "chat": str(-n), "resident_id": None, "preferred": False} for n in range(1, GROUPS + 1)
        ]
        await session.execute(insert(Address), private + groups)


async def _broadcast(database: Database) -> None:
    async with database.writing() as session:
        await outbox.put_to_many(
            session, select(Resident.id), {"en": WORDS}, otherwise="en", subject="bench", now=utc_now()
        )


async def _answer(database: Database, people: int, per_second: float) -> None:
    """Tallies in groups, and answers at a fifth of the pace for as long as the broadcast goes on."""
    chance = random.Random(2)  # noqa: S311 - to be repeatable
    async with database.reading() as session:
        known = (await session.scalars(select(Address))).all()
    private = [one for one in known if not one.chat.startswith("-")]
    groups = [one for one in known if one.chat.startswith("-")]
    count, began = round(people * ANSWERS / (1 - ANSWERS)), time.monotonic()
    for number in range(count):
        # No more for groups than they may get: 20 a minute each.
        is_tally = number % 6 == 0
        drafts = [
            (chance.choice(groups), Lane.PERSONAL) if is_tally else (chance.choice(private), Lane.REPLY)
        ]
        async with database.writing() as session:
            await outbox.put(
                session,
                [Draft(to, WORDS, f"{number}:{lane}", lane=lane) for to, lane in drafts],
                now=utc_now(),
            )
        await asyncio.sleep(max(0, began + (number + 1) / (per_second * ANSWERS) - time.monotonic()))


async def _nothing() -> None:
    pass


async def _is_busy(database: Database) -> bool:
    async with database.reading() as session:
        own = select(Envelope.id).where(
            Envelope.channel == "telegram", Envelope.done_at.is_(None), Envelope.letter_id.is_(None)
        )
        if await session.scalar(own.limit(1)) is not None:
            return True
        return (await outbox.progress(session, "bench")).waiting > 0


def main() -> None:
    """Run and print one line of JSON for each run."""
    parser = argparse.ArgumentParser(prog="python -m bench.postman", description=__doc__)
    parser.add_argument("runs", nargs="*", default=["plain", "mixed", "free"])
    parser.add_argument("--people", type=int, default=900, help="for the runs at the limit")
    parser.add_argument("--free-people", type=int, default=10_000, help="for the run without limits")
    parser.add_argument("--url", help="an empty PostgreSQL database; without it SQLite is used")
    wishes = parser.parse_args()
    logs.configure(Settings(_env_file=None, log_level="warning"))  # type: ignore[call-arg]
    for run in wishes.runs:
        people = wishes.free_people if run == "free" else wishes.people
        with tempfile.TemporaryDirectory() as folder:
            url = settings(wishes.url or f"sqlite:///{Path(folder)}/town.db").database
            result = asyncio.run(measure(url, run, people))
        sys.stdout.write(json.dumps(asdict(result)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
