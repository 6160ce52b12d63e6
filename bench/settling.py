"""How fast the peers can honestly be made: python-telegram-bot as it comes, with many updates at once, on uvloop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.contenders import BY_NAME
from bench.peers.serving import CONCURRENT, UVLOOP
from bench.postgresql import Server
from bench.running import Length, Starved, run

BOTS = ("echo", "orm")
USUAL = "as it comes"
WAYS: Mapping[str, dict[str, str]] = {
    USUAL: {},
    "many at once": {CONCURRENT: "1"},
    "on uvloop": {UVLOOP: "1"},
}
LENGTH = Length(warm_up=0.5, full=2, half=0.1)


async def measured(server: Server) -> dict[str, dict[str, float | None]]:
    """Votes a second by bot and way; None where votes were lost."""
    found: dict[str, dict[str, float | None]] = {bot: {} for bot in BOTS}
    for bot in BOTS:
        for way, more in WAYS.items():
            try:
                result = await run(BY_NAME[f"{bot}-polling"], server, LENGTH, more=more)
            except (TimeoutError, AssertionError, Starved):
                found[bot][way] = None
            else:
                found[bot][way] = result.votes_per_second
    return found


def best(ways: Mapping[str, float | None]) -> str:
    """The fastest way that loses nothing."""
    return max(ways, key=lambda way: ways[way] or 0.0, default=USUAL)


def chosen(found: Mapping[str, Any], name: str) -> dict[str, str]:
    """The settings that are best for a contender."""
    return WAYS[best(found.get(name.partition("-")[0], {}))]


def unsettle(found: Mapping[str, Any], name: str) -> bool:
    """Votes were lost: never in that way again. False where there is no other."""
    ways = found.get(name.partition("-")[0], {})
    if best(ways) == USUAL:
        return False
    ways[best(ways)] = None
    return True
