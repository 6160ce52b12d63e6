"""`python -m tests.faults.voters ADDRESS POLL SEED VOTES`: a process in which 50 people change their minds."""

from __future__ import annotations

import asyncio
import random
import sys

from sqlalchemy.engine import make_url

from bot.clock import SetClock
from tests.faults.desks import desk, tap
from tests.town import MONDAY

PEOPLE = 50
AT_ONCE = 8  # few, so that the two processes often hold different people and meet at the tally only


async def vote(address: str, poll: int, seed: int, votes: int) -> None:
    """So many taps, a good number of them in flight."""
    chance = random.Random(seed)  # noqa: S311 - to be repeatable
    async with desk(make_url(address), clock=SetClock(MONDAY)) as dispatcher:
        for first in range(0, votes, AT_ONCE):
            taps = [
                tap(f"p{chance.randrange(PEOPLE)}", poll, chance.randrange(3), key=f"{seed}:{number}")
                for number in range(first, min(first + AT_ONCE, votes))
            ]
            receipts = await asyncio.gather(*(dispatcher.submit(one) for one in taps))
            assert all(receipt.outcome == "done" for receipt in receipts), receipts


if __name__ == "__main__":
    asyncio.run(vote(sys.argv[1], *map(int, sys.argv[2:])))
