"""What a result costs: counting a hundred thousand ballots of each kind, the page, the picture, and their memory."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

from rich.console import Console

from bench.contenders import BY_NAME, ROOT
from bench.filling import Size
from bench.postgresql import Server
from bench.running import ground_for
from bench.shown import FORMS
from bench.sizes import BOTS

BALLOTS = 100_000
HEADINGS = (
    "Folkmoot on",
    "kind",
    "counted anew, s",
    "its memory, MiB",
    "page, ms",
    "again",
    "picture, ms",
    "again",
    "all at most, MiB",
    "drawing process, MiB",
)
console = Console(highlight=False)


async def measured(server: Server, found: dict[str, Any]) -> AsyncIterator[str]:
    """Put down what was found for each database and kind; yields the kind. Each is measured by a process of its own."""
    ballots = found["ballots"]
    for bot in BOTS:
        async with ground_for(BY_NAME[bot], server, Size(people=1_000)) as ground:
            found[bot] = {}
            for kind in FORMS:
                await _asked(ground.url, "fill", kind, ballots)
                found[bot][kind] = json.loads(await _asked(ground.url, "show", kind, ballots))
                console.print(f"[dim]showing: {bot}, {kind}: {found[bot][kind]['count_s']:.2f} s")
                yield kind


async def _asked(url: str, what: str, kind: str, ballots: int) -> bytes:
    made = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.shown", what, kind, str(ballots)),
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await made.communicate()
    if made.returncode:
        raise RuntimeError(f"{kind} could not be shown")
    return told


def rows(found: dict[str, Any], titles: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """The table."""
    for bot in BOTS:
        for kind, one in found.get(bot, {}).items():
            yield (
                titles[bot],
                kind,
                f"{one['count_s']:.2f}",
                f"{one['count_mb'] - one['before_mb']:,.0f}",
                f"{one['page_ms']:.1f}",
                f"{one['page_again_ms']:.1f}",
                f"{one['picture_ms']:,.0f}",
                f"{one['picture_again_ms']:.1f}",
                f"{one['page_mb']:,.0f}",
                f"{one['drawing_mb']:,.0f}",
            )
