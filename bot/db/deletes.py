"""Deleting what has grown old: by the thousand, so that nobody waits long for the transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, any_, delete, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

AT_ONCE = 1000  # rows a transaction; its locks and its share of the disk are gone within some hundredths of a second


async def forget_some(session: AsyncSession, table: type[Any], *which: ColumnElement[bool]) -> bool:
    """Delete up to a thousand rows of a mapped class; true when there may be more."""
    on_file = session.get_bind().dialect.name == "sqlite"
    # By their places in the table: joined by its key, PostgreSQL reads all of the table for each thousand.
    place: ColumnElement[Any] = literal_column("rowid" if on_file else "ctid")
    some = select(place).select_from(table).where(*which).limit(AT_ONCE).correlate(None)
    there = place.in_(some) if on_file else place == any_(func.array(some.scalar_subquery()))
    gone = await session.execute(
        delete(table).where(there).execution_options(synchronize_session=False),
        execution_options={"in_thread": True},
    )
    return bool(gone.rowcount >= AT_ONCE)  # type: ignore[attr-defined]
