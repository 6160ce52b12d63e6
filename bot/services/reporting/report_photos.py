"""The pictures of reports: fetched from wherever they were sent, kept as long as the report, and shown with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.i18n import N_
from bot.message import Media, Message
from bot.models import File, Happening, Photo, Resident, ServiceRequest
from bot.services import files

SUBJECT = "report"
KEPT = timedelta(days=3650)
"""Longer than a report is open. They go with what else a report tells of people (`traces.py`), long before that."""

AT_ONCE = 4
WAITS = (0, 10, 60, 600, 3600, 6 * 3600)
"""Seconds after it was sent until each try to fetch a picture: many soon, a few later, then no more."""

AWAY = N_(
    "I could not fetch the photo for your report {number}. Everything else of it is with those in charge."
)
BROKEN = N_(
    "I could not read the photo for your report {number}: it is broken, or too large. "
    "Everything else of it is with those in charge. You can add another photo with /myreports."
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture that is still to be fetched."""

    photo_id: int
    media: Media


async def waiting(session: AsyncSession, *, now: datetime, besides: Collection[int] = ()) -> bool:
    """Whether there is one to be fetched now, besides those of these numbers."""
    return await session.scalar(select(Photo.id).where(*_due(now, besides)).limit(1)) is not None


async def take(
    session: AsyncSession,
    *,
    now: datetime,
    reaches: Callable[[Media], bool] = lambda _: True,
    most: int = AT_ONCE,
    besides: Collection[int] = (),
) -> Sequence[Wanted]:
    """Some that are to be fetched, and can be by whoever asks, besides those of these numbers; each counts as begun.
    Those that were tried often enough are given up, and whoever sent them hears it."""
    found = await session.scalars(
        select(Photo)
        .where(*_due(now, besides))
        .order_by(Photo.id)
        .limit(AT_ONCE * 10)
        .with_for_update(skip_locked=True)
    )
    taken: list[Wanted] = []
    for photo in found.all():
        sent = Media.from_json(photo.media or {})
        if photo.tries >= len(WAITS):
            await _give_up(session, photo, AWAY, now=now)
        elif len(taken) < most and reaches(sent):
            photo.tries += 1
            taken.append(Wanted(photo.id, sent))
    await session.flush()
    return taken


async def give_back(session: AsyncSession, numbers: Collection[int]) -> None:
    """Let the last try of these not count: it was not the picture that was in the way."""
    if numbers:
        begun = Photo.id.in_(numbers), Photo.media.is_not(None), Photo.tries > 0
        await session.execute(update(Photo).where(*begun).values(tries=Photo.tries - 1))


def _due(now: datetime, besides: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """Those that wait, and whose next try has come; after the last one it is time to give up."""
    turns = [
        and_(Photo.tries == number, Photo.at <= now - timedelta(seconds=wait))
        for number, wait in enumerate((*WAITS, WAITS[-1] + 60))
    ]
    return Photo.media.is_not(None), or_(*turns), Photo.id.not_in(besides)


async def lies_here(session: AsyncSession, wanted: Wanted, *, now: datetime) -> bool:
    """Whether it is in the store already, sent on the web page: then it belongs to the report from now on."""
    key = wanted.media.key
    if key is None or not await files.prolong(session, key, life=timedelta(hours=1), now=now):
        return False
    stored, size = (await session.execute(select(File.stored, File.size).where(File.key == key))).one()
    if stored is None:
        return False
    await keep(session, wanted, stored, size, now=now)
    return True


async def keep(session: AsyncSession, wanted: Wanted, stored: str, size: int, *, now: datetime) -> None:
    """Show this from now on: what lies in the store under that key, for whoever may see the report."""
    photo = await session.get(Photo, wanted.photo_id, with_for_update=True)
    if photo is None or photo.media is None:
        return
    kept = await files.keep_stored(
        session,
        stored,
        kind="photo",
        name="photo.jpg",
        media_type="image/jpeg",
        size=size,
        subject=SUBJECT,
        life=KEPT,
        now=now,
    )
    photo.file_key, photo.media = kept.key, None
    if photo.hidden_because is not None and kept.key is not None:
        await files.withhold(session, kept.key)
    await session.flush()


async def broken(session: AsyncSession, wanted: Wanted, *, now: datetime) -> None:
    """It is no picture that can be shown, or is gone; whoever sent it hears that."""
    photo = await session.get(Photo, wanted.photo_id, with_for_update=True)
    if photo is not None and photo.media is not None:
        await _give_up(session, photo, BROKEN, now=now)


async def _give_up(session: AsyncSession, photo: Photo, sentence: str, *, now: datetime) -> None:
    sender = None if photo.resident_id is None else await session.get(Resident, photo.resident_id)
    if sender is not None:
        made = await session.get_one(ServiceRequest, photo.service_request_id)
        text = i18n.tongue(sender.language)._(sentence, number=made.service_request_id)
        await outbox.put_personal(session, sender.id, Message(text), once_key=f"photo:{photo.id}", now=now)
    await session.delete(photo)
    await session.flush()


async def let_go(session: AsyncSession, *which: ColumnElement[bool]) -> None:
    """Keep these no longer: neither what they are of, nor what is to be seen on them."""
    keys = select(Photo.file_key).where(Photo.file_key.is_not(None), *which)
    await session.execute(delete(File).where(File.key.in_(keys)))
    await session.execute(delete(Photo).where(*which))


def for_everybody() -> tuple[ColumnElement[bool], ...]:
    """What is true of pictures that may be shown with a report: nobody has hidden them, and they did not come with an
    answer to a question of those in charge, which only they read."""
    return Photo.hidden_because.is_(None), no_answer()


def no_answer() -> ColumnElement[bool]:
    """Whether a picture did not come with an answer to a question."""
    return ~exists().where(Happening.id == Photo.happening_id, Happening.event == "replied")


async def shown(session: AsyncSession, reference: str, number: int) -> Photo | None:
    """The picture of that number, of the report with that reference, if everybody may see it."""
    found: Photo | None = await session.scalar(
        select(Photo)
        .join(ServiceRequest, ServiceRequest.id == Photo.service_request_id)
        .where(
            Photo.id == number,
            Photo.file_key.is_not(None),
            *for_everybody(),
            ServiceRequest.service_request_id == reference,
            ServiceRequest.confidential.is_(False),
            ServiceRequest.hidden_because.is_(None),
        )
    )
    return found
