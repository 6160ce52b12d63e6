"""Cards of reports that lie open in the chats of those in charge: which message shows which report.

Whatever colleagues should see at once marks the cards of its report (`histories.py`), and `redrawing.py` draws these
anew. A letter that brought a report is such a card too. E-mails are none: a mail cannot be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import upsert
from bot.letters.in_charge.desk_past import Case
from bot.letters.in_charge.desk_presses import Listed
from bot.models import Address, DeskCard, Envelope, Happening, Mailing, ServiceRequest
from bot.services import mailboxes


async def opened(
    session: AsyncSession,
    case: Case,
    at: Address,
    sent_as: str,
    *,
    back: Listed | None = None,
    now: datetime,
) -> Listed | None:
    """This report is shown at this address from now on, by what is put under once keys that begin with `sent_as`. It
    was opened from `back`, or, where that is None, from where it was the last time, which is returned."""
    if at.channel == mailboxes.CHANNEL:
        return back
    seen = case.history[-1].id if case.history else 0
    row = {"service_request_id": case.view.report.id, "address_id": at.id, "sent_as": sent_as, "seen": seen}
    change = ("sent_as", "envelope_id", "seen", "at", *(("listed",) if back else ()))
    put = upsert(session, DeskCard, key=_KEY, change=change).values(
        **row, envelope_id=None, news=seen, at=now, listed=asdict(back) if back else None
    )
    return way_back(await session.scalar(put.returning(DeskCard.listed)))


_KEY = ("service_request_id", "address_id")


async def opened_from(session: AsyncSession, number: int, at: Address) -> Listed | None:
    """Where in a list the report was opened that is shown at this address."""
    ours = (DeskCard.service_request_id == number, DeskCard.address_id == at.id)
    return way_back(await session.scalar(select(DeskCard.listed).where(*ours)))


def way_back(listed: Mapping[str, Any] | None) -> Listed | None:
    """What is kept of it, as the press that leads there."""
    return None if listed is None else Listed(**listed)


async def came(
    session: AsyncSession, made: ServiceRequest, whom: Select[int], subject: str, *, now: datetime
) -> None:
    """A letter of this subject brought it to these residents: as many rows with one statement."""
    newest = select(func.max(Happening.id)).where(Happening.service_request_id == made.id).scalar_subquery()
    letters = (
        select(
            literal(made.id, DeskCard.service_request_id.type),
            Envelope.address_id,
            Envelope.id,
            newest,
            newest,
            literal(now, DeskCard.at.type),
        )
        .join(Address, Address.id == Envelope.address_id)  # by address, for which there is an index
        .join(Mailing, Mailing.id == Envelope.mailing_id)
        .where(
            Address.resident_id.in_(whom), Address.channel != mailboxes.CHANNEL, Mailing.subject == subject
        )
    )
    change = ("sent_as", "envelope_id", "seen", "news", "at")
    columns = ["service_request_id", "address_id", "envelope_id", "seen", "news", "at"]
    await session.execute(
        upsert(session, DeskCard, key=_KEY, change=change).from_select(
            columns, letters, include_defaults=False
        )
    )
