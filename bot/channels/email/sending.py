"""One letter over SMTP, step by step, so that each way to fail has its own fate."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from bot.channels.email import fates
from bot.channels.email.fates import code_of

PATIENCE = 30.0  # seconds for each step
Tls = Literal["tls", "starttls", "none"]
PORTS = {"tls": 465, "starttls": 587, "none": 25}


class NoEntry(Exception):
    """The server cannot be used; the text is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed over, and how."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    trusted: ssl.SSLContext | None = None


async def connected(server: Server, patience: float = PATIENCE) -> SMTP:
    """A line to the server, with a login where there is one. Raises NoEntry."""
    line = SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls == "tls",
        start_tls=server.tls == "starttls",
        tls_context=server.trusted,
        timeout=patience,
    )
    try:
        await line.connect()
        if server.user is not None:
            await line.login(server.user, server.password or "")
    except SMTPAuthenticationError as error:
        line.close()
        raise NoEntry(
            f"The mail server does not accept the login in SMTP_URL ({code_of(error.code, '')})."
        ) from None
    except ssl.SSLError as error:
        line.close()
        raise NoEntry(f"The mail server cannot be trusted ({error.reason or 'no certificate'}).") from None
    except (SMTPException, OSError) as error:
        line.close()
        if type(error) in {SMTPException, SMTPNotSupported}:  # it answers, and does not offer what we need
            raise NoEntry("The mail server offers no encryption, or no login; look at SMTP_URL.") from None
        raise NoEntry(f"The mail server cannot be reached just now ({type(error).__name__}).") from None
    return line


async def send(line: SMTP, sender: str, recipient: str, letter: bytes) -> None:
    """Hand one letter over. Raises DeliveryFailed; what it says holds no address and no words."""
    try:
        await line.mail(sender)
    except SMTPResponseException as error:
        raise fates.of_letter(error.code, error.message) from None
    except (SMTPException, OSError) as error:
        raise fates.of_server(type(error).__name__) from None
    try:
        await line.rcpt(recipient)
    except SMTPResponseException as error:
        raise fates.of_recipient(error.code, error.message) from None
    except (SMTPException, OSError) as error:
        raise fates.of_server(type(error).__name__) from None
    try:
        await line.data(letter)
    except SMTPResponseException as error:
        raise fates.of_letter(error.code, error.message) from None
    except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
        raise fates.of_silence(type(error).__name__) from None


async def hang_up(line: SMTP) -> None:
    """Say goodbye; whether the server hears it matters to nobody."""
    try:
        await line.quit(timeout=2)
    except (SMTPException, OSError):
        line.close()
