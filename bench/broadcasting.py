"""Votes during a broadcast: how long answers take at half of the maximum, without and with one going out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from bench import town
from bench.contenders import BY_NAME, Contender, settings
from bench.filling import Size
from bench.postgresql import Server
from bench.running import ENOUGH, IN_FLIGHT, Length, at_half, at_work, ground_for, until

PEOPLE = 20_000  # that many letters wait; only some of the people tap
BOTS = ("folkmoot-sqlite-polling", "folkmoot-postgresql-polling")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the broadcast may go: `title`, the module that runs, and settings."""

    title: str
    module: str | None
    more: Mapping[str, str]


PACES = {
    "usual": Pace("24 letters/s, Telegram's usual limit", "bench.paced", {}),
    "paid": Pace(
        "up to 800 letters/s, Telegram's paid limit", None, {"TELEGRAM_MESSAGES_PER_SECOND": "1000"}
    ),
}


async def measured(server: Server, rounds: int, length: Length) -> dict[str, Any]:
    """For each bot and pace one list of rounds."""
    found: dict[str, list[dict[str, float]]] = {f"{bot} {pace}": [] for bot in BOTS for pace in PACES}
    for _ in range(rounds):
        for name, rounds_so_far in found.items():
            bot, _, pace = name.partition(" ")
            rounds_so_far.append(await _round(BY_NAME[bot], server, PACES[pace], length))
    return found


async def _round(contender: Contender, server: Server, pace: Pace, length: Length) -> dict[str, float]:
    async with (
        ground_for(contender, server, Size(people=PEOPLE)) as ground,
        at_work(contender, server, ground=ground, module=pace.module, more=pace.more) as (load, _),
    ):
        load.keep(IN_FLIGHT)
        await until(load, ENOUGH, length.warm_up)
        began, first = time.monotonic(), len(load.done)
        await until(load, first + ENOUGH, length.full)
        rate = (len(load.done) - first) / (time.monotonic() - began)
        await load.rest()
        quiet = await at_half(load, rate, length.half)
        await town.broadcast(settings(ground.url), "bench:1")
        sent = await _under_way(load.fake.calls)
        began = time.monotonic()
        busy = await at_half(load, rate, length.half)
        letters = (load.fake.calls["sendMessage"] - sent) / (time.monotonic() - began)
        without, during = quantiles(quiet, n=100), quantiles(busy, n=100)
    return {
        "votes_per_second": rate / 2,
        "letters_per_second": letters,
        "p50_ms": without[49],
        "p99_ms": without[98],
        "during_p50_ms": during[49],
        "during_p99_ms": during[98],
    }


async def _under_way(calls: Mapping[str, int]) -> int:
    """Wait for the first letters; returns how many have gone."""
    deadline = time.monotonic() + 10
    while not calls["sendMessage"]:
        if time.monotonic() > deadline:
            raise TimeoutError("the broadcast did not begin")
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.5)
    return calls["sendMessage"]
