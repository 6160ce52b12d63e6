"""One `kill -9` after the other: 300 taps a second and a broadcast under way, SIGKILL, start again, reckon up.

What must hold afterwards. Acknowledged is kept: the update of every answered tap was committed when the process died.
Owed is done: what Telegram still held is handled, each update once, and everything in the outbox reaches an end.
The count is right: tally, recount and each person's last tap agree, and so does what each of them sees. A letter to
many reaches everybody, with its picture; it comes again, and once only, to those for whom the process died between
Telegram's taking it and our writing that down.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot.clock import utc_now
from bot.conversation import arrivals
from bot.db import Database
from bot.message import Command, Incoming
from bot.models import Community, Envelope, Poll, Seen, Tally
from bot.services.community import communities
from tests.fake_telegram.state import FIRST_UPDATE
from tests.faults.carried import Carried
from tests.faults.processes import PATIENCE, Telegram, child, folkmoot, settings, telegram
from tests.faults.reckoning import Held, Reckoning, votes

PEOPLE, TAPS, WAVE = 60, 300, 10
CHOICES = ("Yes", "No", "Sundays too")
WINDOW = 1.0  # seconds in which the taps come, and the kill with them


@asynccontextmanager
async def siege(url: URL, folder: Path, seed: int = 1) -> AsyncIterator[Siege]:
    """A town with its people, ready to be killed."""
    async with AsyncExitStack() as stack:
        database = Database(url)
        stack.push_async_callback(database.close)
        fake = await stack.enter_async_context(telegram())
        given = settings(url, fake.url, folder)
        town = Siege(database, fake, given, folder, random.Random(seed), stack)  # noqa: S311 - to be repeatable
        await town.open()
        yield town


@dataclass
class Siege:
    """A town under `kill -9`: its processes, its people, and how many updates there were."""

    database: Database
    telegram: Telegram
    settings: dict[str, str]
    folder: Path
    chance: random.Random
    stack: AsyncExitStack
    updates: int = 0
    rounds: int = 0
    taps: dict[str, str] = field(default_factory=dict)
    messages: dict[int, int] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    async def open(self) -> None:
        """Found the town, start the service, have the people join and the organiser come by her invitation."""
        await folkmoot(
            self.settings, self.folder, "community", "add", "elm-park", "--name", "Elm Park",
            "--zone", "Europe/London", "--languages", "en,cy,pl,ur",
        )  # fmt: skip
        invite = ("invite", "organiser", "--community", "elm-park", "--json")
        _, said = await asyncio.gather(self.start(), folkmoot(self.settings, self.folder, *invite))
        self.people = (await self.telegram.do("users", count=PEOPLE))["ids"]
        self.olga = (await self.telegram.do("users", count=1))["ids"][0]
        await self._join()
        await self._say(f"/start {json.loads(said)['code']}")
        await self._until(self._all_confirmed)

    async def start(self) -> None:
        """Start the service; returns as soon as it receives."""
        before = int((await self.telegram.look("counters"))["calls"].get("deleteWebhook", 0))
        process = await self.stack.enter_async_context(child("bot", self.settings, self.folder, "run"))

        async def receives() -> bool:
            counted = await self.telegram.look("counters")
            return int(counted["calls"].get("deleteWebhook", 0)) > before

        await self._until(receives)
        self.process = process

    async def run(self) -> Reckoning:
        """One poll, its taps, a notice to everybody in between, a kill, and the reckoning."""
        began = time.monotonic()
        self.rounds += 1
        poll = await self._ask()
        moment = self.chance.uniform(0.02, WINDOW)
        taps = asyncio.create_task(self._tap(poll))
        await self.letters.put(f"notice:{self.rounds}", f"Notice number {self.rounds}.")
        await asyncio.sleep(moment)
        await self._kill()
        held = await self._held()
        died = time.monotonic()
        await self.start()
        receiving = time.monotonic() - died
        last = await taps
        await self._until(self._all_confirmed)
        await self._until(self._nothing_owed)
        recovered = time.monotonic() - died
        result = await self._counted(poll, last)
        await self._seen_by_everybody(last)
        twice = await self.letters.reckon(self.people, held.in_flight)
        assert (await self.telegram.look("violations"))["violations"] == []
        seconds = time.monotonic() - began
        return Reckoning(
            self.rounds,
            moment,
            held.acknowledged,
            held.unconfirmed,
            held.owed,
            len(held.in_flight),
            twice,
            receiving,
            recovered,
            seconds,
            result,
        )

    async def _kill(self) -> None:
        process, self.process = self.process, None
        assert process is not None
        process.kill()
        await process.wait()

    # --- what people do ------------------------------------------------------------------------

    async def _join(self) -> None:
        """The people join, as they did long ago."""
        comings = [
            Incoming("telegram", f"j{one}", str(one), str(one), Command("start"), "en") for one in self.people
        ]
        now = utc_now()
        async with self.database.writing() as session:
            known = await arrivals.addresses(session, comings, now=now, language="en")
            community = (await session.scalars(select(Community))).one()
            for address in known.values():
                assert address.resident is not None
                address.resident.greeted_at = now
                await communities.join(session, address.resident, community.id, now=now, source=None)

    async def _ask(self) -> Poll:
        """The organiser asks; returns when a third of the people have got the question."""
        question = f"Shall we keep market number {self.rounds}?"
        await self._say(f"/poll {question} | {' | '.join(CHOICES)}")
        await self._until(self._all_confirmed)
        await self._press("Send")

        await self._until(self._all_confirmed)
        async with self.database.reading() as session:
            poll = (await session.scalars(select(Poll).where(Poll.question == question))).one()
        self.letters = Carried(self.database, self.telegram, self.olga)
        self.letters.subjects[f"poll:{poll.id}"] = question

        async def some() -> bool:
            return len(await self.letters.messages(f"poll:{poll.id}")) >= PEOPLE // 3

        await self._until(some)
        return poll

    async def _tap(self, poll: Poll) -> dict[int, int]:
        """Taps in waves, by whoever has got the letter; returns the last choice of each person."""
        last: dict[int, int] = {}
        self.messages, self.taps = {}, {}
        for _ in range(TAPS // WAVE):
            if len(self.messages) < PEOPLE:
                self.messages = (
                    dict(await self.letters.messages(f"poll:{poll.id}")) | self.messages
                )  # of two copies, the first
            chosen = self.chance.choices(sorted(self.messages), k=WAVE)
            choices = self.chance.choices(range(len(CHOICES)), k=WAVE)
            taps = [
                {"user": one, "data": f"v:{poll.id}:{choice}", "message_id": self.messages[one]}
                for one, choice in zip(chosen, choices, strict=True)
            ]
            queries = (await self.telegram.do("tap", taps=taps))["queries"]
            self.taps |= {query: self._number() for query in queries}
            last.update(zip(chosen, choices, strict=True))
            await asyncio.sleep(WINDOW * WAVE / TAPS)
        return last

    async def _say(self, text: str) -> None:
        said = await self.telegram.do("say", **{"from": [self.olga], "text": text})
        assert str(said["ids"][0]) == self._number()

    async def _press(self, label: str) -> None:
        """The organiser presses a button, as soon as it is there."""

        async def pressed() -> bool:
            taps = [{"user": self.olga, "label": label}]
            return bool((await self.telegram.do("tap", taps=taps))["queries"] != [None])

        await self._until(pressed)
        self._number()

    def _number(self) -> str:
        """The number of the next update; nobody else makes any."""
        self.updates += 1
        return str(FIRST_UPDATE + self.updates - 1)

    # --- what must hold ------------------------------------------------------------------------

    async def _held(self) -> Held:
        """How things stood when the process died. Every acknowledged tap must have been committed."""
        answers = await self.telegram.calls("answerCallbackQuery")
        queries = {call["params"]["callback_query_id"] for call in answers} & set(self.taps)  # of this round
        in_flight = await self.letters.in_flight()
        async with self.database.reading() as session:
            seen = set(await session.scalars(select(Seen.key)))
            owed = (await session.scalars(select(Envelope.id).where(Envelope.done_at.is_(None)))).all()
        lost = {self.taps[query] for query in queries} - seen
        assert not lost, f"acknowledged and lost: {sorted(lost)}"
        waiting = (await self.telegram.look("counters"))["waiting"]
        return Held(len(queries), waiting, len(owed), in_flight)

    async def _counted(self, poll: Poll, last: dict[int, int]) -> dict[str, int]:
        """Each person's last tap is their vote, the tally says the same, and each update was taken in once."""
        counted = {int(chat): answer for chat, answer in (await votes(self.database, poll)).items()}
        async with self.database.reading() as session:
            poll = await session.get_one(Poll, poll.id)
            tally = await session.get_one(Tally, poll.id)
            seen = await session.scalar(select(func.count()).where(Seen.key.not_like("j%")))
        assert counted == last, "a vote is not what was tapped last"
        assert tally.took_part == len(last), "people counted twice"
        counts = Counter(last.values())
        assert tally.counts == {str(number): count for number, count in counts.items() if count}
        assert seen == self.updates, "an update was lost, or counted twice"
        return {choice: tally.counts.get(str(number), 0) for number, choice in enumerate(CHOICES)}

    async def _seen_by_everybody(self, last: dict[int, int]) -> None:
        """The message that was tapped shows the last choice, not one from before."""
        for one, choice in last.items():
            shown = (await self.telegram.look("screen", user=one))["screen"]
            rows = next(each["buttons"] for each in shown if each["message_id"] == self.messages[one])
            ticked = [label for row in rows for label in row if label.startswith("✔")]
            assert [label.removeprefix("✔ ") for label in ticked] == [CHOICES[choice]]

    async def _all_confirmed(self) -> bool:
        return int((await self.telegram.look("counters"))["waiting"]) == 0

    async def _nothing_owed(self) -> bool:
        async with self.database.reading() as session:
            return (
                await session.scalar(select(Envelope.id).where(Envelope.done_at.is_(None)).limit(1)) is None
            )

    async def _until(self, true: Callable[[], Awaitable[bool]]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not await true():
            assert time.monotonic() < deadline, f"{true.__name__} did not come about"
            assert self.process is None or self.process.returncode is None, "the service has ended"
            await asyncio.sleep(0.05)
