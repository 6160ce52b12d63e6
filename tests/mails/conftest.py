"""A town that writes e-mails, a town hall that gets them, and a mailbox for the answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.channels.email.channel import EmailChannel
from bot.channels.email.stamps import Stamps
from bot.models import Envelope
from tests.channels.webchat_town import WebTown, a_web_town
from tests.mails.desk import Desk
from tests.mails.mailbox import Mailbox, a_mailbox
from tests.mails.town_hall import TownHall, a_town_hall

FROM = "Elm Park reports <reports@town.example>"


@dataclass
class Post:
    """A town with a desk, and both ends of its mail."""

    town: WebTown
    desk: Desk
    hall: TownHall
    channel: EmailChannel

    async def stamps(self) -> Stamps:
        """What the town signs with."""
        return await self.channel._office.stamps()

    async def quiet(self) -> None:
        """Wait until every letter has arrived, or has been given up."""
        database, deadline = self.town.folkmoot.database, time.monotonic() + 60
        unsent = select(Envelope.id).where(Envelope.channel == "email", Envelope.done_at.is_(None)).limit(1)
        while True:
            async with database.reading() as session:
                if await session.scalar(unsent) is None:
                    return
            assert time.monotonic() < deadline, "letters wait without end"
            self.town.folkmoot.postmen["email"].wake()
            await asyncio.sleep(0.02)

    async def brings(self, raw: bytes, to: str, *, by: str = "someone@council.example") -> str:
        """A mail server brings a mail to our own port; returns what it was told at the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.channel.ports[0])

        async def says(line: bytes) -> str:
            writer.write(line + b"\r\n")
            return await hears()

        async def hears() -> str:
            while (line := (await reader.readline()).decode())[3:4] == "-":
                pass
            return line.strip()

        await hears()
        told = ""
        for line in ("EHLO council.example", f"MAIL FROM:<{by}>", f"RCPT TO:<{to}>"):
            told = await says(line.encode())
        if told.startswith("250"):
            await says(b"DATA")
            told = await says(b"\r\n".join(_stuffed(line) for line in raw.splitlines()) + b"\r\n.")
        writer.close()
        return told


def _stuffed(line: bytes) -> bytes:
    return b"." + line if line.startswith(b".") else line


@asynccontextmanager
async def a_post(
    url: URL, hall: TownHall | None = None, *, login: str = "", **given: Any
) -> AsyncIterator[Post]:
    """All of it."""
    async with a_town_hall(hall) as opened:
        line = f"smtp+plain://{login}127.0.0.1:{opened.port}"
        settings = {"smtp_url": line, "mail_from": FROM, "mail_port": 0, **given}
        async with a_web_town(url.render_as_string(hide_password=False), **settings) as town:
            channel = next(one for one in town.folkmoot.channels if isinstance(one, EmailChannel))
            yield Post(town, Desk(town), opened, channel)


@pytest.fixture
async def post(database_url: URL) -> AsyncIterator[Post]:
    """A town that writes e-mails and gets answers at a port of its own, on SQLite and on PostgreSQL in turn."""
    async with a_post(database_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    """A mailbox; whoever uses it empties it first."""
    with a_mailbox(tmp_path_factory.mktemp("imap")) as box:
        yield box
