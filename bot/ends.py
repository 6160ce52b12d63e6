"""How envelopes of mailings end, and the mailings' counts, which are kept in the same transaction.

Whoever ends envelopes says so here (`note_ends`): envelopes first and in the order of their numbers, then mailings in
the order of their subjects, so that nobody waits in a ring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Envelope, Letter, Mailing

SENT = "sent"
FORGOTTEN = "the address is gone"

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
    known: dict[str, Known] = {}
    came: dict[str, Counter[str]] = {}
    for letter, *row in await connection.execute(_OF_LETTERS, {"letters": list(by_letter)}):
        mailing = Known(*row)
        known[mailing.subject] = mailing
        came.setdefault(mailing.subject, Counter()).update(by_letter[letter])
    rows = [_counted(mailing, came[subject], now) for subject, mailing in known.items()]
    if rows:
        await connection.execute(_COUNT, rows)


def _counted(known: Known, came: Counter[str], now: datetime) -> dict[str, Any]:
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
    over = KNOWN.where(Mailing.ended_at.is_(None), unsent.scalar_subquery().is_(None))
    for row in (await session.execute(over.order_by(Mailing.subject).with_for_update())).all():
        known = Known(*row)
        failed = {**known.failed, FORGOTTEN: known.failed.get(FORGOTTEN, 0) + known.unsent}
        await change(session, known.subject, failed=failed if known.unsent else known.failed, ended_at=now)


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
class Known:
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
        """How many have not come to an end."""
        return self.put - self.sent - sum(self.failed.values())


KNOWN = select(*(getattr(Mailing, one.name) for one in fields(Known)))
"""What `Known` is made of."""

# Said once: to build a statement takes longer than to carry it out.
_OF_LETTERS = (
    select(Letter.id, *KNOWN.selected_columns)
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


async def locked(session: AsyncSession, subject: str) -> Known | None:
    """The mailing of that subject, locked until the commit."""
    row = await session.execute(KNOWN.where(Mailing.subject == subject).with_for_update())
    found = row.one_or_none()
    return Known(*found) if found else None


async def change(session: AsyncSession, subject: str, **values: Any) -> None:
    """Write something new into a mailing's row."""
    await session.execute(
        update(Mailing)
        .where(Mailing.subject == subject)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
