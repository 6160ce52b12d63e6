"""How Alembic meets the database: on the connection it is given, or on the one that the settings name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot import settings
from bot.db import Database
from bot.models import Base
from bot.models.base import BigInt, Json, Utc


def migrate(connection: Connection) -> None:
    """Run what was asked for on `connection`, all of it in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
        transaction_per_migration=False,
        process_revision_directives=number,
        render_item=plain,
    )
    with context.begin_transaction():
        context.run_migrations()


def number(_: MigrationContext, __: str | Iterable[str | None], scripts: list[MigrationScript]) -> None:
    """Count revisions: 0001, 0002 …"""
    head = ScriptDirectory.from_config(context.config).get_current_head()
    scripts[0].rev_id = f"{int(head or 0) + 1:04d}"


def plain(kind: str, thing: Any, _: AutogenContext) -> str | Literal[False]:
    """A migration stays as it was written when the program's own types change: it names only the library's.

    The short names stand at the head of each revision, see `script.py.mako`.
    """
    names = {repr(Utc()): "MOMENT", repr(Json): "JSON", repr(BigInt): "BIG"}
    return names.get(repr(thing), False) if kind == "type" else False


async def from_settings() -> None:
    """For the `alembic` command: the database of DATABASE_URL."""
    database = Database(settings.read().database)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(migrate)
    finally:
        await database.close()


if (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    asyncio.run(from_settings())
