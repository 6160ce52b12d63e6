"""One process that does everything beside two that take in and one that sends out, on PostgreSQL by webhook."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from bench.contenders import BY_NAME, FOLKMOOT, ROOT, Contender
from bench.postgresql import Server
from bench.running import Length, run

ALL = BY_NAME["folkmoot-postgresql-webhook"]
SHARED = Contender(
    "folkmoot-postgresql-shared",
    "Folkmoot, PostgreSQL, two web and one post",
    FOLKMOOT,
    "webhook",
    "postgresql",
    ("web", "web", "post"),
)


async def measured(server: Server, rounds: int, length: Length) -> dict[str, list[dict[str, Any]]]:
    """Rounds of both, taking turns; nothing where this Folkmoot cannot share its work."""
    if not await asyncio.to_thread(can_share):
        return {}
    found: dict[str, list[dict[str, Any]]] = {"all": [], "shared": []}
    for number in range(rounds):
        both = [("all", ALL), ("shared", SHARED)]
        for name, contender in both if number % 2 == 0 else reversed(both):
            found[name].append(asdict(await run(contender, server, length)))
    return found


def can_share() -> bool:
    """Whether `folkmoot run` knows roles."""
    told = subprocess.run(
        [sys.executable, "-m", FOLKMOOT, "run", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return "--role" in told.stdout
