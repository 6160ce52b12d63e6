"""The outbox: everything that leaves the building is put here first, in the transaction that decided it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any
from typing import cast as cast_to

from sqlalchemy import Select, Table, and_, case, cast, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import take_numbers
from bot.message import Action, Message, Parcel
from bot.models import UNSENT, Address, Envelope, Letter, Resident

LEASE = timedelta(seconds=60)
"""How long a claim lasts; after that whoever is the postman then takes it up again."""

ENVELOPES = cast_to(Table, Envelope.__table__)

TOAST_LIFE = timedelta(seconds=10)
"""After that the note under a tap helps nobody, and Telegram refuses it as too old."""


POSTED = "posted"
"""In `session.info` when something was put that no postman has in hand: after the commit one should be woken."""


class Lane(IntEnum):
    """What goes first: an answer, then what concerns one person, then what many get."""

    REPLY = 0
    PERSONAL = 1
    BULK = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """An envelope to be put: what shall reach which address, once."""

    address: Address
    message: Message
    once_key: str
    action: Action = "send"
    target: str | None = None
    lane: Lane = Lane.REPLY
    expires_at: datetime | None = None


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
    if any(row["state"] == "waiting" for row in rows):
        session.info[POSTED] = True
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
        )
        for draft, row in zip(drafts, rows, strict=True)
    ]


def _row(draft: Draft, now: datetime, postman: str | None) -> dict[str, Any]:
    expires = draft.expires_at or (now + TOAST_LIFE if draft.action == "toast" else None)
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
        "created_at": now,
        "not_before": now + LEASE if postman else now,
        "expires_at": expires,
    }


async def put_personal(
    session: AsyncSession, resident_id: int, message: Message, *, once_key: str, now: datetime
) -> bool:
    """Put one message to a resident's preferred address, unless they have none or it was put before."""
    address = await session.scalar(
        select(Address).where(
            Address.resident_id == resident_id, Address.preferred, Address.closed_at.is_(None)
        )
    )
    if address is None or await session.scalar(select(Envelope.id).where(Envelope.once_key == once_key)):
        return False
    await put(session, [Draft(address, message, once_key, lane=Lane.PERSONAL)], now=now)
    return True


async def put_to_many(
    session: AsyncSession,
    residents: Select[int],
    letters: Mapping[str, Message],
    *,
    otherwise: str,
    subject: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> int:
    """Put one envelope for each resident that `residents` selects, each in their language: one statement whatever
    their number. `letters` maps a language to the message, `otherwise` is the language of all others.

    `subject`, such as `poll:12`, makes the once key: nobody gets the same subject twice. Returns how many were put.
    """
    numbers = {
        language: await _write(session, message, language, subject, now)
        for language, message in letters.items()
    }
    letter = case(
        *((Resident.language == language, literal(number)) for language, number in numbers.items()),
        else_=literal(numbers[otherwise]),
    )
    chosen = (
        select(
            literal(subject + ":") + cast(Address.id, Envelope.once_key.type),
            Address.channel,
            Address.id,
            literal(int(Lane.BULK)),
            literal("send"),
            letter,
            literal("waiting"),
            literal(0),
            literal(now, Envelope.created_at.type),
            literal(now, Envelope.not_before.type),
            literal(expires_at, Envelope.expires_at.type),
        )
        .join(Resident, Resident.id == Address.resident_id)
        .where(Address.resident_id.in_(residents), Address.preferred, Address.closed_at.is_(None))
    )
    session.info[POSTED] = True
    columns = ["once_key", "channel", "address_id", "lane", "action", "letter_id", "state", "attempts"]
    columns += ["created_at", "not_before", "expires_at"]
    result = await session.execute(
        insert(Envelope).from_select(columns, chosen, include_defaults=False),
        execution_options={"in_thread": True},
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


async def _write(session: AsyncSession, message: Message, language: str, subject: str, now: datetime) -> int:
    letter = Letter(subject=subject, language=language, body=message.as_json(), created_at=now)
    session.add(letter)
    await session.flush()
    return letter.id


async def cancel(session: AsyncSession, subject: str, *, now: datetime) -> int:
    """Take back what is still unsent of a subject; returns how many."""
    letters = select(Letter.id).where(Letter.subject == subject)
    result = await session.execute(
        update(Envelope)
        .where(Envelope.letter_id.in_(letters), Envelope.state.in_(UNSENT))
        .values(state="cancelled", done_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits in one lane of one channel, and since when."""

    channel: str
    lane: Lane
    waiting: int
    oldest: datetime


async def depths(session: AsyncSession) -> list[Depth]:
    """What is unsent, by channel and lane."""
    rows = await session.execute(
        select(Envelope.channel, Envelope.lane, func.count(), func.min(Envelope.created_at))
        .where(Envelope.state.in_(UNSENT))
        .group_by(Envelope.channel, Envelope.lane)
        .order_by(Envelope.channel, Envelope.lane)
    )
    return [Depth(channel, Lane(lane), waiting, oldest) for channel, lane, waiting, oldest in rows]


async def given_up(session: AsyncSession, *, since: datetime) -> dict[str, int]:
    """Why letters were given up since then, and how many for each reason."""
    rows = await session.execute(
        select(func.coalesce(Envelope.reason, Envelope.state), func.count())
        .where(and_(Envelope.state.in_(("expired", "refused")), Envelope.done_at >= since))
        .group_by(func.coalesce(Envelope.reason, Envelope.state))
    )
    return {row[0]: row[1] for row in rows}
