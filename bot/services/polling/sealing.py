"""Sealing the ballots of a closed poll: nothing in the database leads from an answer to whoever gave it any more.

While a poll is open a ballot bears an HMAC of the resident under the poll's key, and whatever writes a ballot and the
note that somebody took part in one go leaves traces of that: numbers of rows, of transactions, places in files. The
close destroys the key. Then every ballot is written anew under another mark, in an order that has nothing to do with
time or person, and the old one is deleted; at last the database's files are cleared of what was deleted (`wiped`).

A mark follows from the one before it, so that a receipt, which follows from the new mark, can be given while the poll
is open. It leads back to nobody, as the key is gone.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import cast as cast_to

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import N_
from bot.models import Ballot, Poll, Resident
from bot.services import roll

OPEN_MARK, SEALED_MARK = 32, 7  # bytes
AT_ONCE = 20_000  # ballots in one transaction
LETTERS = 10  # of a receipt; with 50 bits two of 100,000 are alike once in 200,000 polls

BALLOTS = cast_to(Table, Ballot.__table__)


def sealed(mark: bytes) -> bytes:
    """The mark that a ballot bears after the close."""
    return hashlib.sha256(mark).digest()[:SEALED_MARK]


def receipt(mark: bytes) -> str:
    """The short code that stands beside a sealed ballot where all of them are listed."""
    letters = base64.b32encode(mark).decode()[:LETTERS]
    return f"{letters[: LETTERS // 2]}-{letters[LETTERS // 2 :]}"


def tidied(code: str) -> str:
    """A receipt as it was typed, without what does not count in it."""
    return "".join(one for one in code.upper() if one.isalnum())


def marks_begin(code: str) -> bytes | None:
    """The first whole bytes of all marks that a typed receipt can stand for; None when it is none."""
    letters = tidied(code)
    if len(letters) != LETTERS:
        return None
    try:
        return base64.b32decode(letters + "A" * 6)[: LETTERS * 5 // 8]
    except ValueError:
        return None


async def receipt_for(session: AsyncSession, poll: Poll, resident: Resident) -> str:
    """The receipt of somebody's ballot, as long as the poll is open; Refused where there is none."""
    if poll.key is None:
        raise Refused(N_("This poll has closed. Nobody can find out any more which answer was yours."))
    if poll.named or not poll.listed:
        raise Refused(N_("The answers of this poll are not listed, so there are no receipts."))
    mark = roll.voter_key(poll, resident)
    if (
        await session.scalar(select(Ballot.poll_id).where(Ballot.poll_id == poll.id, Ballot.voter == mark))
        is None
    ):
        raise Refused(N_("You have not answered this yet."))
    return receipt(sealed(mark))


async def unsealed(session: AsyncSession) -> Sequence[int]:
    """Polls that have closed and are not sealed."""
    found = await session.scalars(
        select(Poll.id).where(Poll.closed_at.is_not(None), Poll.sealed_at.is_(None)).order_by(Poll.id)
    )
    return found.all()


async def seal_some(session: AsyncSession, poll_id: int, after: bytes = b"") -> bytes | None:
    """Seal ballots of a closed poll, in the order of their open marks; returns the last one, None when all are sealed.

    A named poll says itself whose ballots they are: there is nothing to seal.
    """
    poll = await session.get_one(Poll, poll_id)
    if poll.named:
        return None
    still_open = (Ballot.poll_id == poll_id, func.length(Ballot.voter) == OPEN_MARK)
    rows = await session.execute(
        select(Ballot.voter, Ballot.answer, Ballot.shown, Ballot.themes)
        .where(*still_open, Ballot.voter > after)
        .order_by(Ballot.voter)
        .limit(AT_ONCE),
        execution_options={"in_thread": True},
    )
    ballots = [(bytes(voter), answer, shown, themes) for voter, answer, shown, themes in rows]
    if not ballots:
        return None
    last = ballots[-1][0]
    await session.execute(
        delete(Ballot)
        .where(*still_open, Ballot.voter > after, Ballot.voter <= last)
        .execution_options(synchronize_session=False, in_thread=True)
    )
    anew = [
        {"poll_id": poll_id, "voter": sealed(voter), "answer": answer, "shown": shown, "themes": themes}
        for voter, answer, shown, themes in ballots
    ]
    await session.execute(insert(BALLOTS), sorted(anew, key=lambda row: row["voter"]))
    return last


async def wiped(session: AsyncSession, poll_ids: Sequence[int], *, now: datetime) -> None:
    """Note that these are sealed, and that nothing is left of what their ballots were before."""
    await session.execute(
        update(Poll)
        .where(Poll.id.in_(poll_ids))
        .values(sealed_at=now)
        .execution_options(synchronize_session=False)
    )
