"""How fast the peers can honestly be made: python-telegram-bot with one update at a time and with many at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.contenders import BY_NAME
from bench.peers.serving import CONCURRENT
from bench.postgresql import Server
from bench.running import Length, Starved, run

BOTS = ("echo", "orm")
WAYS = {"one at a time": "", "many at once": "1"}
LENGTH = Length(warm_up=0.5, full=2, half=0.1)


async def measured(server: Server) -> dict[str, dict[str, float | None]]:
    """Votes a second by bot and way; None where votes were lost."""
    found: dict[str, dict[str, float | None]] = {bot: {} for bot in BOTS}
    for bot in BOTS:
        for way, word in WAYS.items():
            try:
                result = await run(BY_NAME[f"{bot}-polling"], server, LENGTH, more={CONCURRENT: word})
            except (TimeoutError, AssertionError, Starved):
                found[bot][way] = None
            else:
                found[bot][way] = result.votes_per_second
    return found


def chosen(found: Mapping[str, Any], name: str) -> dict[str, str]:
    """The settings that are best for a contender."""
    ways = found.get(name.partition("-")[0], {})
    best = max(ways, key=lambda way: ways[way] or 0, default="one at a time")
    return {CONCURRENT: WAYS[best]}


def unsettle(found: Mapping[str, Any], name: str) -> bool:
    """Votes were lost: never many at once again. False where that was not its way."""
    if chosen(found, name) == {CONCURRENT: ""}:
        return False
    found[name.partition("-")[0]]["many at once"] = None
    return True
