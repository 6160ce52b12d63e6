"""What became of letters to many when the process that carried them was killed: called for, written down, arrived."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from bot import outbox
from bot.clock import utc_now
from bot.db import Database
from bot.models import Address, Envelope, Letter, Membership
from bot.services import files
from tests.faults.desks import note
from tests.faults.processes import Telegram

HOUR = timedelta(hours=1)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(2_000)

Mail = tuple[str, str]
"""A subject, and the chat of somebody who gets it."""


class Carried:
    """The letters of one round: `subjects` maps what they are about to words that only they have."""

    def __init__(self, database: Database, telegram: Telegram, but: int) -> None:
        self._database = database
        self._telegram = telegram
        self._but = but  # whoever sends them
        self.subjects: dict[str, str] = {}

    async def put(self, subject: str, words: str) -> None:
        """A letter with a picture for every member, as a service would put it."""
        now = utc_now()
        async with self._database.writing() as session:
            members = select(Membership.resident_id).where(Membership.role == "resident")
            media = await files.keep(
                session,
                PICTURE,
                kind="photo",
                name="notice.png",
                media_type="image/png",
                subject=subject,
                life=HOUR,
                now=now,
            )
            letter = replace(note(words), media=media)
            await outbox.put_to_many(
                session, members, {"en": letter}, otherwise="en", subject=subject, now=now
            )
        self.subjects[subject] = words

    async def messages(self, subject: str) -> list[tuple[int, int]]:
        """Person and message for each time that this letter reached somebody."""
        return [
            (chat, call["result"]["message_id"])
            for method, words in (("sendMessage", "text"), ("sendPhoto", "caption"))
            for call in await self._telegram.calls(method)
            if self.subjects[subject] in call["params"].get(words, "")
            and (chat := int(call["params"]["chat_id"])) != self._but
        ]

    async def in_flight(self) -> set[Mail]:
        """What was called for and not written down when the process died. To be asked before the next one starts."""
        called: set[Mail] = set(await self._arrived())
        async with self._database.reading() as session:
            rows = await session.execute(
                select(Letter.subject, Address.chat)
                .join(Envelope, Envelope.letter_id == Letter.id)
                .join(Address, Address.id == Envelope.address_id)
                .where(Letter.subject.in_(self.subjects), Envelope.state == "sent")
            )
            sent = {(subject, chat) for subject, chat in rows if chat != str(self._but)}
        assert sent <= called, "marked as sent, and Telegram knows nothing of it"
        return called - sent

    async def came(self) -> Counter[Mail]:
        """How often each letter reached each person."""
        return Counter(
            [(subject, str(chat)) for subject in self.subjects for chat, _ in await self.messages(subject)]
        )

    async def _arrived(self) -> Counter[Mail]:
        """The same, once Telegram has read what the dead process had already put on the wire."""
        came, quiet = await self.came(), 0
        while quiet < 3:
            await asyncio.sleep(0.1)
            again = await self.came()
            quiet = quiet + 1 if again == came else 0
            came = again
        return came

    async def reckon(self, people: list[int], in_flight: set[Mail]) -> int:
        """Everybody has every letter once; returns how many have it twice, as they may."""
        came = await self.came()
        wanted = {(subject, str(one)) for subject in self.subjects for one in people}
        assert set(came) == wanted, "somebody got no letter"
        again = {mail for mail, times in came.items() if times > 1}
        assert again <= in_flight, f"came again without need: {sorted(again - in_flight)}"
        assert max(came.values()) <= 2, "a letter came a third time"
        await self._counted()
        return len(again)

    async def _counted(self) -> None:
        """What the mailings say of themselves agrees with a recount."""
        async with self._database.reading() as session:
            for subject in self.subjects:
                envelopes = await session.execute(
                    select(Envelope.state, func.count())
                    .join(Letter, Letter.id == Envelope.letter_id)
                    .where(Letter.subject == subject)
                    .group_by(Envelope.state)
                )
                recount = Counter({row.state: int(row[1]) for row in envelopes})
                told = await outbox.progress(session, subject)
                assert (told.put, told.sent, told.waiting) == (recount.total(), recount["sent"], 0)
