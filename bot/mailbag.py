"""What the postman does in the database: claim, take over, write down, let go; and what a failure means."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from bot.errors import AddressClosed, DeliveryFailed, Moved, RetryLater
from bot.message import Message, Parcel
from bot.models import UNSENT, Address, Envelope, Letter
from bot.outbox import LEASE, Lane

ATTEMPTS = 12  # with waits that double up to five minutes: about three quarters of an hour
LONGEST_WAIT = 300.0  # seconds between two attempts


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an envelope. `after` (seconds) belongs to `retry`, `reference` to `sent`, `moved_to` to a chat
    that goes on under another name; `closed` says that nobody reads at the address any more."""

    parcel: Parcel
    state: str
    reason: str | None = None
    reference: str | None = None
    after: float = 0.0
    whole_channel: bool = False
    closed: bool = False
    moved_to: str | None = None


def fate_of(parcel: Parcel, failure: DeliveryFailed) -> Fate:
    """One of four: try again, drop this letter, close the address, readdress."""
    reason = failure.reason[:200]
    if isinstance(failure, Moved):
        return Fate(parcel, "retry", reason, moved_to=failure.to)
    if isinstance(failure, AddressClosed):
        return Fate(parcel, "refused", reason, closed=True)
    if not isinstance(failure, RetryLater):
        return Fate(parcel, "refused", reason)
    if failure.maybe_arrived and parcel.lane == Lane.BULK:
        return Fate(parcel, "refused", f"perhaps delivered: {reason}"[:200])
    if parcel.attempts + 1 >= ATTEMPTS:
        return Fate(parcel, "refused", f"given up: {reason}"[:200])
    wait = max(failure.after, min(0.5 * 2**parcel.attempts, LONGEST_WAIT))
    return Fate(parcel, "retry", reason, after=wait, whole_channel=failure.whole_channel)


async def take_over(database: Database, channel: str) -> None:
    """Make due at once what the postman before us had claimed; only the holder of the post may ask for this.

    It is due since it was put, so that it keeps its place before what was put after it.
    """
    async with database.writing() as session:
        await session.execute(
            update(Envelope)
            .where(Envelope.channel == channel, Envelope.state == "claimed")
            .values(state="retry", claimed_by=None, not_before=Envelope.created_at)
            .execution_options(synchronize_session=False)
        )


async def claim(
    database: Database,
    channel: str,
    postman: str,
    *,
    limit: int,
    now: datetime,
    lanes: Collection[Lane] = tuple(Lane),
) -> list[Parcel]:
    """Claim what is due, best lane and oldest first. What has expired is written off instead."""
    async with database.writing() as session:
        due = (
            select(Envelope, Address.chat, Letter.body)
            .join(Address, Address.id == Envelope.address_id)
            .outerjoin(Letter, Letter.id == Envelope.letter_id)
            .where(Envelope.channel == channel, Envelope.state.in_(UNSENT), Envelope.not_before <= now)
            .where(Envelope.lane.in_(lanes))
            .order_by(Envelope.lane, Envelope.not_before, Envelope.id)
            .limit(limit)
            .with_for_update(of=Envelope, skip_locked=True)
        )
        claimed: list[Parcel] = []
        while not claimed and (rows := (await session.execute(due)).all()):
            for envelope, chat, body in rows:
                if envelope.expires_at is not None and envelope.expires_at <= now:
                    envelope.state, envelope.done_at, envelope.body = "expired", now, None
                    continue
                parcel = _parcel(envelope, chat, body)
                if parcel is None:
                    envelope.state, envelope.done_at, envelope.reason = "refused", now, "cannot be read"
                    continue
                envelope.state, envelope.claimed_by, envelope.not_before = "claimed", postman, now + LEASE
                claimed.append(parcel)
        return claimed


async def taken_back(database: Database, envelopes: Collection[int]) -> set[int]:
    """Which of these are at an end already: taken back, or their address closed, after they were claimed."""
    if not envelopes:
        return set()
    async with database.reading() as session:
        ended = select(Envelope.id).where(Envelope.id.in_(envelopes), Envelope.done_at.is_not(None))
        return set(await session.scalars(ended))


def _parcel(envelope: Envelope, chat: str, body: dict[str, Any] | None) -> Parcel | None:
    """None for words that this program cannot read: one such letter must not hold up all others."""
    words = envelope.body if envelope.body is not None else body
    assert words is not None  # noqa: S101 - a check constraint of the table says so
    try:
        message = Message.from_json(words)
    except (KeyError, TypeError, ValueError):
        return None
    return Parcel(
        envelope.id,
        chat,
        envelope.action,  # type: ignore[arg-type]
        message,
        envelope.target,
        envelope.lane,
        envelope.attempts,
        envelope.expires_at,
    )


