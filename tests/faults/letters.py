"""Letters put by hand, and a postman of one's own to carry them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import select

from bot import outbox
from bot.clock import SetClock
from bot.models import Address, Envelope, Resident
from bot.outbox import Draft, Lane
from bot.pace import Limits
from bot.postman import Postman
from tests.faults.desks import note, until
from tests.paper import PaperChannel
from tests.town import Person, Town


async def known(town: Town, *names: str) -> list[Person]:
    """People who have written to us once."""
    people = [town.stranger(name) for name in names]
    for one in people:
        await one.says("hello there")
    return people


async def put(
    town: Town,
    to: str,
    *texts: str,
    lane: Lane = Lane.REPLY,
    target: str | None = None,
    life: float | None = None,
) -> None:
    """Put messages in the outbox, as if some service had; the postman is not told."""
    async with town.folkmoot.database.writing() as session:
        address = (await session.scalars(select(Address).where(Address.chat == to))).one()
        drafts = [
            Draft(
                address,
                note(text),
                f"{to}:{text}",
                "edit" if target else "send",
                target,
                lane,
                town.clock() + timedelta(seconds=life) if life else None,
            )
            for text in texts
        ]
        await outbox.put(session, drafts, now=town.clock())


async def state(town: Town, key: str) -> tuple[str, str | None]:
    """State and reason of an envelope."""
    async with town.folkmoot.database.reading() as session:
        row = await session.execute(select(Envelope.state, Envelope.reason).where(Envelope.once_key == key))
        found = row.one()
        return found[0], found[1]


def texts(channel: PaperChannel, to: str) -> list[str]:
    """What was delivered to one chat, in order, notes under taps left out."""
    return [str(one.message.text) for one in channel.delivered if one.chat == to and one.action != "toast"]


class Bench:
    """A postman of one's own, with a channel that has limits, on the town's database."""

    def __init__(self, town: Town, limits: Limits) -> None:
        self.channel = PaperChannel()
        self.channel.name = self.channel.credential = "bench"
        self.clock = SetClock(town.clock())
        self.postman = Postman(town.folkmoot.database, self.channel, limits, self.clock)
        self.town = town

    async def residents(self, count: int) -> None:
        """People with addresses in this channel."""
        now = self.town.clock()
        async with self.town.folkmoot.database.writing() as session:
            people = [Resident(language="en", interests=[], created_at=now) for _ in range(count)]
            session.add_all(people)
            await session.flush()
            session.add_all(
                Address(channel="bench", chat=f"b{n}", resident_id=one.id, preferred=True, created_at=now)
                for n, one in enumerate(people)
            )

    async def blast(self) -> None:
        """Something for everybody."""
        async with self.town.folkmoot.database.writing() as session:
            everybody = select(Resident.id).join(Address).where(Address.channel == "bench")
            letters = {"en": note("blast")}
            await outbox.put_to_many(
                session, everybody, letters, otherwise="en", subject="blast", now=self.town.clock()
            )

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """The postman works until the block ends."""
        work = asyncio.create_task(self.postman.run())
        try:
            yield
        finally:
            work.cancel()
            await asyncio.wait([work])

    async def all_ended(self) -> None:
        """Wait until nothing is unsent."""

        async def ended() -> bool:
            async with self.town.folkmoot.database.reading() as session:
                unsent = select(Envelope.id).where(Envelope.channel == "bench", Envelope.done_at.is_(None))
                return await session.scalar(unsent.limit(1)) is None

        await until(ended)

    async def delivered(self, count: int) -> None:
        """Wait until so many have been delivered."""

        async def enough() -> bool:
            return len(self.channel.delivered) >= count

        await until(enough)

    @property
    def places(self) -> list[str]:
        """Chats in the order of delivery, with the lane."""
        return [f"{one.chat}/{one.lane}" for one in self.channel.delivered]
