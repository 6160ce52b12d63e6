"""Pictures and documents that go with announcements: what may go along, how much room is beside it, and what is kept.

Of the file itself nothing is kept here, only the names under which channels know it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from html import unescape

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, retention
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.announcing import announcements as letters
from bot.media import BESIDE_MEDIA
from bot.message import Media, units
from bot.models import Broadcast, Community, Enclosure
from bot.services import files
from bot.services.announcing import announcements

MOST = 20  # megabytes; larger files a Telegram bot cannot fetch, so nobody on the web would see them
LARGEST = MOST * 1024 * 1024  # bytes
ABOUT_LIMIT = 300  # characters
NAME_LIMIT = 100  # characters
_COLUMNS = tuple(one.name for one in fields(Media) if one.name in Enclosure.__table__.columns)
KEPT = retention.age("enclosure")
"""How long it can be seen on the web: until the last letter is delivered or given up, and as long as that stands in a
transcript."""

TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "txt": "text/plain",
    "csv": "text/csv",
    "ics": "text/calendar",
    "rtf": "application/rtf",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
"""How names of documents end, and what those are: what one reads or prints, nothing that a device would run."""


def proper(media: Media | str) -> Media:
    """What may go along, as it is kept; Refused says why something may not. A word is the kind of something else."""
    if isinstance(media, str):
        if media == "album":
            raise Refused(
                N_("Those were several at once. One picture or one document can go with an announcement.")
            )
        if media == "forwarded":
            raise Refused(
                N_("That was passed on from elsewhere. Please send the picture or the document itself.")
            )
        raise Refused(N_("That cannot go with an announcement. One picture or one document can."))
    if (media.size or 0) > LARGEST:
        raise Refused(N_("That file is larger than {most} megabytes. Please send a smaller one."), most=MOST)
    if media.kind == "photo":
        return replace(media, name=None, type="image/jpeg")
    return _document(media)


def _document(media: Media) -> Media:
    name = _PATHS.split(media.name or "")[-1].strip(" .")
    if not name:
        endings = [ending for ending, kind in TYPES.items() if kind == media.type]
        name = f"document.{endings[0]}" if endings else "document"
    stem, _, ending = name.rpartition(".")
    if not stem or ending.lower() not in TYPES:
        raise Refused(
            N_("I cannot pass on a file of this kind. Please send a picture, a PDF or an office document.")
        )
    name = f"{stem[: NAME_LIMIT - len(ending) - 1]}.{ending}"
    return replace(media, name=name, type=TYPES[ending.lower()])


_PATHS = re.compile(r"[/\\\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
"""What a file's name is cut at: parts of a path, and marks that would make it look like another."""


def about(words: str) -> str:
    """What is to be seen in a picture, in words; Refused when those are too many."""
    words = " ".join(announcements.tidied(words).split())
    if len(words) > ABOUT_LIMIT:
        raise Refused(
            N_("That has {n} letters. Please make it {most} or fewer."), n=len(words), most=ABOUT_LIMIT
        )
    return words


def room(community: Community) -> int:
    """How many letters a text may have beside it, so that everyone gets both in one message."""
    frames = (
        letters.announcement(
            community, {i18n.SOURCE: "-"}, i18n.SOURCE, i18n.tongue(code), correction=correction
        )
        for code in i18n.available()
        for correction in (False, True)
    )
    return BESIDE_MEDIA + 1 - max(units(unescape(re.sub(r"<[^>]+>", "", frame.text))) for frame in frames)


def reader(media: Media | None, community: Community) -> Callable[[str], str]:
    """Reads a text that stands beside this, or alone; what it returns raises Refused."""
    if media is None:
        return announcements.text

    def beside(words: str) -> str:
        text, most = announcements.tidied(words), room(community)
        if units(text) > most:
            raise Refused(
                N_(
                    "A text with a picture or a document can have {most} letters; this one has {n}. "
                    "Please make it shorter."
                ),
                most=most,
                n=units(text),
            )
        return text

    return beside


def beside(texts: Mapping[str, str], community: Community) -> Callable[[Media | str], None]:
    """Raises Refused for what cannot go with these texts."""

    def check(media: Media | str) -> None:
        proper(media)
        most = room(community)
        if any(units(text) > most for text in texts.values()):
            raise Refused(
                N_(
                    "A text with a picture or a document can have {most} letters, and yours is longer. "
                    "Please make it shorter, and then send the file again."
                ),
                most=most,
            )

    return check


async def of(session: AsyncSession, broadcast: Broadcast) -> Media | None:
    """What goes with this edition."""
    found = await session.get(Enclosure, (broadcast.id, broadcast.edition))
    return None if found is None else _media(found)


async def keep(session: AsyncSession, broadcast: Broadcast, media: Media | None, *, now: datetime) -> None:
    """Let it go with this edition."""
    if media is None:
        return
    kept = proper(media)
    if kept.key is not None and not kept.files:  # it was sent on a page, and lies with us
        longer = files.prolong(session, kept.key, life=KEPT, now=now, subject="enclosure", everyones=True)
        if not await longer:
            raise Refused(N_("That picture is not kept here any more. Please send it again."))
    columns = {name: getattr(kept, name) for name in _COLUMNS}
    columns |= {"files": dict(kept.files), "key": kept.key or secrets.token_urlsafe(24)}
    session.add(Enclosure(broadcast_id=broadcast.id, edition=broadcast.edition, created_at=now, **columns))
    await session.flush()


async def shown(session: AsyncSession, key: str) -> Media | None:
    """What is to be seen under this key, if anything is."""
    found = await session.scalars(select(Enclosure).where(Enclosure.key == key).limit(1))
    enclosure = found.one_or_none()
    return None if enclosure is None else _media(enclosure)


def _media(kept: Enclosure) -> Media:
    return Media(**{name: getattr(kept, name) for name in _COLUMNS})