async def write_down(database: Database, fates: Sequence[Fate], *, now: datetime) -> None:
    """Mark what became of envelopes, in one transaction. Words that have been sent are not kept."""
    if not fates:
        return
    ordered = sorted(fates, key=lambda fate: fate.parcel.envelope)
    again = [_retry_row(fate, now) for fate in ordered if fate.state == "retry"]
    ended = [_end_row(fate, now) for fate in ordered if fate.state != "retry"]
    async with database.writing() as session:
        connection = await session.connection()
        for statement, rows in ((_AGAIN, again), (_END, ended)):
            if rows:
                await connection.execute(statement, rows)
        for fate in fates:
            if fate.closed:
                await close(session, fate.parcel.envelope, now=now)
            elif fate.moved_to is not None:
                await readdress(session, fate.parcel.envelope, fate.moved_to)


_MINE = update(Envelope).where(Envelope.id == bindparam("e_id"), Envelope.done_at.is_(None))
_AGAIN = _MINE.values(
    # It stays claimed: the postman keeps it in hand, and a successor finds it when the lease is over.
    state="claimed",
    reason=bindparam("e_reason"),
    attempts=bindparam("e_attempts"),
    not_before=bindparam("e_not_before"),
)
_END = _MINE.values(
    state=bindparam("e_state"),
    reason=bindparam("e_reason"),
    reference=bindparam("e_reference"),
    attempts=bindparam("e_attempts"),
    done_at=bindparam("e_done_at"),
    body=None,
)


def _retry_row(fate: Fate, now: datetime) -> dict[str, Any]:
    return {
        "e_id": fate.parcel.envelope,
        "e_reason": fate.reason,
        "e_attempts": fate.parcel.attempts + 1,
        "e_not_before": now + timedelta(seconds=fate.after) + LEASE,
    }


def _end_row(fate: Fate, now: datetime) -> dict[str, Any]:
    return {
        "e_id": fate.parcel.envelope,
        "e_state": fate.state,
        "e_reason": fate.reason,
        "e_reference": fate.reference,
        "e_attempts": fate.parcel.attempts + 1,
        "e_done_at": now,
    }


async def let_go(database: Database, parcels: Sequence[Parcel]) -> None:
    """Make due for anybody what was claimed and not delivered."""
    if not parcels:
        return
    async with database.writing() as session:
        await session.execute(
            update(Envelope)
            .where(Envelope.id.in_([parcel.envelope for parcel in parcels]), Envelope.state == "claimed")
            .values(state="retry", claimed_by=None, not_before=Envelope.created_at)
            .execution_options(synchronize_session=False)
        )


async def close(session: AsyncSession, envelope_id: int, *, now: datetime) -> None:
    """Write no more to the address of that envelope; what waits for it is written off."""
    address = await session.scalar(select(Address).join(Envelope).where(Envelope.id == envelope_id))
    if address is not None:
        await close_address(session, address, now=now)


async def close_address(session: AsyncSession, address: Address, *, now: datetime) -> None:
    """Nobody reads at `address`: drop what waits for it, and prefer another address of the same resident."""
    address.closed_at = now
    await session.execute(
        update(Envelope)
        .where(Envelope.address_id == address.id, Envelope.state.in_(UNSENT))
        .values(state="refused", reason="address closed", done_at=now, body=None)
        .execution_options(synchronize_session=False)
    )
    other = await session.scalar(
        select(Address)
        .where(
            Address.resident_id == address.resident_id, Address.id != address.id, Address.closed_at.is_(None)
        )
        .order_by(Address.id.desc())
        .limit(1)
    )
    if address.preferred and other is not None:
        address.preferred = False
        await session.flush()
        other.preferred = True


async def readdress(session: AsyncSession, envelope_id: int, chat: str) -> None:
    """The address of that envelope goes on as `chat`."""
    address = await session.scalar(select(Address).join(Envelope).where(Envelope.id == envelope_id))
    if address is not None:
        await rename(session, address, chat)


async def rename(session: AsyncSession, address: Address, chat: str) -> None:
    """Give an address its new name; where that name is known already, the two become one."""
    other = await session.scalar(
        select(Address).where(Address.channel == address.channel, Address.chat == chat)
    )
    if other is None:
        address.chat = chat
    elif other.id != address.id:
        await session.execute(
            update(Envelope)
            .where(Envelope.address_id == address.id)
            .values(address_id=other.id)
            .execution_options(synchronize_session=False)
        )
        await session.execute(delete(Address).where(Address.id == address.id))
