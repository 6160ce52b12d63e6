"""The shelf for copies of pictures and documents: fetched when somebody looks for the first time, kept, cleared away.

A copy is only ever a copy: whoever clears the folder loses nothing, it is fetched again. So several machines may have
a shelf each.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot import pictures
from bot.clock import Clock
from bot.errors import Undeliverable
from bot.message import Media
from bot.services.announcing.enclosures import KEPT, LARGEST

AT_ONCE = 2  # files fetched and drawn at a time: each takes some tens of megabytes meanwhile

Fetch = Callable[[Media], Awaitable[bytes]]
"""Brings the file from the channel that has it; raises DeliveryFailed."""

_OURS = re.compile(r"\.?[A-Za-z0-9_-]{16,64}\.(jpg|bin)(\.[0-9a-f]+)?")


class Shelf:
    """One folder. `fetch` is None where no channel has files."""

    def __init__(self, folder: Path, fetch: Fetch | None, clock: Clock) -> None:
        self._folder, self._fetch, self._clock = folder, fetch, clock
        self._busy = asyncio.Semaphore(AT_ONCE)
        self._coming: dict[str, asyncio.Task[Path]] = {}

    async def copy(self, media: Media) -> Path:
        """Where the copy lies, fetched unless it is there; raises NoPicture, Undeliverable or RetryLater."""
        name = f"{media.key}.{'jpg' if media.kind == 'photo' else 'bin'}"
        if name not in self._coming:  # whoever looks at the same time waits for the same copy
            self._coming[name] = asyncio.create_task(self._bring(media, self._folder / name))
            self._coming[name].add_done_callback(lambda task: self._came(name, task))
        return await asyncio.shield(self._coming[name])

    def _came(self, name: str, task: asyncio.Task[Path]) -> None:
        del self._coming[name]
        if not task.cancelled():
            task.exception()  # told to those who wait, if any still do

    async def _bring(self, media: Media, path: Path) -> Path:
        if await asyncio.to_thread(path.is_file):
            return path
        if self._fetch is None:
            raise Undeliverable("nobody has it")
        async with self._busy:
            content = await self._fetch(media)
            if len(content) > LARGEST:
                raise Undeliverable("too large")
            await asyncio.to_thread(self._put, path, content, picture=media.kind == "photo")
        return path

    def _put(self, path: Path, content: bytes, *, picture: bool) -> None:
        """Whole or not at all, whoever else puts the same."""
        content = pictures.redrawn(content) if picture else content
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f".{path.name}.{secrets.token_hex(4)}"
        unfinished.write_bytes(content)
        now = self._clock().timestamp()
        os.utime(unfinished, (now, now))
        unfinished.replace(path)
        clear(self._folder, self._clock())  # where the clock ticks on another machine nobody else would


def clearing(folder: Path) -> Callable[[AsyncSession, datetime], Awaitable[None]]:
    """The job that clears a shelf."""

    async def clear_shelf(session: AsyncSession, now: datetime) -> None:
        await asyncio.to_thread(clear, folder, now)

    return clear_shelf


def clear(folder: Path, now: datetime) -> None:
    """Take copies away that nobody can see any more."""
    before = (now - KEPT).timestamp()
    for path in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):  # another process was quicker
            if _OURS.fullmatch(path.name) and path.stat().st_mtime < before:
                path.unlink()
