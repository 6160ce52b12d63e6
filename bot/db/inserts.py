"""Inserts that meet a row which is there already, said once for both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

Table = Any
"""A mapped class or a table."""


def insert_new(session: AsyncSession, table: Table) -> Insert:
    """`INSERT … ON CONFLICT DO NOTHING`: add `.values(…)`; `.returning(…)` tells which were new."""
    return _insert(session, table).on_conflict_do_nothing()


def upsert(session: AsyncSession, table: Table, *, key: Sequence[str], change: Sequence[str]) -> Insert:
    """`INSERT … ON CONFLICT (key) DO UPDATE`: a row that is there gets the new row's `change` columns."""
    statement = _insert(session, table)
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in change}
    )


def _insert(session: AsyncSession, table: Table) -> sqlite.Insert | postgresql.Insert:
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
