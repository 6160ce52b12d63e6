"""The drawer: where channels find the files that we made ourselves, and note what they are called elsewhere."""

from __future__ import annotations

from dataclasses import replace

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.charts import Artist, Chart, NoPicture
from bot.clock import Clock
from bot.db import Database
from bot.errors import DatabaseTrouble, RetryLater
from bot.services import files
from bot.services.files import Made

log = structlog.get_logger()

TROUBLES = (SQLAlchemyError, DatabaseTrouble, OSError)


class Drawer:
    """Opens the database for a moment each time; whoever has several databases has several drawers."""

    def __init__(self, database: Database, clock: Clock, artist: Artist | None = None) -> None:
        self._database, self._clock, self._artist = database, clock, artist

    async def name(self, key: str, credential: str) -> str | None:
        """The name that a channel gave this file; None where it has none, or there is no such file. RetryLater."""
        try:
            async with self._database.reading() as session:
                known = await files.names(session, key, now=self._clock())
        except TROUBLES as error:
            raise RetryLater(type(error).__name__, after=1) from None
        return (known or {}).get(credential)

    async def take(self, key: str) -> Made | None:
        """The file itself; None where there is none (any more), or it cannot be drawn. RetryLater when the database
        cannot say."""
        try:
            async with self._database.reading() as session:
                made = await files.found(session, key, now=self._clock())
        except TROUBLES as error:
            raise RetryLater(type(error).__name__, after=1) from None
        return made if made is None or made.drawing is None else await self._drawn(key, made, made.drawing)

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
