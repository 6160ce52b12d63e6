"""Where a vote's time goes: statements counted in one run, stacks sampled by py-spy in another."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.contenders import WATCHED, Contender, Started
from bench.load import Load
from bench.machine import Use
from bench.postgresql import Server
from bench.running import IN_FLIGHT, at_work
from bench.watched import COUNTS

SAMPLES = 200  # a second


async def statements(contender: Contender, server: Server, seconds: float) -> dict[str, dict[str, float]]:
    """SQL statements for each vote, with one tap at a time and with many in flight."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "counts"
        os.environ[COUNTS] = str(place)
        try:
            async with at_work(contender, server, module=WATCHED) as (load, started):
                found = {}
                for name, count in (("one at a time", 1), ("many in flight", IN_FLIGHT)):
                    load.keep(count)
                    found[name] = await _counted(load, started, place, seconds)
                    await load.rest()
                return found
        finally:
            del os.environ[COUNTS]


async def _counted(load: Load, started: Started, place: Path, seconds: float) -> dict[str, float]:
    await asyncio.sleep(seconds / 2)
    before, first = await _counts(started, place), len(load.done)
    await asyncio.sleep(seconds)
    after, votes = await _counts(started, place), len(load.done) - first
    return {name: (after[name] - before[name]) / votes for name in sorted(after) if after[name] > before[name]}


async def _counts(started: Started, place: Path) -> Counter[str]:
    place.unlink(missing_ok=True)
    started.process.send_signal(signal.SIGUSR1)
    deadline = time.monotonic() + 5
    while not place.exists():
        if time.monotonic() > deadline:
            raise TimeoutError("the counts were not written down")
        await asyncio.sleep(0.005)
    return Counter(json.loads(place.read_text()))


async def profile(contender: Contender, server: Server, seconds: int) -> dict[str, Any] | None:
    """CPU microseconds a vote by what was being done; None where py-spy is not installed."""
    spy = shutil.which("py-spy", path=f"{Path(os.sys.executable).parent}:{os.environ['PATH']}")
    if spy is None:
        return None
    async with at_work(contender, server) as (load, started):
        load.keep(IN_FLIGHT)
        await asyncio.sleep(2)
        pid = started.process.pid
        before, first = Use.now(pid, None), len(load.done)
        with tempfile.NamedTemporaryFile(suffix=".txt") as out:
            watching = await asyncio.create_subprocess_exec(
                spy, "record", "--pid", str(pid), "--duration", str(seconds), "--rate", str(SAMPLES),
                "--format", "raw", "--output", out.name, "--full-filenames",
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            await watching.wait()
            after, votes = Use.now(pid, None), len(load.done) - first
            stacks = Path(out.name).read_text()
        shares = _shares(stacks)
        each = (after.bot - before.bot) / votes * 1e6
        return {"cpu_us": each, "parts": {name: share * each for name, share in shares.most_common()}}


def _shares(stacks: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in stacks.splitlines():
        frames, _, count = line.rpartition(" ")
        counts[part_of(frames.split(";"))] += int(count)
    whole = sum(counts.values())
    return Counter({name: count / whole for name, count in counts.items()})


_OURS = re.compile(r"/(bot/[\w/]+|handlers/\w+)\.py")
_PACKAGE = re.compile(r"/(?:site-packages|python3\.\d+)/(\w+)")


def part_of(frames: list[str]) -> str:
    """What a stack is about: the innermost of these that it holds."""
    ours = [found[1] for frame in frames if (found := _OURS.search(frame))]
    leaf = _PACKAGE.search(frames[-1])
    ours = [name for name in ours if name not in {"bot/__main__", "bot/app", "bot/commands/running"}]
    if any("sqlalchemy" in frame for frame in frames):
        inner = next((name for name in reversed(ours) if name.startswith("bot/db/")), None)
        return "SQLite's statements and commits" if inner == "bot/db/sqlite" and ours[-1] == inner else _sql(frames)
    if ours:
        package = f", {leaf[1]}" if leaf else ""
        return f"{ours[-1]}{package}"
    return f"loop and server: {leaf[1] if leaf else 'other'}"


def _sql(frames: list[str]) -> str:
    for words, name in (
        ("/asyncpg/", "asyncpg"),
        ("/sql/compiler.py", "SQLAlchemy: making SQL"),
        ("/sql/", "SQLAlchemy: making SQL"),
        ("/orm/", "SQLAlchemy: objects"),
        ("/engine/", "SQLAlchemy: running statements and reading rows"),
    ):
        if any(words in frame for frame in frames[-6:]):
            return name
    return "SQLAlchemy: the rest"
