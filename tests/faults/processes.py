"""Folkmoot and the fake Telegram as processes of their own, for tests that kill one of them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy.engine import URL

from tests.fake_telegram import TOKEN

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0  # seconds for anything that must come about in the end
ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}


class Telegram:
    """The fake in its own process, steered through its side door."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url
        self._calls: list[dict[str, Any]] = []
        self._reading = asyncio.Lock()

    async def do(self, deed: str, **asked: Any) -> Any:
        """Have something done."""
        async with self._session.post(f"{self.url}/control/{deed}", json=asked) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def look(self, at: str, **asked: Any) -> Any:
        """Look at something."""
        async with self._session.get(f"{self.url}/control/{at}", params=asked) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def calls(self, method: str) -> list[dict[str, Any]]:
        """The calls of that method that Telegram took, oldest first."""
        async with self._reading:  # of two who ask at once both would add the same news
            news = await self.look("calls", since=str(len(self._calls)))
            self._calls += news["calls"]
        return [call for call in self._calls if call["ok"] and call["method"] == method]


@asynccontextmanager
async def telegram() -> AsyncIterator[Telegram]:
    """A fake Telegram that judges every call."""
    async with child("tests.fake_telegram", {}, ROOT, stdout=asyncio.subprocess.PIPE) as process:
        assert process.stdout is not None
        url = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode().strip()
        async with aiohttp.ClientSession() as session:
            yield Telegram(session, url)


@asynccontextmanager
async def child(
    module: str, settings: Mapping[str, str], folder: Path, *arguments: str, stdout: int | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m module` as a process; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT), **settings},
        cwd=folder,
        stdout=stdout,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def settings(url: URL, telegram_url: str, folder: Path) -> dict[str, str]:
    """What the operator of the town has set."""
    return {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": telegram_url,
        # The chats keep Telegram's pace; the bot as a whole need not, or the test would wait for nothing else. A
        # broadcast shall still be under way for a second.
        "TELEGRAM_MESSAGES_PER_SECOND": "150",
        "PORT": "0",
        "MEDIA_DIR": str(folder / "media"),
        "LOG_LEVEL": "warning",
        "WEBCHAT": "false",
    }


async def folkmoot(given: Mapping[str, str], folder: Path, *arguments: str) -> str:
    """One command of the operator's; returns what it said."""
    async with child("bot", given, folder, *arguments, stdout=asyncio.subprocess.PIPE) as process:
        said, _ = await process.communicate()
        assert process.returncode == 0, f"folkmoot {' '.join(arguments)} failed"
        return said.decode()
