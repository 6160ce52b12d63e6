"""Mailings: what goes to many under one subject. Put, held, let go on, taken back, and told how far it has come.

However many envelopes a mailing has, only `put_to_many` touches them all, in one statement; the other verbs change or
read the mailing's one row. Whoever ends envelopes says so here (`note_ends`), in the same transaction: envelopes
first and in the order of their numbers, then mailings in the order of their subjects, so that nobody waits in a ring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import insert_new, tell
from bot.lanes import LIFE, POST, Lane
from bot.message import Message
from bot.models import Address, Envelope, Letter, Mailing, Progress, Resident

SENT = "sent"
FORGOTTEN = "the address is gone"
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
) -> int:
    """Put one envelope for each resident that `residents` selects, each in their language: one statement whatever
    their number. `letters` maps a language to the message, `otherwise` is the language of all others.

    `subject` is such as `poll:12`: nobody gets the same subject twice. So it may be said again for
    whoever has joined since; of a subject that was taken back nothing more is put. Returns how many were put.
    """
    expires_at = expires_at or now + LIFE[Lane.BULK]
    mailing = await _opened(session, subject, expires_at, now)
    if mailing.stopped_at is not None:
        return 0
    numbers = {
        language: await _letter(session, subject, language, letters[language], now) for language in letters
    }
    result = await session.execute(
        insert_new(session, Envelope, key=("address_id", "mailing_id")).from_select(
            _COLUMNS,
            _chosen(residents, numbers, otherwise, mailing.id, now, expires_at),
            include_defaults=False,
        ),
        execution_options={"in_thread": True},
    )
    put = int(result.rowcount)  # type: ignore[attr-defined]
    latest = max(expires_at, mailing.expires_at or expires_at)
    ended_at = None if put or mailing.unsent else now
    await _change(session, subject, put=mailing.put + put, expires_at=latest, ended_at=ended_at)
    tell(session, POST)
    return put


_COLUMNS = ["mailing_id", "channel", "address_id", "lane", "action", "letter_id", "state", "attempts"]
_COLUMNS += ["created_at", "not_before", "expires_at"]


def _chosen(
    residents: Select[int],
    letters: Mapping[str, int],
    otherwise: str,
    mailing: int,
    now: datetime,
    expires_at: datetime,
) -> Select[Any]:
    """One row of `_COLUMNS` for each address to be written to."""
    letter = case(
        *((Resident.language == language, literal(number)) for language, number in letters.items()),
        else_=literal(letters[otherwise]),
    )
    return (
        select(
            literal(mailing, Envelope.mailing_id.type),
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
        .order_by(Address.id)  # so that the index grows at its pages' ends
    )


async def _letter(session: AsyncSession, subject: str, language: str, message: Message, now: datetime) -> int:
    """The number of the letter with these words; a new one unless it is there already."""
    body = message.as_json()
    there = await session.execute(
        select(Letter.id, Letter.body).where(Letter.subject == subject, Letter.language == language)
    )
    for number, words in there:
        if words == body:
            return int(number)
    letter = Letter(subject=subject, language=language, body=body, created_at=now)
    session.add(letter)
    await session.flush()
    return letter.id


async def hold(session: AsyncSession, subject: str, *, now: datetime) -> None:
    """Let nothing more of it go out until it is released."""
    await _change(session, subject, held_at=now)
    tell(session, POST)


async def release(session: AsyncSession, subject: str) -> None:
    """Let it go on."""
    await _change(session, subject, held_at=None)
    tell(session, POST)


async def cancel(session: AsyncSession, subject: str, *, now: datetime) -> int:
    """Take back what is still unsent of it, for good; returns how many that is, but for what is on the wire just now.

    The envelopes themselves are written off by the postman, some at a time: a million would take seconds.
    """
    mailing = await _locked(session, subject)
    if mailing is None or mailing.stopped_at is not None or not mailing.unsent:
        return 0
    await _change(session, subject, stopped_at=now)
    tell(session, POST)
    return mailing.unsent


async def progress(session: AsyncSession, subject: str) -> Progress:
    """How far it has come: one row is read, however many envelopes there are."""
    mailing = (await session.execute(_KNOWN.where(Mailing.subject == subject))).one_or_none()
    if mailing is None:
        return Progress(0, 0, 0, {})
    known = _Known(*mailing)
    stopped, failed = known.stopped_at is not None, dict(known.failed)
    if stopped and known.unsent:
        failed[TAKEN_BACK] = failed.get(TAKEN_BACK, 0) + known.unsent
    held = known.held_at is not None
    return Progress(known.put, known.sent, 0 if stopped else known.unsent, failed, held, stopped)


async def unsent(session: AsyncSession) -> tuple[int, datetime | None]:
    """How much of all mailings is unsent, and since when: a row for each mailing under way is read."""
    rows = await session.execute(_KNOWN.add_columns(Mailing.created_at).where(Mailing.ended_at.is_(None)))
    under_way = [(_Known(*row[:-1]).unsent, row.created_at) for row in rows]
    waiting = [(number, since) for number, since in under_way if number]
    return sum(number for number, _ in waiting), min((since for _, since in waiting), default=None)


End = tuple[int | None, str]
"""An envelope that came to an end: its letter, if it is one, and `SENT` or the reason why it was not."""


async def note_ends(session: AsyncSession, ends: Iterable[End], *, now: datetime) -> None:
    """Count envelopes that have just come to an end."""
    by_letter: dict[int, Counter[str]] = {}
    for letter, outcome in ends:
        if letter is not None:
            by_letter.setdefault(letter, Counter())[outcome] += 1
    if not by_letter:
        return
    connection = await session.connection()
    known: dict[str, _Known] = {}
    came: dict[str, Counter[str]] = {}
    for letter, *row in await connection.execute(_KNOWN_OF, {"letters": list(by_letter)}):
        mailing = _Known(*row)
        known[mailing.subject] = mailing
        came.setdefault(mailing.subject, Counter()).update(by_letter[letter])
    rows = [_counted(mailing, came[subject], now) for subject, mailing in known.items()]
    if rows:
        await connection.execute(_COUNT, rows)


def _counted(known: _Known, came: Counter[str], now: datetime) -> dict[str, Any]:
    failed = Counter(known.failed) + Counter({why: n for why, n in came.items() if why != SENT})
    return {
        "m_subject": known.subject,
        "m_sent": known.sent + came[SENT],
        "m_failed": dict(failed),
        "m_ended_at": now if known.unsent <= came.total() else None,
    }


async def settle(session: AsyncSession, *, now: datetime) -> None:
    """End mailings of which nothing is unsent although the count says so: envelopes leave with forgotten people."""
    letters = select(Letter.id).where(Letter.subject == Mailing.subject)
    unsent = select(Envelope.id).where(Envelope.letter_id.in_(letters), Envelope.done_at.is_(None)).limit(1)
    over = _KNOWN.where(Mailing.ended_at.is_(None), unsent.scalar_subquery().is_(None))
    for row in (await session.execute(over.order_by(Mailing.subject).with_for_update())).all():
        known = _Known(*row)
        failed = {**known.failed, FORGOTTEN: known.failed.get(FORGOTTEN, 0) + known.unsent}
        await _change(session, known.subject, failed=failed if known.unsent else known.failed, ended_at=now)


async def end(
    session: AsyncSession, which: ColumnElement[bool], *, state: str, reason: str | None, now: datetime
) -> list[End]:
    """End unsent envelopes, in the order of their numbers. The caller has them counted by `note_ends`."""
    chosen = select(Envelope.id).where(which, Envelope.done_at.is_(None)).order_by(Envelope.id)
    ended = await session.execute(
        update(Envelope)
        .where(Envelope.id.in_(chosen.with_for_update()))
        .values(state=state, reason=reason, body=None, done_at=now)
        .returning(Envelope.letter_id)
        .execution_options(synchronize_session=False)
    )
    return [(letter, reason or state) for letter in ended.scalars()]


async def write_off(
    session: AsyncSession, which: ColumnElement[bool], *, state: str, reason: str | None, now: datetime
) -> int:
    """End unsent envelopes and count them; returns how many."""
    ended = await end(session, which, state=state, reason=reason, now=now)
    await note_ends(session, ended, now=now)
    return len(ended)


@dataclass(frozen=True, slots=True)
class _Known:
    """A mailing's row."""

    id: int
    subject: str
    put: int
    sent: int
    failed: dict[str, int]
    held_at: datetime | None
    stopped_at: datetime | None
    expires_at: datetime | None

    @property
    def unsent(self) -> int:
        return self.put - self.sent - sum(self.failed.values())


