"""The same year lived through without a stop and with many: each time the process is killed, another one goes on."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from tests.year import living
from tests.year.plan import plan
from tests.year.reckoning import Reckoning, reckon, unsent

PATIENCE = 3600.0  # seconds for a whole year on a busy machine
_BIRTHS = multiprocessing.get_context("forkserver")
_BIRTHS.set_forkserver_preload(["tests.year.living"])


@dataclass(frozen=True, slots=True)
class Lived:
    """A year that was lived through: what it came to, how many seconds of the clock and of the processor that took, and
    how often the process was killed; `said` is what the last process said of itself."""

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
    began, spent = time.monotonic(), 0.0
    arguments = (url.render_as_string(hide_password=False), path, plan(seed, reports))
    for number in range(kills):
        process = _start(arguments)
        upto = letters * (number + chance.uniform(0.2, 0.9)) / (kills + 1)
        while process.is_alive() and _lines(path) < upto:
            await asyncio.sleep(chance.uniform(0.01, 0.05))
        await asyncio.sleep(chance.uniform(0, 0.3))
        assert process.is_alive(), "the year was over before the last kill"
        spent += _spent(process.pid)
        process.kill()
        process.join()
    last = path.with_suffix(".json")
    process = _start((*arguments, last))
    while process.is_alive() and time.monotonic() < began + PATIENCE:
        await asyncio.sleep(0.05)
    assert process.exitcode == 0, "the year was not lived to its end"
    said = json.loads(last.read_text())
    seconds = time.monotonic() - began
    assert await unsent(url) == 0, "a letter was never delivered"
    return Lived(await reckon(url, path), seconds, spent + said["spent"], kills, said)


def _start(arguments: tuple[Any, ...]) -> Any:
    """A process of its own, born of one that has imported everything already: each costs half a second, not four."""
    process = _BIRTHS.Process(target=living.main, args=arguments)
    process.start()
    return process


def _spent(pid: int) -> float:
    """Seconds of the processor that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
