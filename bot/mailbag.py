"""What the postman writes down: what became of envelopes and of addresses, and what a failure means."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot import claims, ends
from bot.db import Database
from bot.errors import AddressClosed, DeliveryFailed, Moved, RetryLater
from bot.lanes import LEASE, Lane
from bot.message import Parcel
from bot.models import Address, Board, Envelope, GroupChat, Poll

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
    whole_chat: bool = False
    closed: bool = False
    moved_to: str | None = None

    @property
    def attempts(self) -> int:
        """With this one; one that was stopped from outside is none."""
        return self.parcel.attempts + (not self.whole_channel and not self.whole_chat)


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
    if failure.whole_channel or failure.whole_chat:
        # As long as it said and no longer; it says nothing about this letter.
        channel, chat = failure.whole_channel, failure.whole_chat
        return Fate(parcel, "retry", reason, after=failure.after, whole_channel=channel, whole_chat=chat)
    if parcel.attempts + 1 >= ATTEMPTS:
        return Fate(parcel, "refused", f"given up: {reason}"[:200])
    wait = max(failure.after, min(0.5 * 2**parcel.attempts, LONGEST_WAIT))
    return Fate(parcel, "retry", reason, after=wait)


def overtaken(parcel: Parcel) -> Fate:
    """A newer edit of the same message is on its way."""
    return Fate(parcel, "cancelled", "a newer edit replaced it")


async def write_down(database: Database, fates: Sequence[Fate], *, now: datetime) -> None:
    """Mark what became of envelopes, in one transaction. Words that have been sent are not kept."""
    if not fates:
        return
    async with database.writing() as session:
        closed = {fate.parcel.envelope for fate in fates if fate.closed}
        addresses = await _addresses(session, closed)
        lives = await _still_unsent(session, fates)
        mine = [fate for fate in fates if fate.parcel.envelope in lives]
        again = [_retry_row(fate, now) for fate in mine if fate.state == "retry"]
        ended = {fate.parcel.envelope: fate for fate in mine if fate.state != "retry"}
        connection = await session.connection()
        for statement, rows in ((_AGAIN, again), (_END, [_end_row(fate, now) for fate in ended.values()])):
            if rows:
                await connection.execute(statement, rows)
        counted = [(fate.parcel.letter, _outcome(fate)) for fate in ended.values()]
        for address in addresses:
            counted += await _close(session, address, now=now)
        await ends.note_ends(session, counted, now=now)
        for fate in fates:
            if fate.moved_to is not None:
                await readdress(session, fate.parcel.envelope, fate.moved_to)


async def _addresses(session: AsyncSession, envelopes: Collection[int]) -> Sequence[Address]:
    """The addresses of these envelopes, locked first, as whoever else closes an address does."""
    if not envelopes:
        return []
    of = select(Envelope.address_id).where(Envelope.id.in_(envelopes))
    found = await session.scalars(
        select(Address).where(Address.id.in_(of)).order_by(Address.id).with_for_update()
    )
    return found.all()


async def _still_unsent(session: AsyncSession, fates: Sequence[Fate]) -> set[int]:
    """Which of these nobody else has ended; locked in the order of their numbers."""
    connection = await session.connection()
    numbers = [fate.parcel.envelope for fate in fates]
    return set((await connection.execute(_UNSENT, {"numbers": numbers})).scalars())


def _outcome(fate: Fate) -> str:
    return ends.SENT if fate.state == "sent" else fate.reason or fate.state


_UNSENT = (
    select(Envelope.id)
    .where(Envelope.id.in_(bindparam("numbers", expanding=True)), Envelope.done_at.is_(None))
    .order_by(Envelope.id)
    .with_for_update()
)
_MINE = update(Envelope).where(Envelope.id == bindparam("e_id"))
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
        "e_attempts": fate.attempts,
        "e_not_before": now + timedelta(seconds=fate.after) + LEASE,
    }


def _end_row(fate: Fate, now: datetime) -> dict[str, Any]:
    return {
        "e_id": fate.parcel.envelope,
        "e_state": fate.state,
        "e_reason": fate.reason,
        "e_reference": fate.reference,
        "e_attempts": fate.attempts,
        "e_done_at": now,
    }


async def let_go(database: Database, parcels: Sequence[Parcel]) -> None:
    """Make due for anybody what was claimed and not delivered."""
    if parcels:
        async with database.writing() as session:
            await claims.let_go(session, Envelope.id.in_([parcel.envelope for parcel in parcels]))


async def close_address(session: AsyncSession, address: Address, *, now: datetime) -> None:
    """Nobody reads at `address`: drop what waits for it, and prefer another address of the same resident."""
    await ends.note_ends(session, await _close(session, address, now=now), now=now)


async def _close(session: AsyncSession, address: Address, *, now: datetime) -> list[ends.End]:
    address.closed_at = now
    await session.flush()
    dropped = await ends.end(
        session, Envelope.address_id == address.id, state="refused", reason="address closed", now=now
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
    return dropped


async def readdress(session: AsyncSession, envelope_id: int, chat: str) -> None:
    """The address of that envelope goes on as `chat`."""
    address = await session.scalar(
        select(Address).join(Envelope, Envelope.address_id == Address.id).where(Envelope.id == envelope_id)
    )
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
        there = aliased(Envelope)
        has_it = exists().where(there.address_id == other.id, there.mailing_id == Envelope.mailing_id)
        await session.execute(
            update(Envelope)
            .where(Envelope.address_id == address.id, ~has_it)
            .values(address_id=other.id)
            .execution_options(synchronize_session=False)
        )
        await _bring_along(session, address, other)
        await session.execute(delete(Address).where(Address.id == address.id))


async def _bring_along(session: AsyncSession, address: Address, other: Address) -> None:
    """What a group is connected to stays with it, under the name that was known already too."""
    other.language = other.language or address.language
    chat, board = aliased(GroupChat), aliased(Board)
    same_chat = select(chat).where(chat.address_id == other.id, chat.community_id == GroupChat.community_id)
    same_board = select(board).where(
        board.address_id == other.id, board.kind == Board.kind, board.number == Board.number
    )
    for move in (
        update(GroupChat).where(GroupChat.address_id == address.id, ~same_chat.exists()),
        update(Board).where(Board.address_id == address.id, ~same_board.exists()),
    ):
        await session.execute(move.values(address_id=other.id).execution_options(synchronize_session=False))
    here = update(Poll).where(Poll.asked_in == address.id).values(asked_in=other.id)
    await session.execute(here.execution_options(synchronize_session=False))
