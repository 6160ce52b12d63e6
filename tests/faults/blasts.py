"""Letters to many by the hand of a test: put, held, released, taken back, and their progress recounted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from bot import outbox
from bot.models import Address, Envelope, Letter, Resident
from bot.outbox import Progress
from tests.faults.desks import note
from tests.faults.letters import Bench


async def blast(bench: Bench, subject: str, chats: Sequence[str] = (), life: float | None = None) -> int:
    """A letter for these, or for everybody of the bench; returns how many were put."""
    now = bench.town.clock()
    async with bench.town.folkmoot.database.writing() as session:
        chosen = select(Resident.id).join(Address).where(Address.channel == "bench")
        return await outbox.put_to_many(
            session,
            chosen.where(Address.chat.in_(chats)) if chats else chosen,
            {"en": note(subject), "cy": note(f"{subject} cy")},
            otherwise="en",
            subject=subject,
            now=now,
            expires_at=now + timedelta(seconds=life) if life else None,
        )


async def progress(bench: Bench, subject: str) -> Progress:
    """How far it is, compared with a recount."""
    async with bench.town.folkmoot.database.reading() as session:
        told = await outbox.progress(session, subject)
        rows = await session.execute(
            select(func.coalesce(Envelope.reason, Envelope.state), Envelope.state, func.count())
            .join(Letter, Letter.id == Envelope.letter_id)
            .where(Letter.subject == subject, Envelope.done_at.is_not(None))
            .group_by(Envelope.reason, Envelope.state)
        )
        ended = {reason: number for reason, state, number in rows if state != "sent"}
    if not told.stopped:
        assert told.failed == ended, "the counts differ from a recount"
    assert told.put == told.sent + told.waiting + sum(told.failed.values())
    return told


async def hold(bench: Bench, subject: str) -> None:
    """Hold it."""
    async with bench.town.folkmoot.database.writing() as session:
        await outbox.hold(session, subject, now=bench.town.clock())
    bench.postman.wake()


async def release(bench: Bench, subject: str) -> None:
    """Let it go on."""
    async with bench.town.folkmoot.database.writing() as session:
        await outbox.release(session, subject)
    bench.postman.wake()


async def cancel(bench: Bench, subject: str) -> int:
    """Take it back; returns how many that is."""
    async with bench.town.folkmoot.database.writing() as session:
        taken_back = await outbox.cancel(session, subject, now=bench.town.clock())
    bench.postman.wake()
    return taken_back


async def nothing_in_hand(bench: Bench) -> bool:
    """Whether the postman holds no claim any more."""
    async with bench.town.folkmoot.database.reading() as session:
        return await session.scalar(select(Envelope.id).where(Envelope.state == "claimed").limit(1)) is None
