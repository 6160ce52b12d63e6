"""A Telegram that fails at every fifth call, in every way it can: answers arrive in order, letters to many once."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import select

from bot import outbox
from bot.channels.telegram import fates, wire
from bot.clock import utc_now
from bot.db import Database
from bot.lanes import Lane
from bot.models import Address, Envelope, Letter, Resident
from bot.outbox import Draft
from bot.pace import Limits, Rate
from bot.postman import Postman
from tests.channels.telegram_line import line
from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.faults import Kind
from tests.faults.desks import note, until

KINDS: tuple[Kind, ...] = (
    "429",
    "500",
    "502",
    "reset",
    "reset_after",
    "slow_after",
    "truncated",
    "wrong_json",
)
PEOPLE, ANSWERS = 16, 4
LETTERS = ("market", "fair", "bins")


async def put_all(database: Database, chats: list[int]) -> None:
    """Letters for everybody, and some answers for each."""
    now = utc_now()
    async with database.writing() as session:
        people = [Resident(language="en", interests=[], created_at=now) for _ in chats]
        session.add_all(people)
        await session.flush()
        homes = [
            Address(channel="telegram", chat=str(chat), resident_id=one.id, preferred=True, created_at=now)
            for chat, one in zip(chats, people, strict=True)
        ]
        session.add_all(homes)
        await session.flush()
        for subject in LETTERS:
            await outbox.put_to_many(
                session, select(Resident.id), {"en": note(subject)}, otherwise="en", subject=subject, now=now
            )
        drafts = [
            Draft(home, note(f"answer {n}"), f"{home.chat}:{n}", lane=Lane.REPLY)
            for n in range(ANSWERS)
            for home in homes
        ]
        await outbox.put(session, drafts, now=now)


async def test_nothing_is_lost_and_no_letter_comes_twice_when_every_fifth_call_fails(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fates, "_SOON", 0.05)
    monkeypatch.setattr(wire, "PATIENCE", 0.5)
    async with FakeTelegram() as fake, line(fake) as channel:
        people = [fake.user(f"P{number}", started=True) for number in range(PEOPLE)]
        await put_all(database, [one.id for one in people])
        for kind in KINDS:
            fake.fail("sendMessage", kind, times=None, rate=0.2 / len(KINDS), seconds=1.0)
        postman = Postman(database, channel, Limits(Rate(200, 20), Rate(50, 4)), utc_now)
        work = asyncio.create_task(postman.run())

        async def all_ended() -> bool:
            async with database.reading() as session:
                return await session.scalar(select(Envelope.id).where(Envelope.done_at.is_(None))) is None

        await until(all_ended, 90)
        work.cancel()
        await asyncio.wait([work])
        came = {one.id: [seen.text for seen in one.screen()] for one in people}
        fake.assert_proper()
    async with database.reading() as session:
        rows = await session.execute(
            select(Address.chat, Letter.subject, Envelope.reason)
            .join(Envelope, Envelope.address_id == Address.id)
            .join(Letter, Letter.id == Envelope.letter_id)
            .where(Envelope.state != "sent")
        )
        unsent = {(int(chat), subject): reason for chat, subject, reason in rows}
    for chat, texts in came.items():
        answers = list(dict.fromkeys(text for text in texts if text.startswith("answer")))
        assert answers == [f"answer {number}" for number in range(ANSWERS)], "lost, or in another order"
        letters = Counter(text for text in texts if text in LETTERS)
        assert all(letters[subject] <= 1 for subject in LETTERS), "a letter to many came twice"
        for subject in LETTERS:
            assert letters[subject] or "perhaps delivered" in str(unsent[chat, subject]), "lost"
