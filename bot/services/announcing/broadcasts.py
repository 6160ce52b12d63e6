"""Telling everyone in a community something: sent, paused, gone on with, stopped, corrected.

Whoever joins while an announcement is being sent, or within an hour after it was put on its way, gets it too; nobody
gets the same edition twice. What becomes of it is watched in `followings.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.announcing import announcements as letters
from bot.message import Media
from bot.models import Address, Broadcast, Community, Envelope, Letter, Membership, Resident
from bot.outbox import LEASE, Progress
from bot.services import audit
from bot.services.announcing import announcements, audiences, enclosures
from bot.services.community import communities

NEWCOMERS = timedelta(hours=1)  # after it was put; whoever joins later finds nothing old on their screen
OVERLAP = timedelta(minutes=5)  # a turn that began before it was put may commit after it
LISTED = 10  # announcements in a list

FROM = {"held": ("sending",), "sending": ("held",), "stopped": ("sending", "held")}
"""Which states an organiser may lead to which other."""

DEEDS = {"held": "announcement.hold", "sending": "announcement.release", "stopped": "announcement.stop"}


async def send(
    session: AsyncSession,
    community_id: int,
    texts: Mapping[str, str],
    language: str,
    *,
    media: Media | None = None,
    by: Resident,
    now: datetime,
) -> Broadcast:
    """Tell everyone in a community. `texts` holds one version or more, `language` is that of readers with none; `media`
    goes with each."""
    community = await communities.require_organiser(session, by, community_id)
    broadcast = Broadcast(
        community_id=community.id,
        sent_by=by.id,
        language=language,
        texts=_written(texts, media, community),
        sent_at=now,
        put_at=now,
    )
    session.add(broadcast)
    await session.flush()
    await enclosures.keep(session, broadcast, media, now=now)
    await put(session, broadcast, community, audiences.members(community.id), now=now)
    _record(session, "announcement.send", broadcast, by=by, now=now)
    return broadcast


def _written(texts: Mapping[str, str], media: Media | None, community: Community) -> dict[str, str]:
    read = enclosures.reader(media, community)
    return {code: read(text) for code, text in texts.items()}


async def put(
    session: AsyncSession,
    broadcast: Broadcast,
    community: Community,
    residents: Select[int],
    *,
    now: datetime,
    correction: bool = False,
) -> int:
    """Put this edition for all of them who do not have it yet; returns how many that were."""
    media = await enclosures.of(session, broadcast)
    return await outbox.put_to_many(
        session,
        residents,
        {
            code: letters.announcement(
                community,
                broadcast.texts,
                broadcast.language,
                i18n.tongue(code),
                correction=correction,
                media=media,
            )
            for code in i18n.available()
        },
        otherwise=i18n.SOURCE,
        subject=broadcast.subject,
        now=now,
        expires_at=now + announcements.LIFE,
    )


def _had(subjects: Sequence[str]) -> Select[int | None]:
    """Whoever has had one of these, or perhaps has."""
    return (
        select(Address.resident_id)
        .join(Envelope, Envelope.address_id == Address.id)
        .join(Letter, Letter.id == Envelope.letter_id)
        .where(Letter.subject.in_(subjects), Address.resident_id.is_not(None))
        .where(or_(Envelope.state == "sent", Envelope.reason.startswith("perhaps delivered")))
    )


async def newcomers(
    session: AsyncSession, broadcast: Broadcast, community: Community, *, now: datetime
) -> int:
    """Put it for those who joined in the meantime; returns how many."""
    assert broadcast.put_at is not None  # noqa: S101 - only what was put is looked at
    since = min(broadcast.put_at, now) - OVERLAP  # `now` is earlier when the clock was set back
    late = audiences.reached(community.id).where(Membership.joined_at >= since, ~_was_put(broadcast.subject))
    if await session.scalar(late.limit(1)) is None:
        return 0
    return await put(session, broadcast, community, late, now=now)


def _was_put(subject: str) -> ColumnElement[bool]:
    """Whether a member was put this at any of their addresses."""
    return exists(
        select(Envelope.id)
        .join(Address, Address.id == Envelope.address_id)
        .join(Letter, Letter.id == Envelope.letter_id)
        .where(Address.resident_id == Membership.resident_id, Letter.subject == subject)
        .correlate(Membership)
    )


async def lead(
    session: AsyncSession, broadcast_id: int, to: str, *, by: Resident, now: datetime
) -> Broadcast:
    """Pause it (`held`), go on with it (`sending`) or stop it for good (`stopped`). From where it cannot be led there,
    or is there already, nothing changes."""
    broadcast = await locked(session, broadcast_id, by=by)
    if broadcast.state not in FROM[to]:
        return broadcast
    broadcast.state = to
    if to == "held":
        await outbox.hold(session, broadcast.subject, now=now)
    elif to == "sending":
        await outbox.release(session, broadcast.subject)
    else:
        await _take_back(session, broadcast, now=now)
    _record(session, DEEDS[to], broadcast, by=by, now=now)
    return broadcast


async def _take_back(session: AsyncSession, broadcast: Broadcast, *, now: datetime) -> None:
    for subject in broadcast.subjects[
        -2:
    ]:  # while a correction waits to be put, the edition before it is held
        await outbox.cancel(session, subject, now=now)


async def give_up(session: AsyncSession, broadcast: Broadcast, *, now: datetime) -> None:
    """Stop what was paused and forgotten."""
    broadcast.state = "stopped"
    await _take_back(session, broadcast, now=now)
    _record(session, DEEDS["stopped"], broadcast, by=None, now=now)


async def correct(
    session: AsyncSession,
    broadcast_id: int,
    texts: Mapping[str, str],
    language: str,
    *,
    media: Media | None = None,
    by: Resident,
    now: datetime,
) -> Broadcast:
    """Replace the text and what goes with it. Whoever had it gets the new one as a correction, everyone else gets only
    the new one.

    What waits is held at once. What is just under way arrives or comes back first, so that it is known who has had
    it: see `put_correction`.
    """
    broadcast = await locked(session, broadcast_id, by=by)
    require_correctable(broadcast, now=now)
    community = await session.get_one(Community, broadcast.community_id)
    written = _written(texts, media, community)
    if written == broadcast.texts and media == await enclosures.of(session, broadcast):
        raise Refused(N_("That is what it says already."))
    await outbox.hold(session, broadcast.subject, now=now)
    broadcast.texts, broadcast.language = written, language
    broadcast.state, broadcast.edition = "sending", broadcast.edition + 1
    broadcast.corrected_at, broadcast.put_at = now, None
    broadcast.done_at, broadcast.tally = None, None
    await enclosures.keep(session, broadcast, media, now=now)
    _record(session, "announcement.correct", broadcast, by=by, now=now)
    return broadcast


def require_correctable(broadcast: Broadcast, *, now: datetime) -> None:
    """Refused when it is too old: who got it is not kept for ever."""
    if not correctable(broadcast, now=now):
        raise Refused(
            N_("That was sent more than {days} days ago. Please make a new announcement."),
            days=announcements.LIFE.days,
        )


def correctable(broadcast: Broadcast, *, now: datetime) -> bool:
    """Whether it can still be corrected."""
    return now - broadcast.sent_at <= announcements.LIFE


async def put_correction(
    session: AsyncSession, broadcast: Broadcast, community: Community, *, now: datetime
) -> None:
    """Put a corrected edition as soon as nothing of the one before is under way any more."""
    before = broadcast.subjects[:-1]
    settled_by = (broadcast.corrected_at or now) + LEASE
    if now < settled_by and await under_way(session, before[-1]):
        return
    await outbox.cancel(session, before[-1], now=now)
    everyone, had = audiences.members(community.id), Membership.resident_id.in_(_had(before))
    await put(session, broadcast, community, everyone.where(had), now=now, correction=True)
    await put(session, broadcast, community, everyone.where(~had), now=now)
    broadcast.put_at = now


async def under_way(session: AsyncSession, subject: str) -> bool:
    """Whether a postman has some of it in hand, so that it may still arrive although it is held or stopped."""
    claimed = (
        select(Envelope.id)
        .join(Letter, Letter.id == Envelope.letter_id)
        .where(Letter.subject == subject, Envelope.done_at.is_(None), Envelope.state == "claimed")
        .limit(1)
    )
    return await session.scalar(claimed, execution_options={"in_thread": True}) is not None


async def had_it(session: AsyncSession, broadcast: Broadcast) -> int:
    """How many of those who can be written to have had an edition of it so far."""
    had = Membership.resident_id.in_(_had(broadcast.subjects))
    counted = select(func.count()).select_from(
        audiences.reached(broadcast.community_id).where(had).subquery()
    )
    return int(await session.scalar(counted, execution_options={"in_thread": True}) or 0)


async def locked(session: AsyncSession, broadcast_id: int, *, by: Resident) -> Broadcast:
    """The announcement, locked until the commit. Refused when there is none, or for whoever is no organiser there."""
    found = await session.scalar(
        select(Broadcast)
        .where(Broadcast.id == broadcast_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Refused(N_("I do not know this announcement."))
    await communities.require_organiser(session, by, found.community_id)
    return found


async def progress(session: AsyncSession, broadcast: Broadcast) -> Progress:
    """How far this edition has come."""
    if broadcast.tally is not None:
        return Progress(**broadcast.tally)
    return await outbox.progress(session, broadcast.subject)


def finish(broadcast: Broadcast, progress: Progress, *, now: datetime) -> None:
    """It is over; from now on the numbers are kept here, for the outbox forgets them."""
    if broadcast.state != "stopped":
        broadcast.state = "done"
    broadcast.done_at, broadcast.tally = now, asdict(progress)


async def recent(session: AsyncSession, organiser: Resident) -> Sequence[Broadcast]:
    """The newest announcements in all communities that somebody organises."""
    organised = [one.id for one in await communities.organised_by(session, organiser)]
    found = await session.scalars(
        select(Broadcast)
        .where(Broadcast.community_id.in_(organised))
        .order_by(Broadcast.sent_at.desc(), Broadcast.id.desc())
        .limit(LISTED)
    )
    return found.all()


def _record(
    session: AsyncSession, act: str, broadcast: Broadcast, *, by: Resident | None, now: datetime
) -> None:
    subject = f"announcement:{broadcast.id}"
    audit.record(session, act, by=by, community_id=broadcast.community_id, now=now, subject=subject)
