"""Mailings: what goes to many under one subject. Put, held, let go on, taken back, and told how far it has come.

However many envelopes a mailing has, only `put_to_many` touches them all, in one statement; the other verbs change or
read the mailing's one row. How envelopes end, and how that is counted, is in `ends.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from typing import cast as cast_to

from sqlalchemy import ColumnElement, Select, case, exists, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.db import insert_new, tell
from bot.ends import KNOWN, Known, change, locked
from bot.lanes import LIFE, POST, Lane
from bot.message import Message
from bot.models import Address, Envelope, Letter, Mailing, Progress, Resident

TAKEN_BACK = "cancelled"
"""The reason under which `progress` counts what was taken back."""


async def put_to_many(
    session: AsyncSession,
    residents: Select[int],
    letters: Mapping[str, Message],
    *,
    otherwise: str,
    subject: str,
    now: datetime,
    expires_at: datetime | None = None,
    held_at: datetime | None = None,
    few: bool = False,
) -> int:
    """Put one envelope for each resident that `residents` selects, each in their language: one statement whatever
    their number. `letters` maps a language to the message, `otherwise` is the language of all others.

    `subject` is such as `poll:12`: nobody gets the same subject twice. So it may be said again for
    whoever has joined since; of a subject that was taken back nothing more is put. Where something was put and
    `held_at` is given, it is held at once, as of then. `few` says that they are not so many that the loop should go on
    meanwhile. Returns how many were put.
    """
    put = await _put(session, residents, letters, otherwise, subject, now, expires_at, (), held_at, few=few)
    tell(session, POST)
    return put


async def put_instead_to_many(
    session: AsyncSession,
    residents: Select[int],
    letters: Mapping[str, Message],
    *,
    otherwise: str,
    instead_of: Sequence[str],
    subject: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> int:
    """The same in the place of what they have of these earlier subjects: their messages are edited, and whoever has
    none gets none."""
    put = await _put(session, residents, letters, otherwise, subject, now, expires_at, instead_of, None)
    tell(session, POST)
    return put


async def _put(
    session: AsyncSession,
    residents: Select[int],
    letters: Mapping[str, Message],
    otherwise: str,
    subject: str,
    now: datetime,
    expires_at: datetime | None,
    instead_of: Sequence[str],
    held_at: datetime | None,
    *,
    few: bool = False,
) -> int:
    expires_at = expires_at or now + LIFE[Lane.BULK]
    mailing, is_new = await _opened(session, subject, expires_at, now)
    if mailing.stopped_at is not None:
        return 0
    numbers = await _letters(session, subject, letters, now, is_new=is_new)
    letter = case(
        *((Resident.language == language, literal(number)) for language, number in numbers.items()),
        else_=literal(numbers[otherwise]),
    )
    chosen = _chosen(residents, letter, mailing.id, now, expires_at)
    columns = _COLUMNS
    if instead_of:
        earlier = await session.scalars(select(Mailing.id).where(Mailing.subject.in_(instead_of)))
        chosen = _edits(residents, letter, mailing.id, now, expires_at, earlier.all())
        columns = [*_COLUMNS, "target"]
    result = await session.execute(
        insert(Envelope).from_select(columns, chosen, include_defaults=False),
        execution_options={"in_thread": not few},
    )
    put = int(result.rowcount)  # type: ignore[attr-defined]
    latest = max(expires_at, mailing.expires_at or expires_at)
    ended_at = None if put or mailing.unsent else now
    changed = {"put": mailing.put + put, "expires_at": latest, "ended_at": ended_at}
    if put and held_at is not None:
        changed["held_at"] = held_at
    await change(session, subject, **changed)
    return put


_COLUMNS = ["mailing_id", "channel", "address_id", "lane", "action", "letter_id", "state", "attempts"]
_COLUMNS += ["created_at", "not_before", "expires_at"]


def _chosen(
    residents: Select[int], letter: ColumnElement[int], mailing: int, now: datetime, expires_at: datetime
) -> Select[Any]:
    """One row of `_COLUMNS` for each address to be written to."""
    return _rows("send", residents, letter, mailing, now, expires_at).where(Address.preferred)


def _edits(
    residents: Select[int],
    letter: ColumnElement[int],
    mailing: int,
    now: datetime,
    expires_at: datetime,
    earlier: Sequence[int],
) -> Select[Any]:
    """One row of `_COLUMNS` and the message to be edited, for each address that has got one of these mailings."""
    before, newest = aliased(Envelope), aliased(Envelope)
    # By address, for which there is an index.
    last = select(func.max(newest.id)).where(
        newest.address_id == Address.id,
        newest.mailing_id.in_(earlier),
        newest.action == "send",
        newest.state == "sent",
        newest.reference.is_not(None),
    )
    return (
        _rows("edit", residents, letter, mailing, now, expires_at)
        .add_columns(before.reference)
        .join(before, before.id == last.correlate(Address).scalar_subquery())
    )


def _rows(
    action: str,
    residents: Select[int],
    letter: ColumnElement[int],
    mailing: int,
    now: datetime,
    expires_at: datetime,
) -> Select[Any]:
    rows: Any = (
        select(
            literal(mailing, Envelope.mailing_id.type),
            Address.channel,
            Address.id,
            literal(int(Lane.BULK)),
            literal(action),
            letter,
            literal("waiting"),
            literal(0),
            literal(now, Envelope.created_at.type),
            literal(now, Envelope.not_before.type),
            literal(expires_at, Envelope.expires_at.type),
        )
        .join(Resident, Resident.id == Address.resident_id)
        .where(Address.resident_id.in_(residents), Address.closed_at.is_(None))
        # The mailing is locked, so nobody else adds to it; ON CONFLICT would take as long again as the insert.
        .where(~exists().where(Envelope.address_id == Address.id, Envelope.mailing_id == mailing))
        .order_by(Address.id)  # so that the index grows at its pages' ends
    )
    return cast_to(Select[Any], rows)


async def _letters(
    session: AsyncSession, subject: str, messages: Mapping[str, Message], now: datetime, *, is_new: bool
) -> dict[str, int]:
    """Language → the number of the letter with these words; a new one unless it is there already."""
    bodies = {language: message.as_json() for language, message in messages.items()}
    numbers: dict[str, int] = {}
    if not is_new:
        there = select(Letter.id, Letter.language, Letter.body).where(
            Letter.subject == subject, Letter.language.in_(bodies)
        )
        for number, language, words in await session.execute(there.order_by(Letter.id.desc())):
            if words == bodies[language]:
                numbers[language] = number
    new = {
        language: Letter(subject=subject, language=language, body=body, created_at=now)
        for language, body in bodies.items()
        if language not in numbers
    }
    session.add_all(new.values())
    await session.flush()
    return numbers | {language: letter.id for language, letter in new.items()}


async def hold(session: AsyncSession, subject: str, *, now: datetime) -> None:
    """Let nothing more of it go out until it is released."""
    await change(session, subject, held_at=now)
    tell(session, POST)


async def release(session: AsyncSession, subject: str) -> None:
    """Let it go on."""
    await change(session, subject, held_at=None)
    tell(session, POST)


async def cancel(session: AsyncSession, subject: str, *, now: datetime) -> int:
    """Take back what is still unsent of it, for good; returns how many that is, but for what is on the wire just now.

    The envelopes themselves are written off by the postman, some at a time: a million would take seconds.
    """
    mailing = await locked(session, subject)
    if mailing is None or mailing.stopped_at is not None or not mailing.unsent:
        return 0
    await change(session, subject, stopped_at=now)
    tell(session, POST)
    return mailing.unsent


async def progress(session: AsyncSession, subject: str) -> Progress:
    """How far it has come: one row is read, however many envelopes there are."""
    mailing = (await session.execute(KNOWN.where(Mailing.subject == subject))).one_or_none()
    if mailing is None:
        return Progress(0, 0, 0, {})
    known = Known(*mailing)
    stopped, failed = known.stopped_at is not None, dict(known.failed)
    if stopped and known.unsent:
        failed[TAKEN_BACK] = failed.get(TAKEN_BACK, 0) + known.unsent
    held = known.held_at is not None
    return Progress(known.put, known.sent, 0 if stopped else known.unsent, failed, held, stopped)


async def unsent(session: AsyncSession) -> tuple[int, datetime | None]:
    """How much of all mailings is unsent, and since when: a row for each mailing under way is read."""
    rows = await session.execute(KNOWN.add_columns(Mailing.created_at).where(Mailing.ended_at.is_(None)))
    under_way = [(Known(*row[:-1]).unsent, row.created_at) for row in rows]
    waiting = [(number, since) for number, since in under_way if number]
    return sum(number for number, _ in waiting), min((since for _, since in waiting), default=None)


async def _opened(
    session: AsyncSession, subject: str, expires_at: datetime, now: datetime
) -> tuple[Known, bool]:
    """The mailing of that subject, begun if need be, and locked; also whether it was begun."""
    new = {"subject": subject, "put": 0, "sent": 0, "failed": {}, "expires_at": expires_at, "created_at": now}
    begun = await session.scalar(insert_new(session, Mailing).values(new).returning(Mailing.id))
    if begun is not None:
        return Known(begun, subject, 0, 0, {}, None, None, expires_at), True
    mailing = await locked(session, subject)
    assert mailing is not None  # noqa: S101 - somebody put it there
    return mailing, False
