"""What the parts of the e-mail channel share: the town's stamps, who is at an address, and how much is answered."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot import outbox
from bot.channels.email.stamps import Stamps
from bot.clock import Clock
from bot.conversation.offering import Offer
from bot.conversation.turn import Links
from bot.db import Database
from bot.drawer import Drawer
from bot.errors import DatabaseTrouble, RetryLater
from bot.i18n import Tongue, tongue
from bot.message import Incoming, Message, Receipt
from bot.models import Address, Envelope, Resident
from bot.press import Press
from bot.services import seals

Submit = Callable[[Incoming], Awaitable[Receipt]]
Presses = Callable[[str], Press]
"""What a packed press is; raises BadPress."""
Offered = Callable[[AsyncSession, Resident, str, datetime], Awaitable[Offer]]
"""`Router.offered`."""

TROUBLES = (SQLAlchemyError, DatabaseTrouble, OSError)
NAME = "email"
AN_HOUR = 3600.0
LOOKS = 3  # for a picture that is on its way, two seconds apart
ANSWERS_AN_HOUR = 30
"""Answers to one address in an hour. Whoever writes more often is a machine that does not say so."""

log = structlog.get_logger()


@dataclass(slots=True)
class Office:
    """Everything the parts need. `home` is the plain address that letters come from; `reads` says whether answers can
    come in at all."""

    database: Database
    submit: Submit
    press_of: Presses
    offered: Offered
    links: Links
    drawer: Drawer
    clock: Clock
    site: str
    language: str
    home: str
    reads: bool
    _stamps: Stamps | None = None
    _answers: dict[str, deque[float]] = field(default_factory=dict)

    async def stamps(self) -> Stamps:
        """The town's stamps; the secret is fetched once."""
        if self._stamps is None:
            async with self.database.writing() as session:
                secret = await seals.secret(session, self.clock())
            self._stamps = Stamps(secret, self.home)
        return self._stamps

    def may_answer(self, email: str) -> bool:
        """Whether one more answer may go there within this hour; counts it."""
        now = time.monotonic()
        if len(self._answers) > 1_000:
            self._answers = {name: when for name, when in self._answers.items() if now - when[-1] < AN_HOUR}
        times = self._answers.setdefault(email, deque())
        while times and now - times[0] >= AN_HOUR:
            times.popleft()
        if len(times) >= ANSWERS_AN_HOUR:
            return False
        times.append(now)
        return True


@dataclass(frozen=True, slots=True)
class There:
    """An address that we know, and the language that is spoken there."""

    number: int
    email: str
    language: str
    closed: bool

    @property
    def tongue(self) -> Tongue:
        """The language."""
        return tongue(self.language)


_KNOWN = (
    select(Address.id, Address.chat, Resident.language, Address.closed_at)
    .join(Resident, Resident.id == Address.resident_id)
    .where(Address.channel == NAME)
)


async def at(session: AsyncSession, *, email: str | None = None, number: int | None = None) -> There | None:
    """Who is at an address, by its name or its number; None where nobody is (any more)."""
    wanted = Address.chat == email if number is None else Address.id == number
    if number is not None and not 0 < number < 2**63:
        return None
    row = (await session.execute(_KNOWN.where(wanted))).one_or_none()
    return None if row is None else There(row[0], row[1], row[2], row[3] is not None)


async def pictured(drawer: Drawer, message: Message, attempts: int) -> Message:
    """With our copy of its picture. One that was just sent is waited for a little: a mail cannot be changed."""
    media = message.media
    if media is None or media.key is not None or media.photo is None:
        return message
    key, coming = await drawer.coming(media.photo)
    if coming and attempts < LOOKS:
        raise RetryLater("its picture is on its way", after=2)
    return replace(message, media=replace(media, key=key))


async def put(session: AsyncSession, there: There, message: Message, once_key: str, now: datetime) -> bool:
    """Put a letter of the channel's own; false when it was put before."""
    if await session.scalar(select(Envelope.id).where(Envelope.once_key == once_key)):
        return False
    address = await session.get_one(Address, there.number)
    await outbox.put(session, [outbox.Draft(address, message, once_key)], now=now)
    return True
