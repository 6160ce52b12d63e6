"""What the Telegram tests share: a channel on the fake Bot API, and somebody who takes in what residents do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from markupsafe import Markup
from pydantic import SecretStr

from bot.channels.telegram.channel import TelegramChannel
from bot.message import Content, Incoming, Message, Parcel, Receipt, Rows
from tests.fake_telegram import TOKEN, FakeTelegram


class Desk:
    """Takes turns in, commits them when it is open, and can be told to refuse them for a while."""

    def __init__(self) -> None:
        self.offered: list[Incoming] = []
        self.committed: list[Incoming] = []
        self.troubles: list[Exception] = []
        self.note: Message | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def submit(self, turn: Incoming) -> Receipt:
        """As the dispatcher does it."""
        self.offered.append(turn)
        if self.troubles:
            raise self.troubles.pop(0)
        await self.open.wait()
        self.committed.append(turn)
        return Receipt("done", self.note)

    @property
    def heard(self) -> list[Content]:
        """What the committed turns were."""
        return [turn.what for turn in self.committed]


@asynccontextmanager
async def line(api: FakeTelegram, desk: Desk | None = None, **more: Any) -> AsyncIterator[TelegramChannel]:
    """An open channel."""
    token = more.pop("token", SecretStr(TOKEN))
    channel = TelegramChannel(token, (desk or Desk()).submit, api_url=api.url, **more)
    await channel.open()
    try:
        yield channel
    finally:
        await channel.close()


def parcel(
    chat: object,
    text: str | Markup,
    rows: Rows = (),
    *,
    action: Literal["send", "edit", "toast"] = "send",
    target: str | None = None,
    envelope: int = 1,
    wants_place: bool = False,
) -> Parcel:
    """A parcel whose text is markup if it says so."""
    message = Message(text, rows, wants_place)  # type: ignore[arg-type]
    return Parcel(envelope, str(chat), action, message, target)
