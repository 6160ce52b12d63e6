"""The postman by itself (`bench/postman.py`): at the messenger's limit, mixed with answers, and without limits."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from typing import Any

from bench.contenders import ROOT
from bench.postgresql import Server

Run = dict[str, Any]


async def measured(server: Server, rounds: int) -> dict[str, Any]:
    """`plain` and `mixed` once on SQLite, as it is the limit that takes the time; `free` by database, once a round."""
    if not importlib.util.find_spec("bench.postman"):
        return {}
    found: dict[str, Any] = {"plain": [await _run("plain")], "mixed": [await _run("mixed")]}
    free: dict[str, list[Run]] = {"SQLite": [], "PostgreSQL": []}
    for _ in range(rounds):
        free["SQLite"].append(await _run("free"))
        address = await server.fresh()
        free["PostgreSQL"].append(await _run("free", address))
        await server.drop(address)
    return found | {"free": free}


async def _run(what: str, url: str | None = None) -> Run:
    """One run in a process of its own; RuntimeError when it came to nothing."""
    words = [sys.executable, "-m", "bench.postman", what, *(["--url", url] if url else [])]
    made = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    told, _ = await made.communicate()
    if made.returncode:
        raise RuntimeError(f"the postman's run {what} came to nothing")
    read: Run = json.loads(told)
    return read


def on_half_a_core(run: Run) -> float:
    """Letters a second for which half a core of the postman's process is enough."""
    return 0.5e6 / float(run["cpu_us"])
