"""A crowd that keeps tapping: a steady load of votes through the door and the dispatcher, and what came of it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.channels.telegram.polling import hand_in
from bot.errors import DatabaseTrouble
from bot.message import Incoming, Receipt
from bot.models import Poll
from tests.faults.desks import PATIENCE, tap, until
from tests.faults.reckoning import votes
from tests.town import Town

PEOPLE = 30
PAUSE = 0.1  # seconds that each of them thinks; all together tap 300 times a second at most
WORRIES = ("Something went wrong", "Traceback", "Error")


class Crowd:
    """People who change their minds all the time. Each taps again once the tap before is acknowledged."""

    def __init__(self, town: Town, poll: Poll) -> None:
        self.acknowledged = 0
        self.troubles: Counter[str] = Counter()
        self.longest_silence = 0.0
        """Seconds in which nobody's tap was acknowledged."""
        self._town = town
        self._poll = poll
        self._last: dict[str, int] = {}
        self._trying: dict[str, int] = {}
        self._enough = asyncio.Event()
        self._heard = asyncio.get_running_loop().time()

    async def taps_on(self, more: int = 60) -> None:
        """Return when so many taps more have been acknowledged."""
        goal = self.acknowledged + more

        async def reached() -> bool:
            return self.acknowledged >= goal

        await until(reached)

    async def run_into(self, trouble: str) -> None:
        """Return when the database has refused many taps for this reason."""

        async def met() -> bool:
            return self.troubles[trouble] >= PEOPLE // 2

        await until(met)

    async def nothing_is_lost(self) -> None:
        """Everybody's vote is the last one that was acknowledged, or the one that they are trying to cast."""
        last, counted = dict(self._last), await votes(self._town.folkmoot.database, self._poll)
        for one, choice in last.items():
            assert counted[one] in (choice, self._trying[one]), f"the vote of {one} was lost"

    async def reckon(self) -> None:
        """Each is counted once, as they tapped last; everybody was told so once, and heard of no trouble."""
        town, poll = self._town, self._poll
        await town.quiet()
        assert await votes(town.folkmoot.database, poll) == self._last
        counts = Counter(self._last.values())
        assert await town.result(poll) == {label: counts[n] for n, label in enumerate(poll.choices)}
        delivered = Counter(parcel.envelope for parcel in town.paper.delivered)
        assert max(delivered.values()) == 1, "something was delivered twice"
        for one, choice in self._last.items():
            screen = town.paper.screens[one]
            ticked = [b.label for row in screen.messages["1"].rows for b in row if b.label.startswith("✔")]
            assert ticked == [f"✔ {poll.choices[choice]}"]
            said = [str(message.text) for message in screen.messages.values()] + screen.toasts
            assert not any(worry in text for text in said for worry in WORRIES), said
        assert await town.folkmoot.unready() is None

    async def work(self) -> None:
        """Tap until it is enough."""
        await asyncio.gather(*(self._taps(f"p{number}", number) for number in range(PEOPLE)))

    def stop(self) -> None:
        """Each has the tap that they are at acknowledged, and no more."""
        self._enough.set()

    async def _taps(self, one: str, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - to be repeatable
        while not self._enough.is_set():
            self._trying[one] = choice = chance.randrange(len(self._poll.choices))
            await hand_in([tap(one, self._poll.id, choice)], self._submit)
            self._last[one] = choice
            self.acknowledged += 1
            now = asyncio.get_running_loop().time()
            self.longest_silence, self._heard = max(self.longest_silence, now - self._heard), now
            await asyncio.sleep(PAUSE)

    async def _submit(self, incoming: Incoming) -> Receipt:
        try:
            receipt = await self._town.folkmoot.dispatcher.submit(incoming)
        except DatabaseTrouble as trouble:
            self.troubles[str(trouble)] += 1
            raise
        assert receipt.outcome in ("done", "seen"), receipt
        return receipt


@asynccontextmanager
async def a_crowd(town: Town) -> AsyncIterator[Crowd]:
    """A poll, and a crowd that taps for as long as the block lasts; what they are at in the end is acknowledged."""
    crowd = Crowd(town, await town.poll("Keep the market?", "Yes", "No", "Sundays too"))
    work = asyncio.create_task(crowd.work())
    try:
        await crowd.taps_on()
        yield crowd
        crowd.stop()
        async with asyncio.timeout(PATIENCE):
            await work
    finally:
        work.cancel()
        await asyncio.wait([work])
