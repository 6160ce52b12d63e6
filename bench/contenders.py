"""Who takes part: how each is started as a process of its own, and how the votes it kept are read afterwards."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bench import town
from bench.fake import TOKEN
from bench.load import CHOICES
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SECRET = "bench-secret"
ECHO, ORM, FOLKMOOT, NOTHING = "bench.peers.echo", "bench.peers.orm", "bot", "bench.peers.nothing"
WATCHED = "bench.watched"


@dataclass(frozen=True, slots=True)
class Contender:
    """One bot in one way of running it. `database` is "", "sqlite" or "postgresql"."""

    name: str
    title: str
    module: str
    mode: str
    database: str = ""

    @property
    def keeps_votes(self) -> bool:
        """Whether there is something to count afterwards."""
        return bool(self.database)


CONTENDERS = tuple(
    Contender(f"{name}-{mode}", title, module, mode, database)
    for name, title, module, database in (
        ("echo", "python-telegram-bot, keeps nothing", ECHO, ""),
        ("orm", "python-telegram-bot, SQLAlchemy ORM, SQLite", ORM, "sqlite"),
        ("folkmoot-sqlite", "Folkmoot, SQLite", FOLKMOOT, "sqlite"),
        ("folkmoot-postgresql", "Folkmoot, PostgreSQL", FOLKMOOT, "postgresql"),
    )
    for mode in ("polling", "webhook")
)
CEILING = Contender("nothing-polling", "nothing but answers, on bare sockets", NOTHING, "polling")


@dataclass(frozen=True, slots=True)
class Started:
    """A contender at work on a database of its own."""

    contender: Contender
    process: subprocess.Popen[bytes]
    database_url: str
    poll: int

    async def kept(self) -> list[int]:
        """Votes for each choice as the database has them; what runs beside must agree with it."""
        if self.contender.module == ORM:
            return _orm_votes(self.database_url)
        ballots, tally = await town.votes(_settings(self.database_url))
        if ballots != tally:
            raise AssertionError(f"the tally {tally} is not the ballots' {ballots}")
        return ballots


async def start(
    contender: Contender, api_url: str, folder: Path, postgresql: str, *, module: str | None = None
) -> Started:
    """Make its database and start it; `postgresql` is the address of an empty database."""
    port = _free_port()
    url = _database_url(contender, folder, postgresql)
    poll = await town.found(_settings(url)) if contender.module == FOLKMOOT else 1
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": api_url,
        "TELEGRAM_MODE": contender.mode,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_MESSAGES_PER_SECOND": "1000000",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "DATABASE_URL": url,
        "MEDIA_DIR": str(folder / "media"),
        "LOG_LEVEL": "warning",
    }
    words = ["run"] if contender.module == FOLKMOOT else []
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 - it takes a moment in which nothing is measured
            [sys.executable, "-m", module or contender.module, *words],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
        )
    return Started(contender, process, url, poll)


def _database_url(contender: Contender, folder: Path, postgresql: str) -> str:
    if contender.database == "postgresql":
        return postgresql
    driver = "sqlite+aiosqlite" if contender.module == ORM else "sqlite"
    return f"{driver}:///{folder / 'votes.db'}" if contender.database else ""


def _settings(database_url: str) -> Settings:
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
