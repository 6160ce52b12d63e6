"""The e-mail channel as the operator has set it."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from bot import db
from bot.channels.email import collecting, sending
from bot.channels.email.channel import LIMITS, EmailChannel, Ways
from bot.channels.email.collecting import Account
from bot.channels.email.office import Office, Submit
from bot.channels.email.sending import Server, Tls
from bot.clock import Clock
from bot.conversation.router import Router
from bot.conversation.turn import Links
from bot.db import Database
from bot.drawer import Drawer
from bot.settings import Settings

__all__ = ["LIMITS", "account_of", "email_of", "server_of"]


def email_of(
    settings: Settings,
    database: Database,
    submit: Submit,
    router: Router,
    links: Links,
    drawer: Drawer,
    clock: Clock,
) -> EmailChannel:
    """The channel; there is an SMTP_URL."""
    account = account_of(settings)
    sender = settings.mail_from or ""
    office = Office(
        database,
        submit,
        lambda payload: router.tapped(payload)[0],
        router.offered,
        links,
        drawer,
        clock,
        settings.site,
        settings.default_language,
        home=parseaddr(sender)[1],
        reads=account is not None or settings.mail_port is not None,
    )
    ways = Ways(server_of(settings), sender, account, settings.mail_host, settings.mail_port)
    return EmailChannel(
        office, ways, lambda work: db.in_turn(database, f"receiving:{EmailChannel.credential}", work)
    )


def server_of(settings: Settings) -> Server:
    """Where letters are handed over; there is an SMTP_URL."""
    told = _told(settings.smtp_url)
    return Server(told.host, told.port or sending.PORTS[told.tls], told.tls, told.user, told.password)


def account_of(settings: Settings) -> Account | None:
    """The mailbox that is looked into, if one is."""
    if settings.imap_url is None:
        return None
    told = _told(settings.imap_url)
    port = told.port or collecting.PORTS[told.tls]
    return Account(told.host, port, told.tls, told.user or "", told.password or "", told.folder or "INBOX")


@dataclass(frozen=True, slots=True)
class _Told:
    """What the address of a mail server says."""

    host: str
    port: int | None
    tls: Tls
    user: str | None
    password: str | None = field(repr=False)
    folder: str


def _told(address: SecretStr | None) -> _Told:
    parts = urlsplit("" if address is None else address.get_secret_value())
    tls: Tls = "starttls"
    if parts.scheme.endswith("+plain"):
        tls = "none"
    elif parts.scheme.endswith("s"):
        tls = "tls"
    user = None if parts.username is None else unquote(parts.username)
    password = None if parts.password is None else unquote(parts.password)
    return _Told(parts.hostname or "", parts.port, tls, user, password, unquote(parts.path.strip("/")))
