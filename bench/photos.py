"""How many photos a second are drawn anew and put into the store, beside Pillow making them small and nothing else; and
what the largest takes, by a process of its own: `python -m bench.photos` prints it as JSON."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image

from bench import machine
from bench.contenders import ROOT
from bench.empty import empty
from bench.postgresql import Server
from bot import pictures
from bot.clock import utc_now
from bot.intake import Intake

PHONE, LARGE = (4000, 3000), (8660, 5774)  # points: twelve million, and fifty
PHOTOS = 12  # in one round

Found = dict[str, Any]


def photo(size: tuple[int, int], seed: int = 1) -> bytes:
    """As a camera would make it: smooth here and full of detail there."""
    width, height = size
    small = Image.frombytes("L", (250, 200), bytes((n * n * seed // 7) % 251 for n in range(50_000)))
    detail = small.resize((width // 8, height // 8), Image.Resampling.NEAREST)
    detail = detail.resize(size, Image.Resampling.BICUBIC)
    shade = Image.linear_gradient("L").resize(size)
    made = io.BytesIO()
    Image.merge("RGB", (detail, shade, Image.blend(detail, shade, 0.5))).save(made, "JPEG", quality=80)
    return made.getvalue()


async def measured(server: Server, rounds: int) -> Found:
    """Photos a second, each of a round another, by the house and by Pillow alone; and the largest."""
    taken = [photo(PHONE, seed) for seed in range(1, PHOTOS + 1)]
    found: Found = {
        "points": PHONE[0] * PHONE[1],
        "megabytes": sum(map(len, taken)) / len(taken) / 1e6,
        "kept": [],
        "pillow": [],
    }
    for _ in range(rounds):
        found["pillow"].append(await asyncio.to_thread(_plainly, taken))
        async with empty("SQLite", server) as database:
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                intake = Intake.of(Path(folder), database, utc_now)
                began = time.perf_counter()
                await asyncio.gather(*(intake.keep(one) for one in taken))
                found["kept"].append(PHOTOS / (time.perf_counter() - began))
    found["largest"] = [json.loads(await _alone()) for _ in range(rounds)]
    return found


def _plainly(taken: list[bytes]) -> float:
    """Nothing is checked, turned or kept."""
    began = time.perf_counter()
    for one in taken:
        with Image.open(io.BytesIO(one)) as found:
            found.thumbnail((pictures.LONGEST_SIDE, pictures.LONGEST_SIDE))
            found.save(io.BytesIO(), "JPEG", quality=pictures.QUALITY)
    return len(taken) / (time.perf_counter() - began)


async def _alone() -> bytes:
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        file.write(photo(LARGE))
        file.flush()
        made = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.photos", file.name), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        told, _ = await made.communicate()
    if made.returncode:
        raise RuntimeError("the largest photo was not taken")
    return told


def _largest(file: Path) -> Found:
    """Seconds, and how many megabytes more the process held at most than before."""
    pictures.taken(photo((64, 64)))  # whatever the first one loads
    content = file.read_bytes()
    before = machine.peak([os.getpid()])
    began = time.perf_counter()
    taken = pictures.taken(content)
    took = time.perf_counter() - began
    return {
        "points": LARGE[0] * LARGE[1],
        "s": took,
        "more_mb": (machine.peak([os.getpid()]) - before) / 2**20,
        "sides": [taken.width, taken.height],
    }


if __name__ == "__main__":
    print(json.dumps(_largest(Path(sys.argv[1]))))
