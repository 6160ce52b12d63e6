"""What tests about announcements share: a slow wire, an organiser who announces, and ways to wait for what comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from bot.errors import RetryLater
from bot.message import Command, Content, Parcel, Tap
from bot.models import Deed, Envelope
from bot.outbox import Lane
from tests.town import PATIENCE, Person, Town

CLOSED = "The hall is closed on Friday."
OPEN = "The hall is open on Friday after all."
FAR_OFF = 3600.0  # seconds; longer than any test


class Slow:
    """A wire that takes so many letters to many, and has no time for the others yet.

    Organisers always get theirs: a chat's answers wait behind a letter that has to be tried again.
    """

    def __init__(self, town: Town, takes: int = 0) -> None:
        self.takes = takes
        town.paper.fail = self

    async def __call__(self, parcel: Parcel) -> None:
        if parcel.lane != Lane.BULK or parcel.chat in ("Olga", "Otto"):
            return
        if self.takes <= 0:
            raise RetryLater("no time", after=FAR_OFF)
        self.takes -= 1


async def announced(organiser: Person, text: str = CLOSED) -> None:
    await does(organiser, Command("announce", text))
    await taps(organiser, "Send")


async def does(person: Person, what: Content, message: str | None = None) -> None:
    """Do something, and wait for the answer only: with a slow wire the town is never quiet."""
    await person.town.folkmoot.dispatcher.submit(person.incoming(what, message=message))
    await until(person.town, lambda rows: all(lane == Lane.BULK for lane in rows))


async def taps(person: Person, label: str) -> None:
    name, payload = person.button(label)
    await does(person, Tap(payload, query=f"q{next(person.town.numbers)}"), name)


async def until(town: Town, holds: Callable[[list[int]], bool]) -> None:
    """Wait until something holds of the lanes of what is unsent."""
    deadline = time.monotonic() + PATIENCE
    lanes = [-1]
    while not holds(lanes):
        assert time.monotonic() < deadline, lanes
        for postman in town.folkmoot.postmen.values():
            postman.wake()
        await asyncio.sleep(0.005)
        async with town.folkmoot.database.reading() as session:
            unsent = Envelope.state.in_(("waiting", "claimed", "retry"))
            lanes = list(await session.scalars(select(Envelope.lane).where(unsent)))


async def written_down(town: Town) -> None:
    """Wait until it is noted what became of each letter that was tried."""
    deadline = time.monotonic() + PATIENCE
    while any(postman.in_hand for postman in town.folkmoot.postmen.values()):
        assert time.monotonic() < deadline, "a letter is in hand for ever"
        await asyncio.sleep(0.005)


async def sees(person: Person, words: str) -> None:
    """Time goes by, some seconds at once, until somebody sees these words."""
    town = person.town
    deadline = time.monotonic() + PATIENCE
    while not person.sees(words):
        assert time.monotonic() < deadline, f"{words!r} is not on:\n{person.text}"
        await looks(town)
        await asyncio.sleep(0.02)


async def looks(town: Town, **span: float) -> None:
    """The clock ticks, a few seconds later or after `span`."""
    town.clock.pass_by(timedelta(**(span or {"seconds": 4})))
    for entry in town.folkmoot.jobs.entries:
        await town.folkmoot.jobs.run(entry)
    await until(town, lambda lanes: all(lane == Lane.BULK for lane in lanes))


def how_many_have(people: list[Person], text: str) -> int:
    return sum(person.sees(text) for person in people)


async def deeds(town: Town) -> list[str]:
    async with town.folkmoot.database.reading() as session:
        acts = await session.scalars(select(Deed.act).order_by(Deed.id))
        return [act.removeprefix("announcement.") for act in acts if act.startswith("announcement.")]
