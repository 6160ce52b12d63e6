"""One run of one contender: warm up, as much as it can, half of that, then kill -9 and count what was kept."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from bench import machine
from bench.contenders import Contender, Started, start
from bench.load import CHOICES, Load, Tap
from bench.postgresql import Server

IN_FLIGHT = 100
ENOUGH = 300  # votes: that many warm everything up, and that many are a measure


FEWEST = 40  # taps at half of the maximum
PATIENCE = 45.0  # seconds after which even a slow bot has failed


@dataclass(frozen=True, slots=True)
class Length:
    """Seconds: not counted, as fast as it goes, at half of that."""

    warm_up: float
    full: float
    half: float


@dataclass(frozen=True, slots=True)
class Result:
    """What one run showed. Milliseconds from tap to answer are at half of the maximum unless `full_` says otherwise;
    `others` is how many cores somebody else used meanwhile."""

    votes_per_second: float
    p50_ms: float
    p99_ms: float
    full_p50_ms: float
    cpu_per_1000: float
    database_cpu_per_1000: float
    fake_cpu_per_1000: float
    rss_mb: float
    others: float
    votes: int


@asynccontextmanager
async def at_work(
    contender: Contender, server: Server, *, module: str | None = None
) -> AsyncIterator[tuple[Load, Started]]:
    """A started contender and the load for it. At the end it is killed, and every vote it answered must be there."""
    load = Load()
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    started = None
    try:
        url = await server.fresh() if contender.database == "postgresql" else ""
        started = await start(contender, await load.fake.start(), folder, url, module=module)
        load.poll = started.poll
        await _ready(load, started)
        yield load, started
        await load.rest()
        started.process.kill()
        started.process.wait()
        if contender.keeps_votes:
            await _compare(load, started)
    except BaseException:
        print((folder / "log").read_text("utf-8", "replace")[-2000:])
        raise
    finally:
        if started is not None:
            started.process.kill()
            started.process.wait()
        await load.fake.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _ready(load: Load, started: Started) -> None:
    """Until it asks for updates, and has said what it says at its start."""
    deadline = time.monotonic() + 30
    while not load.fake.here.is_set() or time.monotonic() < load.fake.last_call + 0.3:
        if started.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{started.contender.name} did not start")
        await asyncio.sleep(0.02)


async def _compare(load: Load, started: Started) -> None:
    answered = load.votes()
    expected = [answered[number] for number in range(len(CHOICES))]
    kept = await started.kept()
    if kept != expected:
        raise AssertionError(f"{started.contender.name} answered {expected} votes and kept {kept}")


async def run(contender: Contender, server: Server, length: Length) -> Result:
    """Measure one contender once."""
    async with at_work(contender, server) as (load, started):
        pid = started.process.pid
        database = server.pid if contender.database == "postgresql" else None
        load.keep(IN_FLIGHT)
        await _until(load, ENOUGH, length.warm_up)
        before, first = machine.Use.now(pid, database), len(load.done)
        await _until(load, first + ENOUGH, length.full)
        after, full = machine.Use.now(pid, database), load.done[first:]
        rss = machine.memory(pid)
        await load.rest()
        rate = len(full) / (after.at - before.at)
        begin = len(load.done)
        await load.at(rate / 2, max(length.half, FEWEST / (rate / 2)))
        await load.rest()
        half = sorted(load.done[begin:], key=lambda tap: tap.began)
        rss = max(rss, machine.memory(pid))
        return _result(before, after, full, half[len(half) // 5 :], rss)


async def _until(load: Load, votes: int, seconds: float) -> None:
    """That long, and until so many votes are over; for a slow bot longer, until a third of them must do."""
    began, before = time.monotonic(), len(load.done)
    while (took := time.monotonic() - began) < PATIENCE:
        over = len(load.done)
        if took >= seconds and (over >= votes or (took >= 3 * seconds and over - before >= ENOUGH / 3)):
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(f"{len(load.done) - before} votes in {PATIENCE} seconds are no measure")


def _result(before: machine.Use, after: machine.Use, full: list[Tap], half: list[Tap], rss: int) -> Result:
    seconds, votes = after.at - before.at, len(full)
    bot, database = after.bot - before.bot, after.database - before.database
    fake, whole = after.fake - before.fake, after.everybody - before.everybody
    cuts = quantiles((_wait(tap) for tap in half), n=100)
    return Result(
        votes_per_second=votes / seconds,
        p50_ms=cuts[49],
        p99_ms=cuts[98],
        full_p50_ms=quantiles((_wait(tap) for tap in full), n=2)[0],
        cpu_per_1000=(bot + database) / votes * 1000,
        database_cpu_per_1000=database / votes * 1000,
        fake_cpu_per_1000=fake / votes * 1000,
        rss_mb=rss / 2**20,
        others=max(0.0, (whole - bot - database - fake) / seconds),
        votes=votes,
    )


def _wait(tap: Tap) -> float:
    return (tap.answered - tap.began) * 1000
