"""Who takes part: how each is started as a process of its own, and how the votes it kept are read afterwards."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from bench import town
from bench.fake import TOKEN
from bench.filling import Size
from bench.load import CHOICES
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SECRET = "bench-secret"
ECHO, AIOGRAM, ORM = "bench.peers.echo", "bench.peers.aiogram_echo", "bench.peers.orm"
FOLKMOOT, NOTHING = "bot", "bench.peers.nothing"
WATCHED = "bench.watched"
LIFTED = "1000000"  # messages a second: no limit that anybody could reach


@dataclass(frozen=True, slots=True)
class Contender:
    """One bot in one way of running it. `database` is "", "sqlite" or "postgresql"; `roles` has a word for each
    process where the work is shared between several."""

    name: str
    title: str
    module: str
    mode: str
    database: str = ""
    roles: tuple[str, ...] = ("",)

    @property
    def keeps_votes(self) -> bool:
        """Whether there is something to count afterwards."""
        return bool(self.database)


CONTENDERS = tuple(
    Contender(f"{name}-{mode}", title, module, mode, database)
    for name, title, module, database in (
        ("echo", "python-telegram-bot, keeps nothing", ECHO, ""),
        ("aiogram", "aiogram, keeps nothing", AIOGRAM, ""),
        ("orm", "python-telegram-bot, SQLAlchemy ORM, SQLite", ORM, "sqlite"),
        ("folkmoot-sqlite", "Folkmoot, SQLite", FOLKMOOT, "sqlite"),
        ("folkmoot-postgresql", "Folkmoot, PostgreSQL", FOLKMOOT, "postgresql"),
    )
    for mode in ("polling", "webhook")
)
BY_NAME = {one.name: one for one in CONTENDERS}
OURS = tuple(one for one in CONTENDERS if one.module == FOLKMOOT)
CEILING = Contender("nothing-polling", "nothing but answers, on bare sockets", NOTHING, "polling")


@dataclass(slots=True)
class Ground:
    """Where a bot works: a folder, a database with a town of that size, and what its people have chosen so far.

    `base` are the votes for each choice that were there before anybody tapped.
    """

    folder: Path
    url: str = ""
    poll: int = 1
    size: Size = field(default_factory=Size)
    base: tuple[int, ...] = (0,) * len(CHOICES)
    chosen: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Started:
    """A contender at work."""

    contender: Contender
    ground: Ground
    processes: tuple[subprocess.Popen[bytes], ...]
    ports: tuple[int, ...]

    @property
    def pids(self) -> tuple[int, ...]:
        """Of the bot's own processes."""
        return tuple(process.pid for process in self.processes)

    def kill(self) -> None:
        """With SIGKILL, as nobody would."""
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()

    async def kept(self) -> list[int]:
        """Votes for each choice as the database has them; what runs beside must agree with it."""
        if self.contender.module == ORM:
            return _orm_votes(self.ground.url)
        ballots, tally = await town.votes(settings(self.ground.url))
        if ballots != tally:
            raise AssertionError(f"the tally {tally} is not the ballots' {ballots}")
        return ballots


async def prepare(contender: Contender, folder: Path, postgresql: str, size: Size | None = None) -> Ground:
    """Make its database; `postgresql` is the address of an empty one."""
    ground = Ground(folder, _database_url(contender, folder, postgresql), size=size or Size())
    if contender.module == FOLKMOOT:
        ground.poll, ground.base = await town.found(settings(ground.url), ground.size)
    return ground


def start(
    contender: Contender,
    api_url: str,
    ground: Ground,
    *,
    module: str | None = None,
    more: Mapping[str, str] | None = None,
) -> Started:
    """Start its processes; `more` are settings that differ from the usual ones."""
    ports = tuple(_free_port() for _ in contender.roles)
    processes = []
    for role, port in zip(contender.roles, ports, strict=True):
        words = ["run"] if contender.module == FOLKMOOT else []
        words += ["--role", role] if role else []
        with (ground.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module or contender.module, *words],
                cwd=ground.folder,
                env=_environment(contender, api_url, ground, ports[0], port) | dict(more or {}),
                stdout=log,
                stderr=log,
            )
        processes.append(process)
    return Started(contender, ground, tuple(processes), ports)


def _environment(
    contender: Contender, api_url: str, ground: Ground, public: int, port: int
) -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": api_url,
        "TELEGRAM_MODE": contender.mode,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_MESSAGES_PER_SECOND": LIFTED,
        "PUBLIC_URL": f"http://127.0.0.1:{public}",
        "PORT": str(port),
        "DATABASE_URL": ground.url,
        "MEDIA_DIR": str(ground.folder / "media"),
        "LOG_LEVEL": "warning",
    }


def _database_url(contender: Contender, folder: Path, postgresql: str) -> str:
    if contender.database == "postgresql":
        return postgresql
    driver = "sqlite+aiosqlite" if contender.module == ORM else "sqlite"
    return f"{driver}:///{folder / 'votes.db'}" if contender.database else ""


def settings(database_url: str) -> Settings:
    """The settings that only say where the database is."""
    return Settings(_env_file=None, database_url=SecretStr(database_url))  # type: ignore[call-arg]


def _orm_votes(url: str) -> list[int]:
    connection = sqlite3.connect(url.partition("///")[2])
    try:
        found = dict(connection.execute("SELECT choice, count(*) FROM votes GROUP BY choice").fetchall())
    finally:
        connection.close()
    return [found.get(number, 0) for number in range(len(CHOICES))]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
