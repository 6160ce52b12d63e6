"""How pictures get into the house: fetched from wherever they are, made fit to be kept, and put into the store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bot import pictures
from bot.charts import Artist
from bot.clock import Clock
from bot.db import Database
from bot.drawer import Drawer
from bot.errors import Undeliverable
from bot.message import Media
from bot.pictures import Region
from bot.store import Folder, Store

MOST = 10  # megabytes of a picture as it is sent
LARGEST = MOST * 1024 * 1024
AT_ONCE = 2  # pictures unpacked at a time: each takes some tens of megabytes, and up to two hundred in the worst case

Fetch = Callable[[Media], Awaitable[bytes]]
"""Brings a file from the channel that has it; raises DeliveryFailed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture in the store under `stored`. `place` is where it said that it was taken, in degrees of latitude and
    longitude, `size` in bytes, the sides in points."""

    stored: str
    size: int
    width: int
    height: int
    place: tuple[float, float] | None


class Intake:
    """`fetch` is the channel's that has files of its own; None where there is none."""

    def __init__(self, store: Store, drawer: Drawer, fetch: Fetch | None = None) -> None:
        self.store, self.drawer, self.fetch = store, drawer, fetch
        self._busy = asyncio.Semaphore(AT_ONCE)

    @classmethod
    def of(cls, folder: Path, database: Database, clock: Clock, artist: Artist | None = None) -> Intake:
        """With a store in this folder, beside the copies that lie there already."""
        store = Folder(folder / "kept", clock)
        return cls(store, Drawer(database, clock, artist, store))

    def reaches(self, media: Media) -> bool:
        """Whether it is here, or in a channel that this process knows."""
        return self.fetch is not None or not media.files

    async def content(self, media: Media) -> bytes:
        """What was sent, from the channel that has it or from the store; raises DeliveryFailed."""
        if media.files:
            if self.fetch is None:
                raise Undeliverable("nobody has it")
            return await self.fetch(media)
        made = None if media.key is None else await self.drawer.take(media.key)
        if made is None:
            raise Undeliverable("it is not kept any more")
        return made.content

    async def keep(self, content: bytes, hidden: Iterable[Region] = ()) -> Kept:
        """Put a picture into the store, drawn anew and its `hidden` parts pixelated; raises NoPicture or OSError. It
        still wants a row that names it: `files.keep_stored`."""
        if len(content) > LARGEST:
            raise pictures.NoPicture("too large")
        async with self._busy:
            taken = await asyncio.to_thread(pictures.taken, content, tuple(hidden))
        stored = await self.store.put(taken.jpeg)
        return Kept(stored, len(taken.jpeg), taken.width, taken.height, taken.place)

    async def bring(self, media: Media) -> Kept:
        """The same with what a channel has; raises DeliveryFailed too."""
        return await self.keep(await self.content(media))
