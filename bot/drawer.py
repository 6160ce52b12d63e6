"""The drawer: where channels find the files that we made ourselves, and note what they are called elsewhere."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.db import Database
from bot.errors import DatabaseTrouble, RetryLater
from bot.services import files
from bot.services.files import Made

log = structlog.get_logger()

TROUBLES = (SQLAlchemyError, DatabaseTrouble, OSError)


class Drawer:
    """Opens the database for a moment each time; whoever has several databases has several drawers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def name(self, key: str, credential: str) -> str | None:
        """The name that a channel gave this file; None where it has none, or there is no such file. RetryLater."""
        try:
            async with self._database.reading() as session:
                known = await files.names(session, key, now=self._clock())
        except TROUBLES as error:
            raise RetryLater(type(error).__name__, after=1) from None
        return (known or {}).get(credential)

    async def take(self, key: str) -> Made | None:
        """The file itself; None where there is none (any more). RetryLater when the database cannot say."""
        try:
            async with self._database.reading() as session:
                return await files.found(session, key, now=self._clock())
        except TROUBLES as error:
            raise RetryLater(type(error).__name__, after=1) from None

    async def note(self, key: str, credential: str, given: str) -> None:
        """From now on the channel knows it by this name. What could not be noted costs one more hand-over, no more."""
        try:
            async with self._database.writing() as session:
                await files.name(session, key, credential, given)
        except TROUBLES as error:
            log.warning("a file's name was not noted", reason=type(error).__name__)
