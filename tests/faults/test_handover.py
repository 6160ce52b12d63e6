"""Two postmen for one credential by mistake: the second waits, and takes over when the first one dies."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import URL

from bot import outbox
from bot.clock import utc_now
from bot.db import Database
from bot.models import Address, Envelope, Resident
from tests.faults.desks import note, until
from tests.faults.processes import ROOT, child

CHATS, LETTERS = 40, 8


async def put_letters(database: Database) -> None:
    """For each chat some letters, numbered."""
    now = utc_now()
    async with database.writing() as session:
        people = [Resident(language="en", interests=[], created_at=now) for _ in range(CHATS)]
        session.add_all(people)
        await session.flush()
        addresses = [
            Address(channel="paper", chat=f"c{n}", resident_id=one.id, preferred=True, created_at=now)
            for n, one in enumerate(people)
        ]
        session.add_all(addresses)
        await session.flush()
        drafts = [
            outbox.Draft(address, note(str(number)), f"{address.chat}:{number}")
            for address in addresses
            for number in range(LETTERS)
        ]
        await outbox.put(session, drafts, now=now)


def delivered(path: Path) -> list[list[str]]:
    """Who delivered what: process, chat, number."""
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def there(path: Path, name: str) -> bool:
    """Whether that process has begun."""
    return path.with_name(f"{path.name}.{name}").exists()


async def test_the_second_of_two_postmen_waits_and_takes_over_from_a_dead_one_within_five_seconds(
    database: Database, database_url: URL, tmp_path: Path
) -> None:
    path, address = tmp_path / "delivered", database_url.render_as_string(hide_password=False)
    program = "tests.faults.carrier"
    async with (
        child(program, {}, ROOT, address, str(path), "first") as first,
        child(program, {}, ROOT, address, str(path), "second") as second,
    ):

        async def both_there() -> bool:
            return there(path, "first") and there(path, "second")

        await until(both_there, 60)
        await put_letters(database)

        async def half_done() -> bool:
            return len(delivered(path)) >= CHATS * LETTERS // 2

        async def all_ended() -> bool:
            async with database.reading() as session:
                unsent = select(Envelope.id).where(Envelope.done_at.is_(None)).limit(1)
                return await session.scalar(unsent) is None

        await until(half_done)
        dead, other = (first, second) if delivered(path)[0][0] == "first" else (second, first)
        assert len({line[0] for line in delivered(path)}) == 1, "two postmen were at work"
        dead.kill()
        killed = time.monotonic()
        await dead.wait()
        before = len(delivered(path))
        async with database.reading() as session:
            sent = set(await session.scalars(select(Envelope.once_key).where(Envelope.state == "sent")))

        async def taken_over() -> bool:
            return len(delivered(path)) > before

        await until(taken_over, 5)
        assert time.monotonic() - killed < 5
        await until(all_ended)
        assert other.returncode is None
    came = Counter(f"{chat}:{number}" for _, chat, number in delivered(path))
    assert set(came) == {f"c{chat}:{number}" for chat in range(CHATS) for number in range(LETTERS)}
    assert all(came[str(key)] == 1 for key in sent), "what stood as sent was sent again"
    assert max(came.values()) <= 2
    for chat in range(CHATS):
        numbers = [int(number) for _, where, number in delivered(path) if where == f"c{chat}"]
        firsts = list(dict.fromkeys(numbers))
        assert firsts == sorted(firsts), "a chat got its letters in another order"
    await asyncio.sleep(0)
