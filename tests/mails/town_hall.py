"""The other end: a mail server of a town hall, on a real port, that can be told to refuse or to break off."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.channels.webchat_town import until


@dataclass
class Arrived:
    """A mail as it lies in somebody's mailbox."""

    sender: str
    to: str
    mail: EmailMessage

    @property
    def plain(self) -> str:
        """The text, for programs that show no HTML."""
        part = self.mail.get_body(("plain",))
        assert part is not None
        text: str = part.get_content()
        return text.replace("\r\n", "\n")

    @property
    def html(self) -> str:
        """The text for all others."""
        part = self.mail.get_body(("html",))
        assert part is not None
        text: str = part.get_content()
        return text.replace("\r\n", "\n")

    def link(self, label: str) -> str:
        """The address behind a button."""
        lines = self.plain.splitlines()
        return lines[lines.index(f"{label}:") + 1]


@dataclass
class TownHall:
    """What arrived, and what it says to whom: `refuses` by recipient, `refuses_letters` after the words."""

    arrived: list[Arrived] = field(default_factory=list)
    refuses: dict[str, list[str]] = field(default_factory=dict)
    refuses_letters: list[str] = field(default_factory=list)
    hangs_up_after_letters: int = 0
    logins: dict[str, str] = field(default_factory=dict)
    encrypted: list[bool] = field(default_factory=list)
    notices: Callable[[], object] = lambda: None
    """Called when a letter has arrived, before its sender hears of it."""
    port: int = 0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if said := self.refuses.get(address):
            return said.pop(0) if len(said) > 1 else said[0]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuses_letters:
            return self.refuses_letters.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.arrived.append(Arrived(envelope.mail_from or "", envelope.rcpt_tos[0], mail))
        self.notices()
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        if self.hangs_up_after_letters:
            self.hangs_up_after_letters -= 1
            server.transport.abort()  # type: ignore[attr-defined]
        return "250 We have it"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        """Who may send."""
        known = self.logins.get(data.login.decode())
        return AuthResult(success=known is not None and known == data.password.decode(), handled=False)

    async def gets(self, number: int = 1) -> Arrived:
        """Wait for the mail of that number."""
        await until(lambda: len(self.arrived) >= number, f"{number} mails")
        return self.arrived[number - 1]


@contextlib.asynccontextmanager
async def a_town_hall(
    hall: TownHall | None = None, *, tls: str = "none", context: ssl.SSLContext | None = None, port: int = 0
) -> AsyncIterator[TownHall]:
    """Open on a port of its own."""
    hall = hall or TownHall()

    def line() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a login without TLS: on this machine only
            return SMTP(
                hall,
                loop=asyncio.get_running_loop(),
                authenticator=hall.authenticate,
                auth_required=bool(hall.logins),
                auth_require_tls=tls == "starttls",
                tls_context=context if tls == "starttls" else None,
                require_starttls=tls == "starttls",
            )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        line, "127.0.0.1", port, ssl=context if tls == "tls" else None, reuse_address=True
    )
    hall.port = server.sockets[0].getsockname()[1]
    try:
        yield hall
    finally:
        server.close()
