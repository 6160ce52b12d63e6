"""Where a vote's time goes: statements counted in one run, stacks sampled by py-spy in another."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
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
                    await _tapping(load, count, seconds / 2)  # statements are compiled, caches fill
                    before, first = await _counts(started, place), len(load.done)
                    await _tapping(load, count, seconds)
                    after, votes = await _counts(started, place), len(load.done) - first
                    found[name] = {what: (after[what] - before[what]) / votes for what in sorted(after)}
                return found
        finally:
            del os.environ[COUNTS]


async def _tapping(load: Load, count: int, seconds: float) -> None:
    load.keep(count)
    await asyncio.sleep(seconds)
    await load.rest()


async def _counts(started: Started, place: Path) -> Counter[str]:
    place.unlink(missing_ok=True)  # noqa: ASYNC240
    started.processes[0].send_signal(signal.SIGUSR1)
    deadline = time.monotonic() + 5
    while not place.exists():  # noqa: ASYNC240
        if time.monotonic() > deadline:
            raise TimeoutError("the counts were not written down")
        await asyncio.sleep(0.005)
    return Counter(json.loads(place.read_text()))  # noqa: ASYNC240


async def profile(contender: Contender, server: Server, seconds: int) -> dict[str, Any] | None:
    """CPU microseconds a vote by what was being done; None where py-spy is not installed."""
    spy = shutil.which("py-spy", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if spy is None:
        return None
    async with at_work(contender, server) as (load, started):
        load.keep(IN_FLIGHT)
        await asyncio.sleep(2)
        pid = started.pids[0]
        before, first = Use.now([pid], None), len(load.done)
        with tempfile.NamedTemporaryFile(suffix=".txt") as out:
            watching = await asyncio.create_subprocess_exec(
                spy, "record", "--pid", str(pid), "--duration", str(seconds), "--rate", str(SAMPLES),
                "--format", "raw", "--output", out.name, "--full-filenames",
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            await watching.wait()
            after, votes = Use.now([pid], None), len(load.done) - first
            stacks = Path(out.name).read_text()  # noqa: ASYNC240
        shares = _shares(stacks)
        each = (after.bot - before.bot) / votes * 1e6
        return {"cpu_us": each, "parts": {name: share * each for name, share in shares.most_common()}}


def _shares(stacks: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in stacks.splitlines():
        frames, _, count = line.rpartition(" ")
        if _IDLE not in frames.rpartition(";")[2]:
            counts[part_of(frames.split(";"))] += int(count)
    whole = sum(counts.values())
    return Counter({name: count / whole for name, count in counts.items()})


_IDLE = "_worker ("  # a thread that waits for work, and is now and then seen as if it did some

PARTS = (
    ("/sqlalchemy/sql/", "SQLAlchemy: making SQL"),
    ("/sqlalchemy/orm/", "SQLAlchemy: objects and their changes"),
    ("/sqlalchemy/", "SQLAlchemy: running statements, reading rows"),
    ("/asyncpg/", "asyncpg"),
    ("/bot/db/", "SQLite itself, with its commits"),
    ("/telegram/", "python-telegram-bot: building calls, reading answers"),
    ("/aiohttp/", "aiohttp: sending and receiving"),
    ("/yarl/", "aiohttp: sending and receiving"),
    ("/msgspec/", "the Telegram channel"),
    ("/bot/channels/telegram/", "the Telegram channel"),
    ("/babel/", "words: sentences, numbers, dates"),
    ("/bot/i18n", "words: sentences, numbers, dates"),
    ("/bot/letters/", "words: sentences, numbers, dates"),
    ("/bot/postman", "outbox and postman"),
    ("/bot/mailbag", "outbox and postman"),
    ("/bot/sorting", "outbox and postman"),
    ("/bot/claims", "outbox and postman"),
    ("/bot/mailings", "outbox and postman"),
    ("/bot/pace", "outbox and postman"),
    ("/bot/outbox", "outbox and postman"),
    ("/bot/conversation/", "dispatcher, router, turn"),
    ("/handlers/", "handlers and services"),
    ("/bot/services/", "handlers and services"),
    ("/asyncio/", "the event loop"),
)
"""What a file belongs to."""


def part_of(frames: list[str]) -> str:
    """What a stack is about: its innermost file that belongs to something."""
    for frame in reversed(frames):
        for place, part in PARTS:
            if place in frame:
                return part
    return "the rest"
