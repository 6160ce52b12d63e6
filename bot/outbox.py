"""The outbox: everything that leaves the building is put here first, in the transaction that decided it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from typing import cast as cast_to

from sqlalchemy import Table, func, insert, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import take_numbers, tell
from bot.lanes import LEASE, LIFE, POST, TOAST_LIFE, Lane
from bot.mailings import cancel, hold, progress, put_instead_to_many, put_to_many, release
from bot.message import Action, Message, Parcel
from bot.models import Address, Envelope, Progress

__all__ = [
    "LEASE",
    "POST",
    "TOAST_LIFE",
    "Depth",
    "Draft",
    "GivenUp",
    "Lane",
    "Progress",
    "cancel",
    "depths",
    "given_up",
    "hold",
    "progress",
    "put",
    "put_instead_to_many",
    "put_personal",
    "put_to_each",
    "put_to_many",
    "release",
]

ENVELOPES = cast_to(Table, Envelope.__table__)


@dataclass(frozen=True, slots=True)
class Draft:
    """An envelope to be put: what shall reach which address, once. `asked_at` is when what it answers came in."""

    address: Address
    message: Message
    once_key: str
    action: Action = "send"
    target: str | None = None
    lane: Lane = Lane.REPLY
    expires_at: datetime | None = None
    asked_at: datetime | None = None


async def put(
    session: AsyncSession,
    drafts: Sequence[Draft],
    *,
    now: datetime,
    claimed_by: Mapping[str, str] | None = None,
) -> list[Parcel]:
    """Put drafts, all in one statement, and return them as parcels.

    `claimed_by` maps a channel to the postman in this process: its drafts are born claimed, and the caller hands it
    the parcels after the commit.
    """
    if not drafts:
        return []
    postmen = claimed_by or {}
    rows = [_row(draft, now, postmen.get(draft.address.channel)) for draft in drafts]
    for channel in {row["channel"] for row in rows if row["state"] == "waiting"}:
        tell(session, POST, channel)
    numbers = await take_numbers(session, Envelope, len(rows))
    for number, row in zip(numbers, rows, strict=True):
        row["id"] = number
    await session.execute(insert(ENVELOPES), rows)
    return [
        Parcel(
            row["id"],
            draft.address.chat,
            draft.action,
            draft.message,
            draft.target,
            draft.lane,
            0,
            row["expires_at"],
            asked_at=row["created_at"],
        )
        for draft, row in zip(drafts, rows, strict=True)
    ]


def _row(draft: Draft, now: datetime, postman: str | None) -> dict[str, Any]:
    since = draft.asked_at or now
    expires = draft.expires_at or now + (TOAST_LIFE if draft.action == "toast" else LIFE[draft.lane])
    return {
        "once_key": draft.once_key,
        "channel": draft.address.channel,
        "address_id": draft.address.id,
        "lane": int(draft.lane),
        "action": draft.action,
        "target": draft.target,
        "body": draft.message.as_json(),
        "state": "claimed" if postman else "waiting",
        "claimed_by": postman,
        "attempts": 0,
        "created_at": since,
        "not_before": now + LEASE if postman else since,
        "expires_at": expires,
    }


async def put_personal(
    session: AsyncSession, resident_id: int, message: Message, *, once_key: str, now: datetime
) -> bool:
    """Put one message to a resident's preferred address, unless they have none or it was put before."""
    return await put_to_each(session, {resident_id: (once_key, message)}, now=now) == 1


async def put_to_each(
    session: AsyncSession, messages: Mapping[int, tuple[str, Message]], *, now: datetime
) -> int:
    """The same for several residents, each with a once key and a message of their own, with as many statements as for
    one; returns how many were put."""
    addresses = await session.scalars(
        select(Address)
        .where(Address.resident_id.in_(messages), Address.preferred, Address.closed_at.is_(None))
        .order_by(Address.resident_id)
    )
    drafts = [
        Draft(address, message, key, lane=Lane.PERSONAL)
        for address in addresses
        for key, message in (messages[address.resident_id or 0],)
    ]
    if not drafts:
        return 0
    keys = [draft.once_key for draft in drafts]
    there = set(await session.scalars(select(Envelope.once_key).where(Envelope.once_key.in_(keys))))
    return len(await put(session, [draft for draft in drafts if draft.once_key not in there], now=now))


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits in one lane of one channel, and since when."""

    channel: str
    lane: Lane
    waiting: int
    oldest: datetime


async def depths(session: AsyncSession, *, alone: bool = False) -> list[Depth]:
    """What is unsent, by channel and lane; with `alone` without mailings, which know their own numbers."""
    rows = await session.execute(
        select(Envelope.channel, Envelope.lane, func.count(), func.min(Envelope.created_at))
        .where(Envelope.done_at.is_(None), Envelope.letter_id.is_(None) if alone else true())
        .group_by(Envelope.channel, Envelope.lane)
        .order_by(Envelope.channel, Envelope.lane)
    )
    return [Depth(channel, Lane(lane), waiting, oldest) for channel, lane, waiting, oldest in rows]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """How many in one lane were given up for one reason."""

    lane: Lane
    reason: str
    count: int


async def given_up(session: AsyncSession, *, since: datetime) -> list[GivenUp]:
    """What was given up since then and why, the most frequent first. What was taken back is not among it."""
    reason, count = func.coalesce(Envelope.reason, Envelope.state), func.count()
    rows = await session.execute(
        select(Envelope.lane, reason, count)
        .where(Envelope.state.in_(("expired", "refused")), Envelope.done_at >= since)
        .group_by(Envelope.lane, reason)
        .order_by(count.desc(), Envelope.lane, reason)
    )
    return [GivenUp(Lane(lane), why, number) for lane, why, number in rows]
