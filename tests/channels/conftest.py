"""What tests of channels may ask for: the fake Bot API, which judges every call, and a channel on it; a town
with its web pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from bot.channels.telegram.channel import TelegramChannel
from tests.channels.telegram_line import line
from tests.channels.webchat_town import WebTown, a_web_town
from tests.fake_telegram import FakeTelegram


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    """A fake that finds every call proper by the end."""
    async with FakeTelegram() as fake:
        yield fake
        fake.assert_proper()


@pytest.fixture
async def channel(api: FakeTelegram) -> AsyncIterator[TelegramChannel]:
    """An open channel on it."""
    async with line(api) as opened:
        yield opened


@pytest.fixture
async def pages(database_url: URL, tmp_path: Path) -> AsyncIterator[WebTown]:
    """A town with its web pages, and a folder for its pictures, on SQLite and on PostgreSQL in turn."""
    async with a_web_town(
        database_url.render_as_string(hide_password=False), media_dir=tmp_path / "media"
    ) as town:
        yield town
