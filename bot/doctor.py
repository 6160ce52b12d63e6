"""The state of a running town, read and never changed: what waits to be sent, what was given up, when jobs ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from io import BytesIO

from babel.messages.pofile import read_po
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.models import Community, Membership, Poll, Resident, Tick

LATELY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A language in which sentences are missing, or only guessed from older ones (fuzzy)."""

    language: str
    missing: int
    fuzzy: int


@dataclass(frozen=True, slots=True)
class Health:
    """How the town is at one moment. `given_up` is of the last 24 hours."""

    at: datetime
    waiting: Sequence[outbox.Depth]
    given_up: Sequence[outbox.GivenUp]
    jobs: dict[str, datetime]
    communities: int
    people: int
    members: int
    open_polls: int
    languages: Sequence[Incomplete]


async def examine(session: AsyncSession, *, now: datetime) -> Health:
    """Look at everything."""
    ticks = await session.scalars(select(Tick).order_by(Tick.job))
    open_polls = select(func.count()).select_from(Poll).where(Poll.closed_at.is_(None))
    return Health(
        at=now,
        waiting=await outbox.depths(session),
        given_up=await outbox.given_up(session, since=now - LATELY),
        jobs={tick.job: tick.at for tick in ticks},
        communities=await session.scalar(select(func.count()).select_from(Community)) or 0,
        people=await session.scalar(select(func.count()).select_from(Resident)) or 0,
        members=await session.scalar(select(func.count(Membership.resident_id.distinct()))) or 0,
        open_polls=await session.scalar(open_polls) or 0,
        languages=incomplete(),
    )


def incomplete() -> list[Incomplete]:
    """Languages whose catalogue is not complete."""
    found = [_read(code) for code in i18n.available() if code != i18n.SOURCE]
    return [one for one in found if one.missing or one.fuzzy]


def _read(code: str) -> Incomplete:
    kept = files("locales").joinpath(code, "LC_MESSAGES", "folkmoot.po").read_bytes()
    sentences = [one for one in read_po(BytesIO(kept), locale=code) if one.id]
    missing = sum(not all(_forms(one.string)) for one in sentences)
    return Incomplete(code, missing, sum(one.fuzzy for one in sentences))


def _forms(said: object) -> tuple[object, ...]:
    """A sentence has one form, or one for each plural."""
    return tuple(said) if isinstance(said, list | tuple) else (said,)
