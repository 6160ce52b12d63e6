"""What the numbers were made on: the machine and the versions, and how busy somebody else kept it meanwhile."""

from __future__ import annotations

import os
import platform
import sqlite3
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import psutil

LIBRARIES = (
    "python-telegram-bot",
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
    def now(cls, bot: int, database: int | None) -> Use:
        """Read the clocks."""
        whole = psutil.cpu_times()
        ours = psutil.Process().cpu_times()
        return cls(
            time.perf_counter(),
            _tree(bot),
            _tree(database) if database else 0.0,
            ours.user + ours.system,
            whole.user + whole.system + getattr(whole, "irq", 0.0) + getattr(whole, "softirq", 0.0),
        )


def _tree(pid: int) -> float:
    used = 0.0
    root = psutil.Process(pid)
    for process in (root, *root.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += times.user + times.system
    return used


def memory(pid: int) -> int:
    """Bytes that a process and its children hold in memory now."""
    root = psutil.Process(pid)
    held = 0
    for process in (root, *root.children(recursive=True)):
        try:
            held += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return held
