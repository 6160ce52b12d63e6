"""What the Telegram tests may ask for: the fake Bot API, which judges every call, and a channel on it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram.channel import TelegramChannel
from tests.channels.telegram_line import line
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
