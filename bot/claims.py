"""What a postman takes out of the outbox: claims with a lease, what the one before it left, what was taken back.

A claim never looks at what is merely stored. Envelopes with words of their own are found by what is due; those of
mailings letter by letter, the mailings in turn and each with a fair share, so that a small town's question does not
wait behind a big town's million, nor a small language behind a big one. What goes to a few people, as most news does,
is found together: a thousand such mailings are not a thousand statements.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot import ends
from bot.db import Database
from bot.lanes import LEASE, Lane
from bot.message import Message, Parcel
from bot.models import Address, Envelope, Letter, Mailing

AT_ONCE = 8  # mailings that share one claim, where so many have something due
FEW = 16  # unsent of a mailing, up to which it is found together with others like it
A_SWEEP = 500  # envelopes written off at a time
_CLAIMED_AT_MOST = 5_000  # of one letter, by all postmen that died lately; the rest waits for its lease
_REMEMBERED = 200  # letters whose words are kept in memory


class Claims:
    """The claims of one postman for one channel."""

    def __init__(self, database: Database, channel: str, postman: str) -> None:
        self._database = database
        self._channel = channel
        self._postman = postman
        self._words: dict[int, Message | None] = {}
        self._last = ""  # the mailing that was served last

    async def take_over(self) -> None:
        """Make due at once what the postman before us had claimed; only the holder of the post may ask for this.

        It is due since it was put, so that it keeps its place before what was put after it.
        """
        unsent = and_(Envelope.channel == self._channel, Envelope.done_at.is_(None))
        async with self._database.writing() as session:
            await let_go(session, and_(unsent, Envelope.letter_id.is_(None)))
            letters = select(Letter.id).join(Mailing, Mailing.subject == Letter.subject)
            for letter in (await session.scalars(letters.where(Mailing.ended_at.is_(None)))).all():
                # Claims go by number: what is claimed stands before what waits, which may be a million.
                first = select(Envelope.id).where(unsent, Envelope.letter_id == letter).order_by(Envelope.id)
                await let_go(session, Envelope.id.in_(select(first.limit(_CLAIMED_AT_MOST).cte("first"))))

    async def claim(
        self, limit: int, *, now: datetime, bulk: int | None = None, lanes: Collection[Lane] = tuple(Lane)
    ) -> list[Parcel]:
        """Claim what is due, best lane and oldest first, of mailings `bulk` at most. What has expired is written off
        instead."""
        most = limit if bulk is None else min(bulk, limit)
        while True:
            async with self._database.writing() as session:
                rows = await self._rows(session, limit, most, lanes, now)
                claimed = await self._parcels(session, rows, now)
            if claimed or not rows:
                return claimed

    async def _rows(
        self, session: AsyncSession, limit: int, bulk: int, lanes: Collection[Lane], now: datetime
    ) -> list[Row[Any]]:
        rows = await self._taken(session, _OWN, limit, now, lanes=[int(lane) for lane in lanes])
        # In a chat things go in the order in which they were put, whatever the clock said then.
        rows.sort(key=lambda row: (row.lane, row.id))
        if Lane.BULK not in lanes:
            return rows
        room = min(limit - len(rows), bulk)
        under_way = await self._under_way(session, now) if room > 0 else []
        few, most = _few(under_way, room)
        by_mailing = [letters for unsent, letters in under_way if unsent > FEW]
        if few:
            found = await self._taken(session, _OF_LETTERS, most, now, letters=sorted(few))
            rows += sorted(found, key=lambda row: row.id)
            room -= len(found)
        for number, letters in enumerate(by_mailing):
            share = -(-room // min(AT_ONCE, len(by_mailing) - number))
            for left, letter in zip(range(len(letters), 0, -1), letters, strict=True):
                found = await self._taken(session, _OF_LETTERS, -(-share // left), now, letters=[letter])
                rows += sorted(found, key=lambda row: row.id)
                share, room = share - len(found), room - len(found)
            if room <= 0:
                break
        return rows

    async def _under_way(self, session: AsyncSession, now: datetime) -> list[tuple[int, list[int]]]:
        """The letters that have something due here, by mailing, with how many of it are not sent yet; first the mailing
        whose turn it is."""
        connection = await session.connection()
        found = await connection.execute(_UNDER_WAY, {"of": self._channel, "now": now})
        mailings = [
            (subject, unsent, [row.id for row in rows])
            for (subject, unsent), rows in groupby(found, lambda row: (row.subject, row.unsent))
        ]
        mailings.sort(key=lambda one: one[0] <= self._last)  # those after the last one first
        if mailings:
            self._last = mailings[min(AT_ONCE, len(mailings)) - 1][0]
        return [(unsent, letters) for _, unsent, letters in mailings]

    async def _taken(
        self, session: AsyncSession, claim: Executable, limit: int, now: datetime, **which: Sequence[int]
    ) -> list[Row[Any]]:
        if limit <= 0:
            return []
        how = {"of": self._channel, "now": now, "most": limit, "until": now + LEASE, "postman": self._postman}
        connection = await session.connection()
        return list((await connection.execute(claim, {**how, **which})).all())

    async def _parcels(self, session: AsyncSession, rows: Sequence[Row[Any]], now: datetime) -> list[Parcel]:
        """As parcels; what has expired, or cannot be read, is written off: one such letter must hold up nobody."""
        await self._read(session, {row.letter_id for row in rows if row.letter_id is not None})
        claimed: list[Parcel] = []
        ended: dict[str, list[int]] = {}
        for row in rows:
            words = _message(row.body) if row.letter_id is None else self._words[row.letter_id]
            if row.expires_at is not None and row.expires_at <= now:
                ended.setdefault("expired", []).append(row.id)
            elif words is None or row.chat is None:
                ended.setdefault("refused", []).append(row.id)
            else:
                claimed.append(_parcel(row, words))
        for state, numbers in ended.items():
            reason = "cannot be read" if state == "refused" else None
            await ends.write_off(session, Envelope.id.in_(numbers), state=state, reason=reason, now=now)
        return claimed

    async def _read(self, session: AsyncSession, letters: set[int]) -> None:
        """Know the words of these letters: read once for each letter, not for each envelope."""
        if missing := letters - self._words.keys():
            if len(self._words) > _REMEMBERED:
                self._words = {number: self._words[number] for number in letters - missing}
            self._words |= dict.fromkeys(missing)
            for number, body in await session.execute(
                select(Letter.id, Letter.body).where(Letter.id.in_(missing))
            ):
                self._words[number] = _message(body)

    async def taken_back(self, in_hand: Mapping[int, Parcel]) -> tuple[set[int], set[int]]:
        """Of these parcels, those that are at an end already, and those whose mailing is held or was taken back."""
        if not in_hand:
            return set(), set()
        letters = {parcel.letter for parcel in in_hand.values() if parcel.letter is not None}
        async with self._database.reading() as session:
            ended = select(Envelope.id).where(Envelope.id.in_(in_hand), Envelope.done_at.is_not(None))
            gone = set(await session.scalars(ended))
            resting = (
                select(Letter.id)
                .join(Mailing, Mailing.subject == Letter.subject)
                .where(
                    Letter.id.in_(letters), or_(Mailing.held_at.is_not(None), Mailing.stopped_at.is_not(None))
                )
            )
            held = set(await session.scalars(resting)) if letters else set()
        return gone, {number for number, parcel in in_hand.items() if parcel.letter in held} - gone

    async def sweep(self, now: datetime) -> int:
        """Write off some of what was taken back, or expired before it was claimed; returns how many."""
        async with self._database.reading() as session:
            connection = await session.connection()
            letters = (await connection.execute(_OVER, {"now": now})).all()
        for letter, stopped_at in letters:
            # What is claimed is in somebody's hand; they see for themselves.
            some = _due(self._channel, now).where(Envelope.letter_id == letter).order_by(Envelope.id)
            which = Envelope.id.in_(select(some.limit(A_SWEEP).cte("some")))
            state = "expired" if stopped_at is None else "cancelled"
            async with self._database.writing() as session:
                if swept := await ends.write_off(session, which, state=state, reason=None, now=now):
                    return swept
        return 0


_COLUMNS = (
    Envelope.id,
    Envelope.lane,
    Envelope.action,
    Envelope.target,
    Envelope.letter_id,
    Envelope.body,
    Envelope.attempts,
    Envelope.created_at,
    Envelope.expires_at,
    select(Address.chat).where(Address.id == Envelope.address_id).scalar_subquery().label("chat"),
)


def _due(channel: Any, now: Any) -> Select[int]:
    # What was due when it was put is due although the clock was set back since: nothing waits for an hour to return.
    due = or_(Envelope.not_before <= now, Envelope.not_before == Envelope.created_at)
    return select(Envelope.id).where(Envelope.channel == channel, Envelope.done_at.is_(None), due)


def _claiming(due: Select[int]) -> Executable:
    chosen = due.limit(bindparam("most", type_=Integer())).with_for_update(skip_locked=True).cte("due")
    return (
        update(Envelope)
        .where(Envelope.id.in_(select(chosen.c.id)))
        .values(state="claimed", claimed_by=bindparam("postman"), not_before=bindparam("until"))
        .returning(*_COLUMNS)
    )


# Said once: to build a statement takes longer than to carry it out.
_NOW = bindparam("now", type_=Envelope.not_before.type)
_DUE = _due(bindparam("of", type_=Envelope.channel.type), _NOW)
_OWN = _claiming(
    _DUE.where(Envelope.letter_id.is_(None), Envelope.lane.in_(bindparam("lanes", expanding=True))).order_by(
        Envelope.lane, Envelope.not_before, Envelope.id
    )
)
_OF_LETTERS = _claiming(
    _DUE.where(Envelope.letter_id.in_(bindparam("letters", expanding=True))).order_by(
        Envelope.letter_id, Envelope.id
    )
)
# The limit keeps the planner from turning this round and reading everything that is stored.
_ANYTHING = _DUE.where(Envelope.letter_id == Letter.id).limit(1).scalar_subquery()
_UNDER_WAY = (
    select(Mailing.subject, Letter.id, (Mailing.put - Mailing.sent).label("unsent"))
    .join(Letter, Letter.subject == Mailing.subject)
    .where(
        Mailing.ended_at.is_(None),
        Mailing.held_at.is_(None),
        Mailing.stopped_at.is_(None),
        or_(Mailing.expires_at.is_(None), Mailing.expires_at > _NOW),
        _ANYTHING.is_not(None),
    )
    .order_by(Mailing.subject, Letter.id)
)
_OVER = (
    select(Letter.id, Mailing.stopped_at)
    .join(Mailing, Mailing.subject == Letter.subject)
    .where(Mailing.ended_at.is_(None), or_(Mailing.stopped_at.is_not(None), Mailing.expires_at <= _NOW))
)


def _few(under_way: Sequence[tuple[int, Sequence[int]]], room: int) -> tuple[set[int], int]:
    """The letters of mailings that go to a few, as many in their turn as there is room for and the first one whatever
    the room, and how many envelopes of them to take; half of the room stays for those that go to many, where there are
    any."""
    few, most = set[int](), 0
    room = -(-room // 2) if any(unsent > FEW for unsent, _ in under_way) else room
    for unsent, letters in under_way:
        if unsent <= FEW and (not few or most + unsent <= room):
            few.update(letters)
            most += max(unsent, 1)
    return few, min(most, room)


def _message(words: dict[str, Any] | None) -> Message | None:
    """None for words that this program cannot read."""
    try:
        return Message.from_json(words or {})
    except (KeyError, TypeError, ValueError):
        return None


def _parcel(row: Row[Any], words: Message) -> Parcel:
    return Parcel(
        row.id,
        row.chat,
        row.action,
        words,
        row.target,
        row.lane,
        row.attempts,
        row.expires_at,
        row.letter_id,
        row.created_at,
    )


async def let_go(session: AsyncSession, which: ColumnElement[bool]) -> None:
    """Make due for anybody what was claimed and not delivered."""
    chosen = select(Envelope.id).where(which, Envelope.state == "claimed", Envelope.done_at.is_(None))
    await session.execute(
        update(Envelope)
        .where(Envelope.id.in_(chosen.order_by(Envelope.id).with_for_update()))
        .values(state="retry", claimed_by=None, not_before=Envelope.created_at)
        .execution_options(synchronize_session=False)
    )
