"""What the numbers were made on: the machine and the versions, and how busy somebody else kept it meanwhile."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

LIBRARIES = (
    "python-telegram-bot",
    "aiogram",
    "uvloop",
    "orjson",
    "msgspec",
    "httpx",
    "sniffio",
    "tornado",
    "aiohttp",
    "SQLAlchemy",
    "aiosqlite",
    "asyncpg",
)


def description() -> dict[str, Any]:
    """Cores, memory, disk and versions; nothing that names the machine."""
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "fsync_ms": round(_fsync() * 1000, 3),
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _fsync() -> float:
    """Seconds that the disk takes to keep a page; the median of some."""
    took = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(21):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return sorted(took)[10]


@dataclass(frozen=True, slots=True)
class Use:
    """CPU seconds used so far: by the bot, its database server, the fake, and by everybody."""

    at: float
    bot: float
    database: float
    fake: float
    everybody: float

    @classmethod
    def now(cls, bot: Sequence[int], database: int | None) -> Use:
        """Read the clocks; `bot` are the numbers of its processes."""
        whole = psutil.cpu_times()
        ours = psutil.Process().cpu_times()
        return cls(
            time.perf_counter(),
            sum(map(_cpu, _tree(bot))),
            sum(map(_cpu, _tree([database]))) if database else 0.0,
            ours.user + ours.system,
            whole.user + whole.system + getattr(whole, "irq", 0.0) + getattr(whole, "softirq", 0.0),
        )


def _tree(pids: Sequence[int]) -> list[psutil.Process]:
    roots = [psutil.Process(pid) for pid in pids]
    return [process for root in roots for process in (root, *root.children(recursive=True))]


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def memory(pids: Sequence[int]) -> int:
    """Bytes that processes and their children hold in memory now."""
    held = 0
    for process in _tree(pids):
        try:
            held += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return held


def peak(pids: Sequence[int]) -> int:
    """Bytes that processes, without their children, held at most; 0 where the system does not tell."""
    held = 0
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
        except OSError:
            return 0
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        held += int(found[1]) * 1024 if found else 0
    return held


def files(pid: int) -> int:
    """Open file descriptors of a process; 0 where the system does not tell."""
    return int(psutil.Process(pid).num_fds()) if hasattr(psutil.Process, "num_fds") else 0


def yardstick() -> float:
    """Milliseconds that a fixed piece of work takes now: what the machine's own speed is beside a measurement."""
    began = time.perf_counter()
    hashlib.pbkdf2_hmac("sha256", b"bench", b"bench", 20_000)
    return (time.perf_counter() - began) * 1000