_KNOWN = select(*(getattr(Mailing, one.name) for one in fields(_Known)))


# Said once: to build a statement takes longer than to carry it out.
_KNOWN_OF = (
    select(Letter.id, *_KNOWN.selected_columns)
    .join(Mailing, Mailing.subject == Letter.subject)
    .where(Letter.id.in_(bindparam("letters", expanding=True)))
    .order_by(Mailing.subject)
    .with_for_update(of=Mailing)
)
_COUNT = (
    update(Mailing)
    .where(Mailing.subject == bindparam("m_subject"))
    .values(sent=bindparam("m_sent"), failed=bindparam("m_failed"), ended_at=bindparam("m_ended_at"))
)


async def _opened(session: AsyncSession, subject: str, expires_at: datetime | None, now: datetime) -> _Known:
    """The mailing of that subject, begun if need be, and locked."""
    new = {"subject": subject, "put": 0, "sent": 0, "failed": {}, "expires_at": expires_at, "created_at": now}
    await session.execute(insert_new(session, Mailing).values(new))
    mailing = await _locked(session, subject)
    assert mailing is not None  # noqa: S101 - it was put there just now
    return mailing


async def _locked(session: AsyncSession, subject: str) -> _Known | None:
    row = await session.execute(_KNOWN.where(Mailing.subject == subject).with_for_update())
    found = row.one_or_none()
    return _Known(*found) if found else None


async def _change(session: AsyncSession, subject: str, **values: Any) -> None:
    await session.execute(
        update(Mailing)
        .where(Mailing.subject == subject)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
