"""The two nights in which clocks in Britain change: what closes there closes at its moment, and once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.message import Tap
from bot.models import Poll
from tests.town import Town

NIGHTS = {
    # When it is asked, and when "01:30" and "tomorrow at 9" are
    "an hour that comes twice": ("2026-10-24T20:00", "2026-10-25T00:30", "2026-10-25T09:00"),
    "an hour that there is not": ("2027-03-27T20:00", "2027-03-28T01:30", "2027-03-28T08:00"),
}


@pytest.mark.parametrize(("asked", "half_past_one", "nine"), NIGHTS.values(), ids=NIGHTS)
async def test_polls_that_close_in_such_a_night_close_at_their_moment_and_once(
    town: Town, asked: str, half_past_one: str, nine: str
) -> None:
    town.clock.now = moment(asked)
    olga = await town.organiser()
    alice = town.stranger("Alice")
    for question, closes in (("Sing at night?", "01:30"), ("Sing in the morning?", "tomorrow at 9")):
        poll = await town.poll(question, "Yes", "No", by=olga, closes=closes)
        await alice.does(Tap(f"v:{poll.id}:0", query=question))
    for number, closes_at in enumerate(map(moment, (half_past_one, nine))):
        for minutes, closed in ((-1, number), (0, number + 1), (60, number + 1)):
            town.clock.now = closes_at + timedelta(minutes=minutes)
            await town.tick()
            assert await closed_polls(town) == closed
    results = [
        one for one in town.paper.delivered if "how it came out" in one.message.text and one.chat == "Alice"
    ]
    assert len(results) == 2


def moment(text: str) -> datetime:
    """Of Greenwich."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def closed_polls(town: Town) -> int:
    """How many have closed."""
    async with town.folkmoot.database.reading() as session:
        closed = select(func.count()).select_from(Poll).where(Poll.closed_at.is_not(None))
        return int(await session.scalar(closed) or 0)
