"""Somebody who has the files of the database in their hands, and reads them byte by byte."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, text

from bot.models import Ballot, Poll
from bot.services import roll
from tests.town import Town


async def bytes_of(town: Town) -> bytes:
    """Everything in the files of tables and indexes; SQLite's log is among them, PostgreSQL's is not."""
    database = town.folkmoot.database
    if database.dialect == "sqlite":
        path = Path(str(database.url.database))
        return b"".join(one.read_bytes() for one in sorted(path.parent.glob(path.name + "*")))
    async with database.reading() as session:
        home = await session.scalar(text("SELECT current_setting('data_directory')"))
        number = await session.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("CHECKPOINT"))
    return _all_in(Path(str(home), "base", str(number)))


def _all_in(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(folder.iterdir()))


async def marks(town: Town, poll: Poll) -> list[bytes]:
    """What the ballots bear now."""
    async with town.folkmoot.database.reading() as session:
        return list((await session.scalars(select(Ballot.voter).where(Ballot.poll_id == poll.id))).all())


async def key(town: Town, poll: Poll) -> bytes | None:
    """The poll's key as it is now."""
    async with town.folkmoot.database.reading() as session:
        return (await session.get_one(Poll, poll.id)).key


async def places(town: Town, poll: Poll) -> list[tuple[object, object]]:
    """Answers in the order in which they lie in the file, each with what is noted about its writing."""
    sqlite = town.folkmoot.database.dialect == "sqlite"
    where = "rowid, 0" if sqlite else "ctid, xmin::text"
    order = "rowid" if sqlite else "ctid"
    async with town.folkmoot.database.reading() as session:
        rows = await session.execute(
            text(f"SELECT answer, {where} FROM ballots WHERE poll_id = :poll ORDER BY {order}"),
            {"poll": poll.id},
        )
        return [(answer, written) for answer, _, written in rows]


def mark_of(poll_key: bytes, resident: int) -> bytes:
    """What a thief with the key makes of a resident's number."""
    poll = Poll(key=poll_key)
    return roll.voter_key(poll, type("Somebody", (), {"id": resident})())
