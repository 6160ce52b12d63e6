"""How a database would do what was asked of it where tables are big: nothing may read a table from end to end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text

from bot.db import Database
from bot.models import Base

Asked = list[tuple[str, Any]]
"""Statements, each with what was put into it."""

END_TO_END = re.compile(r"SCAN (\w+)|Seq Scan on (\w+)")


@contextmanager
def listening(database: Database) -> Iterator[Asked]:
    """Statements that read or change rows, for as long as the block lasts; inserts of many rows are left out."""
    asked: Asked = []

    def hear(_connection: object, _cursor: object, statement: str, given: Any, _: object, many: bool) -> None:
        if not many and statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            asked.append((statement, given))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", hear)


async def read_from_end_to_end(database: Database, asked: Asked) -> dict[str, set[str]]:
    """Tables that these statements would read whole, by statement."""
    found: dict[str, set[str]] = {}
    for statement, given in asked:
        plan = await _plan(database, statement, given)
        tables = {one or other for one, other in END_TO_END.findall(plan)} & Base.metadata.tables.keys()
        if tables:
            found[statement] = tables
    return found


async def _plan(database: Database, statement: str, given: Any) -> str:
    async with database.rehearsing() as session:
        connection = await session.connection()
        if connection.dialect.name == "sqlite":
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        else:
            await session.execute(text("SET LOCAL enable_seqscan = off"))
            rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", given)
        return "\n".join(str(row) for row in rows)
