"""Towns of any size, made by the database itself: one INSERT … SELECT a table, into the tables of the models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    String,
    Text,
    cast,
    false,
    func,
    insert,
    literal,
    null,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bench.load import CHOICES, FIRST, PEOPLE
from bot.db import postgresql, sqlite
from bot.models import Address, Ballot, Consent, Membership, Participation, Resident, Tally


@dataclass(frozen=True, slots=True)
class Size:
    """How many live in a town, and how many ballots its poll has before anybody taps."""

    people: int = PEOPLE
    ballots: int = 0


async def fill(url: URL, size: Size, *, community: int, poll: int, now: datetime) -> tuple[int, ...]:
    """Make everybody but resident 1, who is there already; returns the votes for each choice.

    Ballots beyond the people stand for voters who have left; nothing on the way of a vote can tell.
    """
    engine = _engine(url)
    try:
        async with engine.begin() as connection:
            if url.get_backend_name() == "postgresql":
                # Every row points at one that is there; asking for each of millions would take minutes.
                await connection.execute(text("SET LOCAL session_replication_role = replica"))
            await _people(connection, size.people, community, poll, now)
            votes = await _ballots(connection, size.ballots, poll) if size.ballots else (0,) * len(CHOICES)
            await connection.execute(
                update(Tally)
                .where(Tally.poll_id == poll)
                .values(
                    asked=size.people,
                    took_part=size.ballots,
                    counts={str(choice): count for choice, count in enumerate(votes)},
                )
            )
        await _come_to_rest(engine)
    finally:
        await engine.dispose()
    return votes


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() == "sqlite":
        return sqlite.engine(url, foreign_keys=False)
    return postgresql.engine(url, patience=None)


async def _people(connection: AsyncConnection, people: int, community: int, poll: int, now: datetime) -> None:
    number = _numbers(connection, 2, people)
    moment, member = literal(now, Resident.created_at.type), {"resident_id": number}
    english, telegram = literal("en"), literal("telegram")
    person = {"id": number, "language": english, "interests": literal([], Resident.interests.type)}
    home = {"id": number, "channel": telegram, "chat": cast(number + (FIRST - 1), String)}
    said = {"wording": literal("Agreed."), "language": english, "agreed_at": moment}
    belongs = {"community_id": literal(community), "role": literal("resident"), "joined_at": moment}
    tables: tuple[tuple[Any, dict[str, Any]], ...] = (
        (Resident, person | dict.fromkeys(("greeted_at", "agreed_at", "created_at"), moment)),
        (Address, home | member | {"preferred": true(), "talk": null(), "created_at": moment}),
        (Consent, said | member),
        (Membership, belongs | member),
        (Participation, {"poll_id": literal(poll), "took_part": false()} | member),
    )
    for table, values in tables:
        await _insert(connection, table, values)
    if connection.dialect.name == "postgresql":
        for name in ("residents", "addresses"):
            await connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {people + 1})")
            )


async def _ballots(connection: AsyncConnection, ballots: int, poll: int) -> tuple[int, ...]:
    number = _numbers(connection, 1, ballots)
    choice = number % len(CHOICES)
    voter: ColumnElement[Any]
    answer: ColumnElement[Any]
    if connection.dialect.name == "postgresql":
        voter, answer = func.sha256(cast(cast(number, Text), LargeBinary)), func.to_jsonb(choice, type_=JSONB)
    else:
        voter, answer = func.randomblob(32), choice
    # In their order, so that the index grows at its end; what is in it is the same.
    made = select(voter.label("voter"), answer.label("answer")).subquery()
    rows = select(literal(poll), made.c.voter, made.c.answer).order_by(made.c.voter)
    await connection.execute(insert(Ballot).from_select(["poll_id", "voter", "answer"], rows))
    return tuple(len(range(n or len(CHOICES), ballots + 1, len(CHOICES))) for n in range(len(CHOICES)))


async def _insert(connection: AsyncConnection, table: Any, values: dict[str, Any]) -> None:
    rows = select(*(value.label(name) for name, value in values.items()))
    await connection.execute(insert(table).from_select(list(values), rows, include_defaults=False))


def _numbers(connection: AsyncConnection, first: int, last: int) -> ColumnElement[int]:
    if connection.dialect.name == "postgresql":
        series: ColumnElement[int] = func.generate_series(first, last).column_valued("n")
        return series
    counted = select(literal(first).label("n")).where(literal(first) <= last).cte("counted", recursive=True)
    counted = counted.union_all(select(counted.c.n + 1).where(counted.c.n < last))
    return counted.c.n


async def _come_to_rest(engine: AsyncEngine) -> None:
    """What the database would do some minutes later, in the middle of a measurement."""
    async with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM (ANALYZE)"))
            await connection.execute(text("CHECKPOINT"))
