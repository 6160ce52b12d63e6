"""E-mail addresses: who is written to there, who has shown that an address is theirs, and which of them fail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import retention
from bot.db import forget_some, insert_new
from bot.errors import Refused
from bot.i18n import N_
from bot.models import Address, HeldMail, Mailbox, Resident

CHANNEL = "email"
ASK_AGAIN = timedelta(days=1)
"""So long nobody is asked a second time whether an address is theirs, or told that we do not know them."""
STILL = timedelta(days=7)
HELD_AT_MOST = 20  # mails of one address that wait

_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*/=?^_`{|}~+-]+(\.[a-z0-9!#$%&'*/=?^_`{|}~+-]+)*@([a-z0-9-]+\.)*[a-z0-9-]+", re.ASCII
)
NO_EMAIL = N_(
    "That is not an e-mail address that we can write to. One looks like this: bins@council.example."
)


def plain(email: str) -> str:
    """An address as it is kept: in small letters. Raises Refused for what is none, or longer than one can be, or would
    be read as encoded words in a letter's head."""
    email = email.strip().lower()
    name, _, _ = email.rpartition("@")
    if len(email) > 254 or len(name) > 64 or "=?" in name or not _EMAIL.fullmatch(email):
        raise Refused(NO_EMAIL)
    return email


async def at(
    session: AsyncSession, email: str, *, language: str, now: datetime, keep: bool = True
) -> Address:
    """The address, made together with a resident who speaks `language` where nobody is known there yet.

    With `keep` it stays until it is erased; without, it goes after a day like that of any stranger.
    """
    email = plain(email)
    here = select(Address).where(Address.channel == CHANNEL, Address.chat == email)
    if (found := await session.scalar(here)) is None:
        resident = Resident(language=language, interests=[], created_at=now, greeted_at=now)
        session.add(resident)
        await session.flush()
        row = {"channel": CHANNEL, "chat": email, "resident_id": resident.id}
        made = (
            insert_new(session, Address).values(**row, preferred=True, created_at=now).returning(Address.id)
        )
        if await session.scalar(made) is None:  # another process met them in the same moment
            await session.delete(resident)
            await session.flush()
        found = (await session.scalars(here)).one()
    if keep:
        (await _mailbox(session, found)).kept = True
    return found


async def _mailbox(session: AsyncSession, address: Address) -> Mailbox:
    await session.execute(insert_new(session, Mailbox).values(address_id=address.id, kept=False))
    return await session.get_one(Mailbox, address.id, with_for_update=True)


async def confirmed(session: AsyncSession, email: str) -> bool:
    """Whether whoever is at this address has shown that it is theirs, and reads it still."""
    found = await session.scalar(
        select(Mailbox.confirmed_at)
        .join(Address, Address.id == Mailbox.address_id)
        .where(Address.channel == CHANNEL, Address.chat == email, Address.forgotten_at.is_(None))
    )
    return found is not None


async def confirm(session: AsyncSession, address: Address, *, now: datetime) -> bool:
    """From now on what comes from this address is theirs; false when that was known."""
    mailbox = await _mailbox(session, address)
    new = mailbox.confirmed_at is None
    mailbox.kept, mailbox.confirmed_at = True, mailbox.confirmed_at or now
    address.closed_at = None
    mailbox.trouble = mailbox.troubled_at = None
    return new


async def may_ask(session: AsyncSession, address: Address, *, now: datetime) -> bool:
    """Whether somebody may be asked to confirm now; notes that they were."""
    mailbox = await _mailbox(session, address)
    if mailbox.asked_at is not None and now - mailbox.asked_at < ASK_AGAIN:
        return False
    mailbox.asked_at = now
    return True


async def may_tell(session: AsyncSession, address: Address, *, now: datetime) -> bool:
    """Whether somebody may be told now that we do not know what they write about; notes that they were."""
    mailbox = await _mailbox(session, address)
    if mailbox.told_at is not None and now - mailbox.told_at < ASK_AGAIN:
        return False
    mailbox.told_at = now
    return True


async def hold(session: AsyncSession, address: Address, key: str, *, now: datetime, **mail: Any) -> bool:
    """Keep a mail until its writer is confirmed; once by its key. False when too many wait already."""
    waiting = await session.scalar(
        select(func.count()).select_from(HeldMail).where(HeldMail.address_id == address.id)
    )
    if (waiting or 0) >= HELD_AT_MOST:
        return False
    row = {"address_id": address.id, "key": key, "held_at": now, **mail}
    await session.execute(insert_new(session, HeldMail).values(**row))
    return True


@dataclass(frozen=True, slots=True)
class Ready:
    """A held mail whose writer is confirmed, and the chats of both sides."""

    mail: HeldMail
    sender: str
    sent_to: str


async def ready(session: AsyncSession) -> Sequence[Ready]:
    """Held mails that may be passed on, the oldest first."""
    rows = await session.execute(
        select(HeldMail, Address.chat)
        .join(Mailbox, Mailbox.address_id == HeldMail.address_id)
        .join(Address, Address.id == HeldMail.address_id)
        .where(Mailbox.confirmed_at.is_not(None))
        .order_by(HeldMail.id)
        .limit(100)
    )
    found = rows.all()
    numbers = {held.sent_to for held, _ in found}
    chats = await session.scalars(select(Address).where(Address.id.in_(numbers)))
    there = {address.id: address.chat for address in chats.all()}
    return [Ready(held, sender, there[held.sent_to]) for held, sender in found if held.sent_to in there]


async def passed_on(session: AsyncSession, number: int) -> None:
    """That mail need not be held any more."""
    await session.execute(delete(HeldMail).where(HeldMail.id == number))


async def tidy(session: AsyncSession, now: datetime) -> bool:
    """Forget some of the mails that waited too long; true when there may be more."""
    return await forget_some(session, HeldMail, HeldMail.held_at < now - retention.age("held mail"))


async def note_trouble(session: AsyncSession, address: Address, cause: str, *, now: datetime) -> None:
    """Keep why what we send does not arrive; whether the address is closed is another matter. The same once more within
    a week is the same trouble still."""
    mailbox = await _mailbox(session, address)
    began = mailbox.troubled_at
    if began is None or mailbox.trouble != cause[:64] or now - began > STILL:
        mailbox.trouble, mailbox.troubled_at = cause[:64], now


async def reopen(session: AsyncSession, address: Address) -> None:
    """It may be written to again: somebody has looked after it."""
    mailbox = await _mailbox(session, address)
    address.closed_at = mailbox.trouble = mailbox.troubled_at = None


@dataclass(frozen=True, slots=True)
class Failing:
    """An address where things do not arrive: why, since when, and whether nothing more is sent there."""

    address: int
    email: str
    cause: str
    since: datetime
    closed: bool


async def failing(session: AsyncSession) -> Sequence[Failing]:
    """All addresses that somebody named and that fail, the newest trouble first."""
    rows = await session.execute(
        select(Address.id, Address.chat, Mailbox.trouble, Mailbox.troubled_at, Address.closed_at)
        .join(Mailbox, Mailbox.address_id == Address.id)
        .where(Mailbox.kept, Mailbox.troubled_at.is_not(None))
        .order_by(Mailbox.troubled_at.desc())
    )
    return [
        Failing(number, email, cause or "", since, closed is not None)
        for number, email, cause, since, closed in rows.all()
        if since is not None
    ]
