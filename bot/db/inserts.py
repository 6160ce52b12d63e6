"""Inserts that meet a row which is there already, and numbers for many rows, said once for both databases."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

Table = Any
"""A mapped class or a table."""


def insert_new(session: AsyncSession, table: Table) -> Insert:
    """`INSERT … ON CONFLICT DO NOTHING`: add `.values(…)`; `.returning(…)` tells which were new."""
    return _new(_dialect(session.sync_session), table)


def upsert(session: AsyncSession, table: Table, *, key: Sequence[str], change: Sequence[str]) -> Insert:
    """`INSERT … ON CONFLICT (key) DO UPDATE`: a row that is there gets the new row's `change` columns; with none to
    change it stays as it is."""
    return upsert_into(session.sync_session, table, key, change)


def upsert_into(session: Session, table: Table, key: Sequence[str], change: Sequence[str]) -> Insert:
    """The same for whoever has the inner session."""
    return _changing(_dialect(session), table, tuple(key), tuple(change))


# Made once each: to make one takes longer than to run it, and every vote runs several.


@cache
def _new(dialect: str, table: Table) -> Insert:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _changing(dialect: str, table: Table, key: tuple[str, ...], change: tuple[str, ...]) -> Insert:
    statement = _insert(dialect, table)
    if not change:
        return statement.on_conflict_do_nothing(index_elements=list(key))
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in change}
    )


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows conflicts."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


async def take_numbers(session: AsyncSession, table: Table, count: int) -> Sequence[int]:
    """So many new values of `table.id`, in rising order, for rows that are inserted with them: known beforehand, they
    need not be read back row by row."""
    if session.get_bind().dialect.name == "sqlite":
        last = await session.scalar(select(func.max(table.id)))  # nobody else writes before our commit
        return range((last or 0) + 1, (last or 0) + 1 + count)
    counter = func.pg_get_serial_sequence(table.__tablename__, "id")
    taken = await session.scalars(select(func.nextval(counter)).select_from(func.generate_series(1, count)))
    return sorted(taken)
