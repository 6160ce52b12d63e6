"""One run of one contender: warm up, as much as it can, half of that, then kill -9 and count what was kept."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from bench import machine
from bench.contenders import Contender, Ground, Started, prepare, start
from bench.filling import Size
from bench.load import FIRST, PEOPLE, Load, Tap
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
    `others` is how many cores somebody else used meanwhile, `yardstick_ms` what a fixed piece of work took then."""

    votes_per_second: float
    p50_ms: float
    p99_ms: float
    full_p50_ms: float
    cpu_per_1000: float
    database_cpu_per_1000: float
    fake_cpu_per_1000: float
    rss_mb: float
    others: float
    yardstick_ms: float
    votes: int


class Starved(Exception):
    """A bot had so little of the machine that nothing can be said about it. Nothing was lost."""


@asynccontextmanager
async def ground_for(contender: Contender, server: Server, size: Size | None = None) -> AsyncIterator[Ground]:
    """A folder and a database with a town of that size; both are removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    url = await server.fresh() if contender.database == "postgresql" else ""
    try:
        yield await prepare(contender, folder, url, size)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if url:
            await server.drop(url)


@asynccontextmanager
async def at_work(
    contender: Contender,
    server: Server,
    *,
    ground: Ground | None = None,
    module: str | None = None,
    more: Mapping[str, str] | None = None,
    tapping: int = PEOPLE,
) -> AsyncIterator[tuple[Load, Started]]:
    """A started contender and the load for it: at most so many tap. At the end it is killed, and every vote it
    answered must be there."""
    async with AsyncExitStack() as stack:
        if ground is None:
            ground = await stack.enter_async_context(ground_for(contender, server))
        load = Load(ground.poll, _spread(ground.size.people, tapping), ground.chosen)
        stack.push_async_callback(load.fake.stop)
        started = start(contender, await load.fake.start(), ground, module=module, more=more)
        stack.callback(started.kill)
        roles = zip(contender.roles, started.ports, strict=True)
        load.fake.behind = [port for role, port in roles if role in {"", "web"}]
        try:
            await _ready(load, started)
            yield load, started
            await load.rest()
            started.kill()
            if contender.keeps_votes:
                await _compare(load, started)
        except BaseException:
            print((ground.folder / "log").read_text("utf-8", "replace")[-2000:])
            raise


def _spread(people: int, most: int) -> range:
    """Who taps: at most so many, evenly over the town."""
    return range(FIRST, FIRST + people, -(-people // most))


async def _ready(load: Load, started: Started) -> None:
    """Until it asks for updates, and has said what it says at its start; of several processes, until each answers."""
    deadline = time.monotonic() + 60
    for port in load.fake.behind if len(started.ports) > 1 else ():
        while not await answers(port) and time.monotonic() < deadline:  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.05)
    while not load.fake.here.is_set() or time.monotonic() < load.fake.last_call + 0.3:
        gone = any(process.poll() is not None for process in started.processes)
        if gone:
            raise RuntimeError(f"{started.contender.name} ended before it had begun")
        if time.monotonic() > deadline:
            raise Starved(f"{started.contender.name} did not start")
        await asyncio.sleep(0.02)


async def answers(port: int) -> bool:
    """Whether a Folkmoot at that port says that it can serve."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()


async def _compare(load: Load, started: Started) -> None:
    answered = load.votes()
    expected = [base + answered[number] for number, base in enumerate(started.ground.base)]
    kept = await started.kept()
    if kept != expected:
        raise AssertionError(f"{started.contender.name} answered {expected} votes and kept {kept}")


async def run(
    contender: Contender, server: Server, length: Length, *, more: Mapping[str, str] | None = None
) -> Result:
    """Measure one contender once."""
    async with at_work(contender, server, more=more) as (load, started):
        pids = started.pids
        load.keep(IN_FLIGHT)
        await until(load, ENOUGH, length.warm_up)
        before, first = machine.Use.now(pids, server.pid_for(contender)), len(load.done)
        await until(load, first + ENOUGH, length.full)
        after, full = machine.Use.now(pids, server.pid_for(contender)), load.done[first:]
        peak = machine.memory(pids)
        await load.rest()
        rate = len(full) / (after.at - before.at)
        half = await at_half(load, rate, length.half)
        peak = max(peak, machine.memory(pids), machine.peak(pids))
        return _result(before, after, full, half, peak)


async def at_half(load: Load, rate: float, seconds: float) -> list[float]:
    """Milliseconds from tap to answer at half of a rate; the first fifth is dropped."""
    begin = len(load.done)
    await load.at(rate / 2, max(seconds, FEWEST / (rate / 2)))
    await load.rest()
    taps = sorted(load.done[begin:], key=lambda tap: tap.began)
    return [_wait(tap) for tap in taps[len(taps) // 5 :]]


async def until(load: Load, votes: int, seconds: float) -> None:
    """That long, and until so many votes are over; for a slow bot longer, until a third of them must do."""
    began, before = time.monotonic(), len(load.done)
    while (took := time.monotonic() - began) < PATIENCE:
        over = len(load.done)
        if took >= seconds and (over >= votes or (took >= 3 * seconds and over - before >= ENOUGH / 3)):
            return
        await asyncio.sleep(0.02)
    raise Starved(f"{len(load.done) - before} votes in {PATIENCE:.0f} seconds are no measure")


async def everybody(load: Load, patience: float = 180.0) -> None:
    """Until each of the people has tapped once; from then on nobody's vote is their first."""
    deadline = time.monotonic() + patience
    while not load.chosen.keys() >= set(load.people):
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"{len(load.chosen)} of {len(load.people)} people have voted in {patience:.0f} s"
            )
        await asyncio.sleep(0.1)


def _result(before: machine.Use, after: machine.Use, full: list[Tap], half: list[float], rss: int) -> Result:
    seconds, votes = after.at - before.at, len(full)
    bot, database = after.bot - before.bot, after.database - before.database
    fake, whole = after.fake - before.fake, after.everybody - before.everybody
    cuts = quantiles(half, n=100)
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
        yardstick_ms=machine.yardstick(),
        votes=votes,
    )


def _wait(tap: Tap) -> float:
    return (tap.answered - tap.began) * 1000
