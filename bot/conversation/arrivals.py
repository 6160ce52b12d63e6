"""What every turn needs, read and written once for a whole batch: which updates are new, and who they are from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, delete, false, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot import i18n
from bot.db import insert_new
from bot.message import Blocked, Incoming
from bot.models import Address, Resident, Seen

Chat = tuple[str, str]
"""(channel, chat)"""


async def unseen(
    session: AsyncSession, incomings: Iterable[Incoming], *, now: datetime
) -> set[tuple[str, str]]:
    """Mark updates as seen, and albums; returns (channel, key) of those that were not seen before."""
    keys = sorted(
        {(one.channel, key) for one in incomings for key in (one.key, one.album) if key is not None}
    )
    statement = insert_new(session, Seen).returning(Seen.channel, Seen.key)
    rows = [{"channel": channel, "key": key, "seen_at": now} for channel, key in keys]
    return {(channel, key) for channel, key in await session.execute(statement, rows)}


async def addresses(
    session: AsyncSession, incomings: Sequence[Incoming], *, now: datetime, language: str
) -> dict[Chat, Address]:
    """Addresses with their residents for all chats and senders; those met for the first time are made.

    On PostgreSQL they stay locked until the commit, in one order everywhere, so two processes never answer one
    address at once. `language` is for those whose app does not tell one we speak.
    """
    wanted = {person(one): one for one in incomings}
    for one in incomings:
        if not one.group:
            wanted[person(one)] = one
    groups = {(one.channel, one.chat) for one in incomings if one.group}
    found = await _read(session, set(wanted) | groups)
    if missing := sorted((set(wanted) | groups) - set(found)):
        await _make(session, [(chat, wanted.get(chat)) for chat in missing], now=now, language=language)
        found |= await _read(session, set(missing))
    return found


def person(incoming: Incoming) -> Chat:
    """Under which name the sender is known. Whoever speaks in a group under the group's own name (an anonymous
    administrator) is somebody else than the group."""
    itself = incoming.group and incoming.sender == incoming.chat
    return incoming.channel, f"{incoming.sender}:itself" if itself else incoming.sender


async def _read(session: AsyncSession, chats: set[Chat]) -> dict[Chat, Address]:
    # Channel by channel: asked for pairs, SQLite reads every address there is.
    by_channel: dict[str, list[str]] = {}
    for channel, chat in sorted(chats):
        by_channel.setdefault(channel, []).append(chat)
    wanted: dict[str, str | list[str]] = {}
    for number, (channel, some) in enumerate(by_channel.items()):
        wanted |= {f"channel{number}": channel, f"chats{number}": some}
    rows = await session.scalars(_reading(len(by_channel)), wanted)
    return {(address.channel, address.chat): address for address in rows}


@cache  # every turn begins with it
def _reading(channels: int) -> Select[Address]:
    chats = (
        (Address.channel == bindparam(f"channel{number}"))
        & Address.chat.in_(bindparam(f"chats{number}", expanding=True))
        for number in range(channels)
    )
    return (
        select(Address)
        # Not joined: PostgreSQL would give residents as they were before it waited for the addresses.
        .options(selectinload(Address.resident))
        .where(or_(false(), *chats))
        .order_by(Address.id)
        .with_for_update(of=Address)
        .execution_options(populate_existing=True)
    )


async def _make(
    session: AsyncSession, missing: Sequence[tuple[Chat, Incoming | None]], *, now: datetime, language: str
) -> None:
    """Residents and addresses for chats met for the first time; `None` stands for a group."""
    people = {chat: one for chat, one in missing if one is not None}
    spoken = [i18n.choose(one.language, i18n.available(), language) for one in people.values()]
    residents: dict[Chat, int] = {}
    if people:
        made = await session.scalars(
            insert(Resident).returning(Resident.id, sort_by_parameter_order=True),
            [{"language": code, "interests": [], "created_at": now} for code in spoken],
        )
        residents = dict(zip(people, made, strict=True))
    rows = [
        {
            "channel": channel,
            "chat": chat,
            "resident_id": residents[channel, chat] if one else None,
            "preferred": one is not None,
            # Somebody met in a group has not opened a private chat: we may not write there yet.
            "closed_at": now if one is not None and one.group else None,
            "created_at": now,
        }
        for (channel, chat), one in missing
    ]
    kept = set(await session.scalars(insert_new(session, Address).returning(Address.resident_id), rows))
    if lost := set(residents.values()) - kept:
        # Another process met them in the same moment; its residents stand.
        await session.execute(delete(Resident).where(Resident.id.in_(lost)))


def reopen(address: Address, incoming: Incoming) -> None:
    """Whoever writes to us in private can be written to again, and is somebody new after having been forgotten."""
    if incoming.group or isinstance(incoming.what, Blocked):
        return
    if address.closed_at is not None:
        address.closed_at = None
    if address.forgotten_at is not None:
        address.forgotten_at = None
