"""A town in parts on one PostgreSQL database: doors in this process, others as processes that can be killed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy.engine import URL

from bot.app import build, running
from bot.roles import ROLES
from bot.settings import read
from tests.fake_telegram import FakeTelegram
from tests.faults.desks import until
from tests.faults.processes import PATIENCE, child, settings

SECRET = "let-me-in"


@dataclass
class Part:
    """One part, the address of its pages, and its process if it has one of its own."""

    address: str
    process: asyncio.subprocess.Process | None = None

    async def dies(self) -> None:
        """A `kill -9`."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()


@dataclass
class Parts:
    """The parts of a town, the fake Telegram, and the post that Telegram brings."""

    telegram: FakeTelegram
    http: aiohttp.ClientSession
    given: Mapping[str, str]
    folder: Path
    stack: AsyncExitStack
    updates: int = 1000

    async def opens(self, role: str) -> Part:
        """A part in this process."""
        port = _free_port()
        given = {name.lower(): value for name, value in self.given.items()} | {"port": port}
        await self.stack.enter_async_context(running(build(read(_env_file=None, **given), role=ROLES[role])))
        return Part(f"http://127.0.0.1:{port}")

    async def starts(self, role: str) -> Part:
        """A part as a process of its own; returns when it is ready, be it to stand by."""
        port = str(_free_port())
        given = {**self.given, "PORT": port}
        process = await self.stack.enter_async_context(
            child("bot", given, self.folder, "run", "--role", role)
        )
        part = Part(f"http://127.0.0.1:{port}", process)

        async def ready() -> bool:
            assert process.returncode is None, f"{role} has ended"
            try:
                return (await self.told(part))["ready"] is True
            except aiohttp.ClientError:
                return False

        await until(ready, 2 * PATIENCE)
        return part

    async def told(self, part: Part) -> dict[str, Any]:
        """What the part says about itself."""
        async with self.http.get(f"{part.address}/readyz") as said:
            return {"standing_by": [], **await said.json()}

    async def says(self, part: Part, person: int, text: str) -> None:
        """Somebody writes a command, and Telegram brings it to this door; returns when it is taken."""
        self.updates += 1
        alice = {"id": person, "first_name": "Alice"}
        message = {
            "message_id": self.updates,
            "date": 1_790_000_000,
            "chat": alice | {"type": "private"},
            "from": alice | {"is_bot": False, "language_code": "en"},
            "text": text,
            "entities": [{"type": "bot_command", "offset": 0, "length": len(text)}],
        }
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        update = {"update_id": self.updates, "message": message}
        async with self.http.post(f"{part.address}/telegram/webhook", json=update, headers=headers) as said:
            assert said.status == 200, await said.text()


@asynccontextmanager
async def town_in_parts(url: URL, folder: Path) -> AsyncIterator[Parts]:
    """No part yet; Telegram will bring its post to whichever door."""
    async with AsyncExitStack() as stack:
        fake = await stack.enter_async_context(FakeTelegram(lenient=True))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        given = settings(url, fake.url, folder) | {
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "PUBLIC_URL": "https://town.example",
        }
        yield Parts(fake, http, given, folder, stack)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
