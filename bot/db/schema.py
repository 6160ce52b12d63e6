"""The schema's age: is the database as this program needs it, and if not, bring it there."""

from __future__ import annotations

import asyncio
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import postgresql, sqlite
from bot.db.database import Database
from bot.db.trouble import LOCKED, trouble
from bot.errors import DatabaseTrouble

if TYPE_CHECKING:
    from alembic.config import Config

PATIENCE = 120.0  # seconds to wait for another process that is migrating
LOCK = 4_680_720_301  # the advisory lock of migrations; any number will do that nothing else uses

OLDER = "The database is older than this program; run `folkmoot migrate`."
NEWER = "The database was made by a newer version of this program; install that version or restore a backup."


def configuration() -> Config:
    """Where the migrations are: they travel with the program."""
    from alembic.config import Config

    # The output as it is now: Alembic would take what it was when it was first loaded.
    config = Config(stdout=sys.stdout)
    config.set_main_option("script_location", str(files("migrations")).replace("%", "%%"))
    return config


async def ready(database: Database) -> str | None:
    """None when the database answers and has this program's schema; else what is wrong in one sentence."""
    try:
        if not _there(database.url):
            return "There is no database yet; run `folkmoot migrate`."
        return await _looked_at(database)
    except (DBAPIError, DatabaseTrouble) as error:
        return trouble(error) or "The database cannot be used."


def _there(url: URL) -> bool:
    """Looking must not make the file."""
    return url.get_backend_name() != "sqlite" or Path(str(url.database)).exists()


async def upgrade(database: Database | URL) -> None:
    """Bring an empty or older database up to date; several processes may do so at once.

    Raises DatabaseTrouble with one sentence when that cannot be.
    """
    if isinstance(database, Database) and await _has_nothing_to_do(database):
        return
    url = database.url if isinstance(database, Database) else database
    made = (
        _sqlite_engine(url)
        if url.get_backend_name() == "sqlite"
        else postgresql.engine(url, patience=None, kept=0)
    )
    try:
        await _patiently(made)
    except DBAPIError as error:
        raise DatabaseTrouble(
            trouble(error) or f"The database cannot be brought up to date: {error.orig}"
        ) from error
    finally:
        await made.dispose()


async def _has_nothing_to_do(database: Database) -> bool:
    """Nearly every start finds it up to date, and need not open another engine to see that."""
    try:
        return _there(database.url) and await _looked_at(database) is None
    except DBAPIError:
        return False  # what is the matter is said, or waited for, where something is done


async def _looked_at(database: Database) -> str | None:
    async with database.reading() as session:
        connection = await session.connection()
        return await connection.run_sync(_age)


def _sqlite_engine(url: URL) -> AsyncEngine:
    if url.database in {None, "", ":memory:"}:
        raise DatabaseTrouble("DATABASE_URL must name a file, such as sqlite:///data/folkmoot.db.")
    folder = Path(str(url.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseTrouble(
            f"The folder {folder} cannot be made for the database: {error.strerror}."
        ) from error
    # A batch migration drops and remakes a table; with foreign keys on, its children's rows would go with it.
    return sqlite.engine(url, foreign_keys=False)


async def _patiently(made: AsyncEngine) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            async with made.begin() as connection:
                await connection.run_sync(_upgrade)
        except DBAPIError as error:
            if trouble(error) != LOCKED or asyncio.get_running_loop().time() > deadline:
                raise
        else:
            return


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK})
    age = _age(connection)
    if age == NEWER:
        raise DatabaseTrouble(NEWER)
    if age is None:
        return
    # Here and not above: it takes a good part of a start, and is needed only where there is something to do.
    from alembic import command

    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise DatabaseTrouble("The database has rows that point nowhere; restore it from a backup.")


@cache
def revisions() -> tuple[str, ...]:
    """The numbers of all migrations in their order; their files' names begin with them."""
    names = (file.name for file in (files("migrations") / "versions").iterdir())
    return tuple(sorted(name.partition("_")[0] for name in names if name[:1].isdigit()))


def _age(connection: Connection) -> str | None:
    there = inspect(connection).has_table("alembic_version")
    present = connection.scalar(text("SELECT version_num FROM alembic_version")) if there else None
    if present == revisions()[-1]:
        return None
    return OLDER if present is None or present in revisions() else NEWER
