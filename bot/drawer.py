"""The drawer: where channels find the files that we made or were sent, and note what they are called elsewhere."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.charts import Artist, Chart, NoPicture
from bot.clock import Clock
from bot.db import Database
from bot.errors import DatabaseTrouble, RetryLater
from bot.message import Media
from bot.models import Photo
from bot.services import files
from bot.services.files import Made
from bot.store import Store

log = structlog.get_logger()

TROUBLES = (SQLAlchemyError, DatabaseTrouble, OSError)


class Drawer:
    """Opens the database for a moment each time; whoever has several databases has several drawers."""

    def __init__(
        self, database: Database, clock: Clock, artist: Artist | None = None, store: Store | None = None
    ) -> None:
        self._database, self._clock, self._artist, self._store = database, clock, artist, store

    async def name(self, key: str, credential: str) -> str | None:
        """The name that a channel gave this file; None where it has none, or there is no such file. RetryLater."""
        try:
            async with self._database.reading() as session:
                known = await files.names(session, key, now=self._clock())
        except TROUBLES as error:
            raise RetryLater(type(error).__name__, after=1) from None
        return (known or {}).get(credential)

    async def coming(self, photo: int) -> tuple[str | None, bool]:
        """The key of our copy of a report's picture, and whether it may still come; neither where it is gone or
        hidden. RetryLater when the database cannot say."""
        try:
            async with self._database.reading() as session:
                found = await session.get(Photo, photo)
        except TROUBLES as error:
            raise RetryLater(type(error).__name__, after=1) from None
        if found is None or found.hidden_because is not None:
            return None, False
        return found.file_key, found.file_key is None

    async def take(self, key: str) -> Made | None:
        """The file itself; None where there is none (any more), or it cannot be drawn. RetryLater when the database
        or the store cannot say."""
        try:
            async with self._database.reading() as session:
                made = await files.found(session, key, now=self._clock())
        except TROUBLES as error:
            raise RetryLater(type(error).__name__, after=1) from None
        if made is not None and made.stored is not None:
            return await self._fetched(made, made.stored)
        return made if made is None or made.drawing is None else await self._drawn(key, made, made.drawing)

    async def _fetched(self, made: Made, stored: str) -> Made | None:
        """With what lies in the store."""
        if self._store is None:
            return None
        try:
            content = await self._store.get(stored)
        except OSError as error:
            raise RetryLater(type(error).__name__, after=1) from None
        if content is None:
            log.error(
                "a file is not in the store", hint="MEDIA_DIR must be the same folder for all processes"
            )
            return None
        return replace(made, content=content)

    async def _drawn(self, key: str, made: Made, chart: Chart) -> Made | None:
        """Drawn now, and kept. What could not be kept costs one more drawing, no more."""
        if self._artist is None:
            return None
        try:
            content = await self._artist.png(chart)
        except NoPicture as why:
            log.warning("a picture was not drawn", reason=str(why))
            return None
        try:
            async with self._database.writing() as session:
                await files.drawn(session, key, content)
        except TROUBLES as error:
            log.warning("a picture was not kept", reason=type(error).__name__)
        return replace(made, content=content, drawing=None, media=replace(made.media, size=len(content)))

    async def note(self, key: str, credential: str, given: str) -> None:
        """From now on the channel knows it by this name. What could not be noted costs one more hand-over, no more."""
        try:
            async with self._database.writing() as session:
                await files.name(session, key, credential, given)
        except TROUBLES as error:
            log.warning("a file's name was not noted", reason=type(error).__name__)


def dressed(media: Media, kept: str) -> dict[str, str]:
    """The headers with which a page hands it out: a picture to be seen, a document to be saved; either may run nothing
    and load nothing. `kept` says for how long a browser may keep it."""
    shown = (
        "inline; filename=picture"
        if media.kind == "photo"
        else f"attachment; filename*=UTF-8''{quote(media.name or 'document', safe='')}"
    )
    return {
        "Content-Type": media.type or "application/octet-stream",
        "Content-Disposition": shown,
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": kept,
        "X-Content-Type-Options": "nosniff",
    }
