"""The e-mail channel as the operator has set it."""

from __future__ import annotations

from email.utils import parseaddr

from bot import db
from bot.channels.email import collecting, sending
from bot.channels.email.channel import LIMITS, EmailChannel, Ways
from bot.channels.email.collecting import Account
from bot.channels.email.office import Office, Submit
from bot.channels.email.sending import Server
from bot.clock import Clock
from bot.conversation.router import Router
from bot.db import Database
from bot.drawer import Drawer
from bot.settings import Settings

__all__ = ["LIMITS", "account_of", "email_of", "server_of"]


def email_of(
    settings: Settings, database: Database, submit: Submit, router: Router, drawer: Drawer, clock: Clock
) -> EmailChannel:
    """The channel; there is an SMTP_HOST."""
    account = account_of(settings)
    sender = settings.mail_from or ""
    office = Office(
        database,
        submit,
        lambda payload: router.tapped(payload)[1].kind,
        drawer,
        clock,
        settings.site,
        settings.default_language,
        home=parseaddr(sender)[1],
        reads=account is not None or settings.mail_port is not None,
    )
    ways = Ways(
        server_of(settings), sender, account, settings.imap_every, settings.mail_host, settings.mail_port
    )
    return EmailChannel(
        office, ways, lambda work: db.in_turn(database, f"receiving:{EmailChannel.credential}", work)
    )


def server_of(settings: Settings) -> Server:
    """Where letters are handed over."""
    return Server(
        settings.smtp_host or "",
        settings.smtp_port or sending.PORTS[settings.smtp_tls],
        settings.smtp_tls,
        settings.smtp_user,
        None if settings.smtp_password is None else settings.smtp_password.get_secret_value(),
    )


def account_of(settings: Settings) -> Account | None:
    """The mailbox that is looked into, if one is."""
    if settings.imap_host is None or settings.imap_user is None or settings.imap_password is None:
        return None
    port = settings.imap_port or collecting.PORTS[settings.imap_tls]
    password = settings.imap_password.get_secret_value()
    return Account(
        settings.imap_host, port, settings.imap_tls, settings.imap_user, password, settings.imap_folder
    )
