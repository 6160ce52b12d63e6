"""The migrations make exactly the tables that the models describe, on both databases."""

from __future__ import annotations

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.db import Database
from bot.db.schema import configuration, revisions


def differences(connection: Connection) -> None:
    """What `alembic check` does, on this connection: it complains when a migration would be needed."""
    config = configuration()
    config.attributes["connection"] = connection
    command.check(config)


async def test_no_migration_is_missing(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(differences)


def test_revisions_are_counted_as_alembic_counts_them() -> None:
    script = ScriptDirectory.from_config(configuration())
    assert revisions() == tuple(reversed([one.revision for one in script.walk_revisions()]))
