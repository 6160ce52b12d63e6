"""How a database would do what was asked of it where tables are big: nothing may read a table from end to end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import event, text

from bot.db import Database
from bot.models import Base

END_TO_END = re.compile(r"SCAN (\w+)|Seq Scan on (\w+)")


class Asked(NamedTuple):
    """One statement, and what was put into it: once, or once for each of `many` rows."""

    statement: str
    given: Any
    many: bool


@contextmanager
def listening(database: Database) -> Iterator[list[Asked]]:
    """All statements, for as long as the block lasts."""
    asked: list[Asked] = []

    def hear(_connection: object, _cursor: object, statement: str, given: Any, _: object, many: bool) -> None:
        asked.append(Asked(statement, given, many))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def looking(asked: Iterable[Asked]) -> list[Asked]:
    """Those that look for rows, to read, change or delete them."""
    verbs = ("SELECT", "UPDATE", "DELETE", "WITH")
    return [one for one in asked if not one.many and one.statement.startswith(verbs)]


async def read_from_end_to_end(database: Database, asked: Iterable[Asked]) -> dict[str, set[str]]:
    """Tables that these statements would read whole, by statement."""
    found: dict[str, set[str]] = {}
    for statement, given, _ in asked:
        how = await plan(database, statement, given)
        tables = {one or other for one, other in END_TO_END.findall(how)} & Base.metadata.tables.keys()
        if tables:
            found[statement] = tables
    return found


async def plan(database: Database, statement: str, given: Any) -> str:
    """How it would do one statement."""
    async with database.rehearsing() as session:
        connection = await session.connection()
        if connection.dialect.name == "sqlite":
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        else:
            await session.execute(text("SET LOCAL enable_seqscan = off"))
            rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", given)
        return "\n".join(str(row) for row in rows)
