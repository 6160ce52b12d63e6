"""Wakes whoever waits for news of a chat, whichever process it was written in."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import blake2b

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.webchat import transcript
from bot.db import Database, tell
from bot.waiting import wait

EVERY, SELDOM = 1.0, 10.0
"""Seconds between looks at what other processes wrote, one query for all chats that are open here: where they are
not heard, and where they are."""

CHAT = "chat"
"""What is told when something was written in a chat: the chat's mark, and nothing else."""

log = structlog.get_logger(__name__)


def written(session: AsyncSession, chat: str) -> None:
    """With the commit, wake the pages that show this chat, in every process."""
    tell(session, CHAT, _mark(chat))


def _mark(chat: str) -> str:
    return blake2b(chat.encode(), digest_size=8).hexdigest()


class Ear:
    """One listener; `rang` is set when there may be something new."""

    def __init__(self) -> None:
        self.rang = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """Wait for the bell; False when the time passed without it."""
        await wait(self.rang, seconds)
        heard = self.rang.is_set()
        self.rang.clear()
        return heard


class Hub:
    """Knows who is listening to which chat."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ears: defaultdict[str, set[Ear]] = defaultdict(set)
        self._seen: dict[str, int] = {}
        self._marks: dict[str, str] = {}
        database.news.hear(CHAT, self._heard)
        self._watch: asyncio.Task[None] | None = None
        self.closing = False

    @property
    def total(self) -> int:
        """How many are listening."""
        return sum(len(ears) for ears in self._ears.values())

    def listening(self, chat: str) -> int:
        """How many are listening to this chat."""
        return len(self._ears[chat]) if chat in self._ears else 0

    @asynccontextmanager
    async def listen(self, chat: str) -> AsyncIterator[Ear]:
        """Hear of this chat until the end of the block."""
        ear = Ear()
        self._ears[chat].add(ear)
        self._marks[_mark(chat)] = chat
        try:
            yield ear
        finally:
            self._ears[chat].discard(ear)
            if not self._ears[chat]:
                del self._ears[chat]
                del self._marks[_mark(chat)]
                self._seen.pop(chat, None)

    def ring(self, chat: str) -> None:
        """Something was written in this chat."""
        for ear in self._ears.get(chat, ()):
            ear.rang.set()

    def _heard(self, mark: str | None) -> None:
        for chat in list(self._ears) if mark is None else filter(None, [self._marks.get(mark)]):
            self.ring(chat)

    def open(self) -> None:
        """Begin to look for what other processes write."""
        self.closing = False
        self._watch = asyncio.create_task(self._look_and_ring(), name="webchat watch")

    async def close(self) -> None:
        """Send everybody home."""
        self.closing = True
        for chat in list(self._ears):
            self.ring(chat)
        if self._watch:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch

    async def _look_and_ring(self) -> None:
        while True:
            await asyncio.sleep(SELDOM if self._database.news.listening else EVERY)
            if not self._ears:
                continue
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next look may succeed
                log.warning("webchat.watch", error=type(error).__name__)

    async def _look(self) -> None:
        async with self._database.reading() as session:
            heights = await transcript.heights(session, list(self._ears))
        for chat, seq in heights.items():
            if self._seen.get(chat) != seq and chat in self._ears:
                self._seen[chat] = seq
                self.ring(chat)
