"""The same year lived through without a stop and with many: each time the process is killed, another one goes on."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from tests.faults.processes import ENVIRONMENT, ROOT
from tests.year.reckoning import Reckoning, reckon, unsent

PATIENCE = 3600.0  # seconds for a whole year on a busy machine


@dataclass(frozen=True, slots=True)
class Lived:
    """A year that was lived through: what it came to, how many seconds of the clock and of the processor that took, and
    how often the process was killed."""

    end: Reckoning
    seconds: float
    spent: float
    kills: int
    said: dict[str, Any]


async def live(url: URL, folder: Path, *, seed: int, reports: int, kills: int = 0, letters: int = 0) -> Lived:
    """Live it in a process of its own, killed so many times: each time a while later, at no moment that anybody chose.
    `letters` is how many an undisturbed year delivers, to spread the kills over it."""
    chance = random.Random(seed + kills)  # noqa: S311 - to be repeatable
    path = folder / f"letters-{url.database and Path(url.database).name}-{kills}"
    path.touch()
    began, before = time.monotonic(), _spent()
    for number in range(kills):
        process = await _start(url, path, seed, reports)
        upto = letters * (number + chance.uniform(0.2, 0.9)) / (kills + 1)
        while process.returncode is None and _lines(path) < upto:
            await asyncio.sleep(chance.uniform(0.01, 0.05))
        assert process.returncode is None, "the year was over before the last kill"
        await asyncio.sleep(chance.uniform(0, 0.3))
        process.kill()
        await process.communicate()
    process = await _start(url, path, seed, reports)
    out, trouble = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 0, trouble.decode()[-2000:]
    seconds, spent = time.monotonic() - began, _spent() - before
    assert await unsent(url) == 0, "a letter was never delivered"
    end = await reckon(url, path)
    return Lived(end, seconds, spent, kills, json.loads(out))


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _start(url: URL, path: Path, seed: int, reports: int) -> asyncio.subprocess.Process:
    address = url.render_as_string(hide_password=False)
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.year.living", address, str(path), str(seed), str(reports),
        cwd=ROOT, env=ENVIRONMENT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


def _lines(path: Path) -> int:
    with path.open("rb") as letters:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: letters.read(1 << 16), b""))


def differences(one: Reckoning, other: Reckoning, most: int = 5) -> list[str]:
    """Where two ends are not the same: at most so many, in words."""
    found = []
    for name in sorted(one.reports.keys() | other.reports.keys()):
        mine, theirs = one.reports.get(name), other.reports.get(name)
        if mine != theirs:
            parts = [
                each for each in mine or {} if mine is None or theirs is None or mine[each] != theirs[each]
            ]
            found.append(
                f"{name}: {[(each, mine and mine[each], theirs and theirs[each]) for each in parts]}"
            )
    for chat in sorted(one.letters.keys() | other.letters.keys()):
        mine, theirs = one.letters.get(chat), other.letters.get(chat)
        if mine != theirs:
            found.append(f"{chat}: {(mine or theirs) and ((mine or theirs) - (theirs or mine))}")  # type: ignore[operator]
    return found[:most]
