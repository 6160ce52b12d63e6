"""A service killed in the middle of its work: nothing that was acknowledged is lost, nothing has effect twice.

`KILL_RUNS=10` makes it ten runs on each database; `python -m tests.faults.kill_runs` prints what each came to.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import aiohttp
from sqlalchemy.engine import URL

from tests.fake_telegram import TOKEN
from tests.faults.kill import siege
from tests.faults.processes import telegram

RUNS = int(os.environ.get("KILL_RUNS", "1"))


async def test_a_town_whose_service_is_killed_loses_no_vote_and_owes_no_letter(
    database_url: URL, tmp_path: Path
) -> None:
    async with siege(database_url, tmp_path) as town:
        for _ in range(RUNS):
            reckoning = await town.run()
            assert reckoning.acknowledged + reckoning.unconfirmed > 0, (
                "the kill came when nothing was going on"
            )


async def test_two_who_read_what_telegram_took_at_the_same_time_see_each_call_once() -> None:
    async with telegram() as fake, aiohttp.ClientSession() as session:
        (one,) = (await fake.do("users", count=1))["ids"]
        await fake.do("say", **{"from": [one], "text": "/start"})
        said = {"chat_id": one, "text": "hello"}
        async with session.post(f"{fake.url}/bot{TOKEN}/sendMessage", json=said) as answer:
            assert answer.status == 200
        await asyncio.gather(*(fake.calls("sendMessage") for _ in range(3)))
        assert len(await fake.calls("sendMessage")) == 1
