"""A port to which a mail server brings mails; it is told that we have one only after the commit."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.channels.email.intake import Intake
from bot.channels.email.reading import LARGEST
from bot.channels.email.stamps import Stamps
from bot.errors import Busy, DatabaseTrouble, SettingWrong

log = structlog.get_logger()


class _Door:
    """What aiosmtpd asks at each step; the names are its own."""

    def __init__(self, intake: Intake, stamps: Stamps) -> None:
        self._intake, self._stamps = intake, stamps

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        """Mail for us only: whoever wants to send to others is at the wrong door."""
        if not self._stamps.is_ours(address):
            return "550 5.1.1 Nobody of that name is here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Taken in, or to be brought again later."""
        content = envelope.content or b""
        raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        if not (envelope.mail_from or "").strip("<>"):
            raw = b"Return-Path: <>\r\n" + raw  # a machine wrote it: it names nobody who could be answered
        try:
            await self._intake.take(raw, envelope.rcpt_tos)
        except (Busy, DatabaseTrouble):
            return "451 4.3.0 Not just now; please bring it again"
        return "250 2.0.0 We have it"

    async def handle_exception(self, error: Exception) -> str:
        """Something unforeseen; its words may name people, so only its kind is told."""
        log.error("a mail could not be taken in", reason=type(error).__name__)
        return "451 4.3.0 Not just now; please bring it again"


@contextlib.asynccontextmanager
async def receiving(intake: Intake, stamps: Stamps, host: str, port: int) -> AsyncIterator[int]:
    """Receive until the block ends; yields the port."""
    door = _Door(intake, stamps)

    def line() -> SMTP:
        return SMTP(
            door, hostname=stamps.domain, ident="Folkmoot", data_size_limit=LARGEST, enable_SMTPUTF8=True,
            timeout=120, loop=asyncio.get_running_loop(),
        )  # fmt: skip

    try:
        server = await asyncio.get_running_loop().create_server(line, host, port)
    except OSError:
        raise SettingWrong(
            f"The address {host}:{port} cannot be used for mails. Set MAIL_HOST and MAIL_PORT to others, or stop what "
            "uses them."
        ) from None
    async with server:
        yield int(server.sockets[0].getsockname()[1])
