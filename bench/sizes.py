"""Whether size costs anything: votes, start-up, memory and broadcasts in a small town, a big poll and a big town."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console

from bench import machine
from bench.contenders import BY_NAME, ROOT, Contender, Ground, Started, start
from bench.filling import Size
from bench.load import Load
from bench.postgresql import Server
from bench.running import IN_FLIGHT, answers, at_work, everybody, ground_for, until

BOTS = ("folkmoot-sqlite-polling", "folkmoot-postgresql-polling")
FEW = 1_000
TAPPING = 500  # in each town; the others are there
BURST = 1.5  # seconds
console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: ballots in the big poll, people in the big town, rounds, and updates for memory: as many
    as fit into so many seconds, or that many if that is reached before."""

    ballots: int = 5_000_000
    people: int = 1_000_000
    rounds: int = 4
    starts: int = 3
    seconds: float = 30.0
    updates: int = 1_000_000


async def measured(server: Server, scale: Scale) -> dict[str, Any]:
    """What was found for each bot, and the scale it was found at."""
    found: dict[str, Any] = {"ballots": scale.ballots, "people": scale.people, "few": FEW}
    for name in BOTS:
        found[name] = await _one(BY_NAME[name], server, scale)
    return found


async def _one(contender: Contender, server: Server, scale: Scale) -> dict[str, Any]:
    towns = {
        "small": Size(people=FEW),
        "ballots": Size(people=FEW, ballots=scale.ballots),
        "people": Size(people=scale.people),
    }
    async with AsyncExitStack() as stack:
        grounds = {}
        for town, size in towns.items():
            began = time.monotonic()
            grounds[town] = await stack.enter_async_context(ground_for(contender, server, size))
            _tell(contender, f"made {size.people:,} people, {size.ballots:,} ballots", began)
        began = time.monotonic()
        costs = await _side_by_side(contender, server, grounds, scale.rounds)
        _tell(contender, "a vote's cost at both sizes", began)
        big = grounds["people"]
        starts = {
            town: [await _start(contender, grounds[town]) for _ in range(scale.starts)]
            for town in ("small", "people")
        }
        began = time.monotonic()
        memory = await _memory(contender, server, big, scale)
        _tell(contender, f"memory over {memory['updates']:,.0f} updates", began)
        began = time.monotonic()
        prepared = {town: await _prepared(grounds[town]) for town in ("small", "people")}
        _tell(contender, "preparing a broadcast", began)
        bytes_each = await server.bytes_each(big.url) if contender.database == "postgresql" else None
        if bytes_each:
            bytes_each |= {"ballots": (await server.bytes_each(grounds["ballots"].url))["ballots"]}
    return {
        "costs": costs,
        "starts": starts,
        "memory": memory,
        "prepared": prepared,
        "bytes_each": bytes_each,
    }


def _tell(contender: Contender, what: str, began: float) -> None:
    console.print(f"[dim]sizes: {contender.title}: {what} ({time.monotonic() - began:.0f} s)")


async def _side_by_side(
    contender: Contender, server: Server, grounds: dict[str, Ground], rounds: int
) -> dict[str, list[dict[str, float]]]:
    """One bot in each town, all running, tapped at in turn; so what disturbs one disturbs all."""
    found: dict[str, list[dict[str, float]]] = {town: [] for town in grounds}
    async with AsyncExitStack() as stack:
        bots = {
            town: await stack.enter_async_context(at_work(contender, server, ground=ground, tapping=TAPPING))
            for town, ground in grounds.items()
        }
        for load, _ in bots.values():
            load.keep(IN_FLIGHT)
            await everybody(load)
            await load.rest()
        for number in range(rounds):
            for town in list(bots) if number % 2 == 0 else reversed(bots):
                found[town].append(await _burst(*bots[town], server))
    return found


async def _burst(load: Load, started: Started, server: Server) -> dict[str, float]:
    load.keep(IN_FLIGHT)
    await until(load, len(load.done) + IN_FLIGHT, BURST / 5)
    database = server.pid_for(started.contender)
    before, first = machine.Use.now(started.pids, database), len(load.done)
    await until(load, first + IN_FLIGHT, BURST)
    after, votes = machine.Use.now(started.pids, database), len(load.done) - first
    await load.rest()
    cpu = after.bot - before.bot + after.database - before.database
    return {"votes_per_second": votes / (after.at - before.at), "cpu_per_1000": cpu / votes * 1000}


async def _start(contender: Contender, ground: Ground) -> float:
    """Seconds from the command to `/readyz` saying yes."""
    load = Load()
    began = time.monotonic()
    started = start(contender, await load.fake.start(), ground)
    try:
        while not await answers(started.ports[0]):
            if time.monotonic() > began + 60:
                raise TimeoutError(f"{contender.name} was not ready after a minute")
            await asyncio.sleep(0.01)
        return time.monotonic() - began
    finally:
        started.kill()
        await load.fake.stop()


async def _memory(contender: Contender, server: Server, ground: Ground, scale: Scale) -> dict[str, Any]:
    """MB at rest, and after each second of votes: (updates, MB)."""
    async with at_work(contender, server, ground=ground) as (load, started):
        await asyncio.sleep(2)
        rest = machine.memory(started.pids) / 2**20
        load.keep(IN_FLIGHT)
        await everybody(load)
        began, seen = time.monotonic(), []
        while time.monotonic() < began + scale.seconds and len(load.done) < scale.updates:
            await asyncio.sleep(1)
            seen.append((len(load.done), machine.memory(started.pids) / 2**20))
        await load.rest()
        return {"rest_mb": rest, "updates": len(load.done), "seen": seen}


async def _prepared(ground: Ground) -> dict[str, float]:
    """A broadcast to everybody put into the outbox, by a process of its own."""
    made = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.preparing",
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": ground.url},
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await made.communicate()
    if made.returncode:
        raise RuntimeError(f"no broadcast could be prepared in {urlsplit(ground.url).scheme}")
    read: dict[str, float] = json.loads(told)
    return read
