"""News of a report that waits for more, to go together: which there is, since when, and how it is let go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import ends, outbox
from bot.models import Address, Envelope, Happening, Mailing, Resident, ServiceRequest
from bot.services.reporting.histories import QUIET

A_WHILE = timedelta(hours=1)
"""For so long after news of a report further news of it waits, to go together."""

MINOR = frozenset({"taken", "routed"})

RECENT = 30  # happenings that are looked through for news that went or waits
LET_GO = 100  # letters in one transaction


@dataclass(frozen=True, slots=True)
class Waiting:
    """`held` are the mailings that wait, by their subject, with what happened last of what each tells; `earlier` is all
    that they tell, the oldest first. `since` is when the hour began in which news waits; None where none has gone
    lately."""

    held: Mapping[str, Happening] = field(default_factory=dict)
    earlier: Sequence[Happening] = ()
    since: datetime | None = None


def subject(made: ServiceRequest, happening: int, *, last: bool = False, whose: str = "") -> str:
    """Of a mailing; `whose` is `own` or `others`, where organisers have hidden the report and its reporter is told more
    than others."""
    return f"report:{made.id}:{happening}" + ":last" * last + f":{whose}" * bool(whose)


async def lately(
    session: AsyncSession, made: ServiceRequest, happening: Happening, *, now: datetime
) -> Waiting:
    """What happened before and still waits to be told."""
    rows = await session.scalars(
        select(Happening)
        .where(Happening.service_request_id == made.id, Happening.id < happening.id)
        .order_by(Happening.id.desc())
        .limit(RECENT)
    )
    known = {
        subject(made, one.id, last=last, whose=whose): one
        for one in rows
        if one.at > now - 2 * A_WHILE and one.event not in QUIET
        for last, whose in product((False, True), ("", "own", "others"))
    }
    if not known:
        return Waiting()
    sent = await session.execute(
        select(Mailing.subject, Mailing.created_at, Mailing.held_at, Mailing.stopped_at).where(
            Mailing.subject.in_(known), Mailing.put > 0
        )
    )
    held: dict[str, Happening] = {}
    untold: dict[int, Happening] = {}
    begins: list[datetime] = []
    gone = 0
    for of, created_at, held_at, stopped_at in sent:
        one = known[of]
        if stopped_at is None and held_at is None and one.event != "asked":  # a question takes nothing along
            gone = max(gone, one.id)
        elif stopped_at is not None or held_at is not None:
            untold[one.id] = one  # what was taken back goes with what came after it
        if stopped_at is None and held_at is not None:
            held[of] = one
        if stopped_at is None and (happening.event in MINOR or one.event not in MINOR):
            begins.append(held_at or created_at)
    earlier = [untold[number] for number in sorted(untold) if number > gone] if held else []
    return Waiting(held, earlier, max((one for one in begins if one > now - A_WHILE), default=None))


async def without(session: AsyncSession, number: int, resident: Resident, *, now: datetime) -> None:
    """Somebody wants to hear no more of a report, or only how it ends: news of it that waits goes without them."""
    theirs = select(Address.id).where(Address.resident_id == resident.id)
    waits = select(Mailing.id).where(
        Mailing.ended_at.is_(None),
        Mailing.held_at.is_not(None),
        Mailing.subject.startswith(f"report:{number}:", autoescape=True),
    )
    which = and_(Envelope.address_id.in_(theirs), Envelope.mailing_id.in_(waits))
    await ends.write_off(session, which, state="cancelled", reason=None, now=now)


async def let_go(session: AsyncSession, *, now: datetime) -> bool:
    """Let news go whose hour is over; true when there may be more."""
    over = await session.scalars(
        select(Mailing.subject)
        .where(
            Mailing.ended_at.is_(None),
            Mailing.held_at <= now - A_WHILE,
            Mailing.stopped_at.is_(None),
            or_(Mailing.subject.like("report:%"), Mailing.subject.like("desk:%")),
        )
        .order_by(Mailing.subject)
        .limit(LET_GO)
    )
    subjects = over.all()
    for of in subjects:
        await outbox.release(session, of)
    return len(subjects) == LET_GO
